import { inTenant } from "#/db/in-tenant.ts";
import type { Database } from "#/db/open-database.ts";
import { createOperationsStore } from "#/db/operations/operations-store.ts";
import { openTestDatabase } from "#/db/test-database.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import { type HealthMemory, noMemory } from "#/monitor/portfolio/assess-project.ts";
import type { OperationsStore } from "#/workflows/operations-store.ts";
import { viewOfProject } from "#/workflows/view-firm.ts";
import { assessProject } from "./assess-project.ts";
import { benchTenant, fillDatabase } from "./fill-database.ts";
import { type BenchTable, median, quantile, told } from "./ratio.ts";
import { inCopy, nameOfCopy, type TemplateFirm, templateFirm } from "./template-firm.ts";

/** One event to refreshed assessments, against one indexed read and one write on the same database. */
export async function benchEvent({
  quick,
  serverUrl,
  say,
}: {
  quick: boolean;
  serverUrl: string | undefined;
  say: (line: string) => void;
}): Promise<BenchTable> {
  const firm = templateFirm("S");
  const projects = firm.records.filter(({ kind }) => kind === "project").length;
  const copies = Math.ceil((quick ? 300 : 10_000) / projects);
  const touched = Math.min(copies, 50);
  const turns = quick ? 60 : 400;
  const database = await openTestDatabase(serverUrl);
  try {
    say(`filling ${database.label} with ${copies * projects} projects`);
    const began = performance.now();
    const names = Array.from({ length: copies }, (_, copy) => nameOfCopy(copy));
    await fillDatabase(database, firm, { copies: names, told: names.slice(0, touched) });
    const filled = (performance.now() - began) / 1_000;
    say(`filled in ${filled.toFixed(0)} s; ${turns} events`);
    const events = newEvents(firm, { touched, count: turns + warmUp });
    const took = await takeTurns(database, firm, events);
    const records = copies * firm.records.length;
    return tableOf(took, {
      title: `One event to refreshed assessments: ${copies * projects} projects, ${(records / 1e6).toFixed(1)} M records, ${database.label}`,
      rest: `events are kept of the ${touched * projects} projects that events come for`,
    });
  } finally {
    await database.close();
  }
}

/** The first turns warm caches and code, and are not counted. */
const warmUp = 20;

/** Milliseconds of one turn's parts, and how many projects it assessed anew. */
type Turn = {
  readonly receive: number;
  readonly affected: number;
  readonly read: number;
  readonly assess: number;
  readonly save: number;
  readonly floor: number;
  readonly projects: number;
};

async function takeTurns(
  database: Database,
  firm: TemplateFirm,
  events: readonly OperationsEvent[],
): Promise<Turn[]> {
  const store = createOperationsStore(database);
  const { calendar, currency } = firm;
  const turns: Turn[] = [];
  for (const [index, event] of events.entries()) {
    const { recordedAt: asOf } = event;
    const before = index % 2 === 0 ? await floorOf(database, event) : 0;
    const turn = await respond(event, { asOf, store, settings: { calendar, currency } });
    turns.push({ ...turn, floor: before || (await floorOf(database, event)) });
  }
  return turns.slice(warmUp);
}

type Parts = {
  readonly asOf: string;
  readonly store: OperationsStore;
  readonly settings: Pick<TemplateFirm, "calendar" | "currency">;
};

/** What the product does with an event, from its arrival to assessments that know of it. */
async function respond(
  event: OperationsEvent,
  { asOf, ...needs }: Parts,
): Promise<Omit<Turn, "floor">> {
  const { store } = needs;
  const watch = stopwatch();
  const { fresh } = await store.receive(benchTenant, [event]);
  if (fresh.length !== 1) throw new Error(`the event was not taken in: ${JSON.stringify(event)}`);
  const receive = watch();
  const projectIds = await store.affectedProjects(benchTenant, fresh, asOf);
  const affected = watch();
  const known = await store.loadAssessments(benchTenant, projectIds);
  const memories = new Map(
    known.map(({ projectId, memory }) => [projectId, memory as HealthMemory]),
  );
  const sum = { read: watch(), assess: 0 };
  const saved = [];
  for (const projectId of projectIds) {
    const view = await viewOfProject(benchTenant, { projectId, asOf }, needs);
    sum.read += watch();
    const memory = { ...(memories.get(projectId) ?? noMemory), scheduled: false };
    saved.push(assessProject(view, projectId, memory).saved);
    sum.assess += watch();
  }
  await store.saveAssessments(benchTenant, saved);
  return { receive, affected, ...sum, save: watch(), projects: projectIds.length };
}

/** One record read by its key, one row written that is as large as an event. Milliseconds. */
async function floorOf(database: Database, event: OperationsEvent): Promise<number> {
  const watch = stopwatch();
  await inTenant(database, benchTenant, async (tx) => {
    await tx.query("select * from twin_record where tenant = $1 and kind = $2 and id = $3", [
      benchTenant,
      event.subject.kind,
      event.subject.id,
    ]);
    await tx.query(
      `insert into project_assessment (tenant, project_id, as_of, body, memory)
       values ($1, $2, $3, $4, '{}')
       on conflict (tenant, project_id) do update set as_of = excluded.as_of, body = excluded.body`,
      [benchTenant, `floor ${event.subject.id}`, event.recordedAt, JSON.stringify(event)],
    );
  });
  return watch();
}

function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const took = now - last;
    last = now;
    return took;
  };
}

/**
 * What was told last of each of many records, told once more as their next version: the mix of kinds is
 * the firm's own.
 */
function newEvents(
  firm: TemplateFirm,
  { touched, count }: { touched: number; count: number },
): OperationsEvent[] {
  const last = new Map(firm.events.map((event) => [JSON.stringify(event.subject), event]));
  const recent = [...last.values()]
    .toSorted((one, other) => (one.recordedAt < other.recordedAt ? 1 : -1))
    .slice(0, Math.max(40, Math.ceil(count / touched)));
  return Array.from({ length: count }, (_, index): OperationsEvent => {
    const round = Math.floor(index / recent.length);
    const template = recent[index % recent.length];
    if (!template) throw new Error("the firm has no events");
    // No record is told of twice: in each round it is another copy's.
    const event = inCopy(template, (index + round) % touched);
    const at = new Date(Date.parse(firm.asOf) + (index + 1) * 1_000).toISOString();
    return {
      ...event,
      id: `${event.id}-again-${index}`,
      occurredAt: at,
      recordedAt: at,
      sequence: event.sequence + 1,
    };
  });
}

function tableOf(
  turns: readonly Turn[],
  { title, rest }: { title: string; rest: string },
): BenchTable {
  const whole = turns.map((turn) => partNames.reduce((sum, part) => sum + turn[part], 0));
  const floors = turns.map(({ floor }) => floor);
  const ratio = (share: number): string =>
    (quantile(whole, share) / quantile(floors, share)).toFixed(1);
  const each = turns.map((turn, index) => (whole[index] ?? 0) / Math.max(1, turn.projects));
  const projects = turns.map((turn) => turn.projects);
  return {
    title,
    rows: [
      told("an event, p50 and p95", both(whole)),
      told("one indexed read and one write, p50 and p95", both(floors)),
      told("ratio, p50 and p95", `${ratio(0.5)} × and ${ratio(0.95)} ×`),
      told(
        "projects assessed anew for an event, p50, p95, most",
        `${median(projects)}, ${quantile(projects, 0.95)}, ${Math.max(...projects)}`,
      ),
      told("  for each of them, p50 and p95", both(each)),
      ...partNames.map((part) =>
        told(`  of the event: ${partWords[part]}`, both(turns.map((turn) => turn[part]))),
      ),
      told(`not in: cases and their messages; ${rest}`, `${turns.length} events`),
    ],
  };
}

const partNames = ["receive", "affected", "read", "assess", "save"] as const;
const partWords = {
  receive: "take it in",
  affected: "whom it concerns",
  read: "read the dossiers",
  assess: "health and detection",
  save: "save",
} as const;

const both = (values: readonly number[]): string =>
  `${median(values).toFixed(1)} ms and ${quantile(values, 0.95).toFixed(1)} ms`;

import { hash } from "node:crypto";
import type { LogEvent, LogProblem } from "#/domain/event-log.ts";
import type { TenantId } from "#/domain/ids.ts";
import type { ReadEventLogOptions } from "./event-logs/read-event-log.ts";
import type { DeclaredTypes, ObjectLogEvent, ObjectLogObject } from "./object-logs/object-log.ts";
import { isOurs, operationsEvent } from "./object-logs/operations-ocel.ts";
import { type LogReading, readLog } from "./read-log.ts";

/** One step of an imported log; in an object-centric log `case` is null. */
export type ImportedEvent = {
  readonly key: string;
  readonly case: string | null;
  readonly activity: string;
  readonly at: string;
  readonly resource: string | null;
  readonly role: string | null;
  readonly group: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly objects: ObjectLogEvent["objects"];
};

/** What an import needs of persistence; adding the same again changes nothing. */
export type ImportStore = {
  /** Our own events, from an export of ours. */
  receive(
    tenant: TenantId,
    events: readonly unknown[],
  ): Promise<{
    readonly fresh: readonly unknown[];
    readonly seen: number;
    readonly refused: readonly { readonly event: string | null; readonly reason: string }[];
  }>;
  openProcessLog(
    tenant: TenantId,
    log: { name: string; format: string; declared: unknown },
  ): Promise<void>;
  /** How many were not there before. */
  addProcessEvents(
    tenant: TenantId,
    log: string,
    events: readonly ImportedEvent[],
  ): Promise<number>;
  putProcessObjects(
    tenant: TenantId,
    log: string,
    objects: readonly ObjectLogObject[],
  ): Promise<void>;
};

export type ImportNeeds = {
  readonly store: ImportStore;
  readonly tenant: TenantId;
  /** Told every few thousand items. */
  readonly progress: (items: number) => void;
};

export type ImportAsked = ReadEventLogOptions & { readonly path: string; readonly log: string };

export type Imported = {
  readonly log: string;
  readonly format: string;
  /** `operations`: our own events, back in the twin. `process`: a log kept under its name. */
  readonly into: "operations" | "process";
  readonly events: number;
  /** Of the events: those that were not here before. */
  readonly fresh: number;
  readonly objects: number;
  /** Rows, events and objects left out, with their line; the first 1,000. */
  readonly problems: readonly LogProblem[];
  readonly problemCount: number;
};

const itemsAtOnce = 2_000;
const problemsKept = 1000;

/**
 * Streams a log into the database. Reading the same file again adds nothing; a file that breaks off in
 * the middle leaves what stood before the break, and reading it again when it is whole completes it.
 */
export async function importLog(asked: ImportAsked, needs: ImportNeeds): Promise<Imported> {
  const { path, log, ...options } = asked;
  const reading = await readLog(path, options);
  return reading.kind === "cases"
    ? importCases(log, reading, needs)
    : importObjects(log, reading, needs);
}

async function importCases(
  log: string,
  { events, report }: LogReading & { kind: "cases" },
  needs: ImportNeeds,
): Promise<Imported> {
  const { store, tenant, progress } = needs;
  let fresh = 0;
  let opened = false;
  for await (const batch of batched(events)) {
    if (!opened)
      await store.openProcessLog(tenant, {
        name: log,
        format: report.format ?? "csv",
        declared: null,
      });
    opened = true;
    fresh += await store.addProcessEvents(tenant, log, batch.filter(isStorable).map(caseEvent));
    for (const event of batch)
      if (!isStorable(event)) unstorable(report, `case ${JSON.stringify(event.case)}`);
    progress(report.events);
  }
  return {
    log,
    format: report.format ?? "csv",
    into: "process",
    events: report.events,
    fresh,
    objects: 0,
    problems: report.problems,
    problemCount: report.problemCount,
  };
}

/** PostgreSQL stores neither the null character nor half a surrogate pair. */
const isStorable = (event: LogEvent): boolean => {
  const texts = [event.case, event.activity, event.resource, event.role, event.group];
  return [...texts, ...Object.entries(event.attributes).flat()].every(
    (text) => text === null || (!text.includes("\0") && text.isWellFormed()),
  );
};

function unstorable(report: { problems: LogProblem[]; problemCount: number }, what: string): void {
  report.problemCount += 1;
  if (report.problems.length >= problemsKept) return;
  report.problems.push({
    line: 0,
    problem: `${what}: a text holds a character that cannot be stored`,
  });
}

/** These formats have no event ids: an event that says exactly the same is the same event. */
const caseEvent = (event: LogEvent): ImportedEvent => {
  const { case: id, activity, at, resource, role, group, attributes } = event;
  const said = [id, activity, at, resource, role, group, sorted(attributes)];
  return {
    key: hash("sha256", JSON.stringify(said), "base64url").slice(0, 24),
    case: id,
    activity,
    at,
    resource,
    role,
    group,
    attributes,
    objects: [],
  };
};

const sorted = (attributes: LogEvent["attributes"]) =>
  Object.entries(attributes).toSorted(([one], [other]) => (one < other ? -1 : 1));

async function importObjects(
  log: string,
  { items, report }: LogReading & { kind: "objects" },
  needs: ImportNeeds,
): Promise<Imported> {
  const count = { events: 0, fresh: 0, objects: 0, ours: 0 };
  const refused: LogProblem[] = [];
  let refusedCount = 0;
  const { store, tenant } = needs;
  for await (const batch of batched(items)) {
    const events = batch.flatMap((item) => ("event" in item ? [item.event] : []));
    const objects = batch.flatMap((item) => ("object" in item ? [item.object] : []));
    const own = events.filter(isOurs);
    const foreign = events.filter((event) => !isOurs(event));
    if (own.length > 0) {
      const received = await store.receive(tenant, own.map(operationsEvent));
      count.fresh += received.fresh.length;
      refusedCount += received.refused.length;
      for (const { event, reason } of received.refused)
        if (refused.length < problemsKept)
          refused.push({ line: 0, problem: `event ${event}: ${reason}` });
    }
    count.ours += own.length;
    // Objects of our own events follow from them.
    if (foreign.length > 0 || (objects.length > 0 && !saysOurs(report.eventTypes))) {
      await store.openProcessLog(tenant, { name: log, format: report.format, declared: null });
      count.fresh += await store.addProcessEvents(tenant, log, foreign.map(objectEvent));
      await store.putProcessObjects(tenant, log, objects);
    }
    count.events += events.length;
    count.objects += objects.length;
    needs.progress(count.events + count.objects);
  }
  const { format, eventTypes, objectTypes } = report;
  if (count.ours === 0)
    await store.openProcessLog(tenant, {
      name: log,
      format,
      declared: { eventTypes, objectTypes },
    });
  return {
    log,
    format,
    into: count.ours > 0 ? "operations" : "process",
    events: count.events,
    fresh: count.fresh,
    objects: count.objects,
    problems: [...report.problems, ...refused].slice(0, problemsKept),
    problemCount: report.problemCount + refusedCount,
  };
}

const saysOurs = (types: DeclaredTypes): boolean =>
  Object.values(types).some((attributes) => Object.hasOwn(attributes, "countersign:sequence"));

const objectEvent = (event: ObjectLogEvent): ImportedEvent => ({
  key: event.id,
  case: null,
  activity: event.type,
  at: event.at,
  resource: null,
  role: null,
  group: null,
  attributes: event.attributes,
  objects: event.objects,
});

async function* batched<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < itemsAtOnce) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

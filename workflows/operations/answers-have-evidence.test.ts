import { beforeAll, describe, expect, test, vi } from "vitest";
import type { Evidence } from "#/domain/evidence.ts";
import { isRecordKind } from "#/domain/operating-model.ts";
import { type Doors, doorsOf, looker } from "#/evals/monitor/operations-of-firm.ts";
import type { FirmView } from "#/monitor/twin/firm-view.ts";
import { simulateFirm } from "#/sandbox/simulator/simulate-firm.ts";
import type { OperationsServices, Paged, Picture } from "../operations-services.ts";

/* Over a whole simulated firm: what the doors show can be looked up, and is what the source says. */

// Thousands of answers on a busy machine.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const firm = simulateFirm({ seed: "doors", size: "S", anchor: "2026-11-20" });
/** The simulator's own reading of its records: it shares no code with the twin. */
const now = firm.asOf(firm.now);
type Source = typeof now;
const moments = new Map<string, Set<string>>();
for (const { objects, recordedAt, occurredAt } of firm.events)
  for (const { type, id } of objects.slice(0, 1)) {
    const key = `${type} ${id}`;
    moments.set(key, (moments.get(key) ?? new Set()).add(recordedAt).add(occurredAt));
  }

let doors: Doors;
let view: FirmView;
beforeAll(async () => {
  doors = await doorsOf(firm);
  view = (await doors.now()).view;
});

type Shown = Readonly<Record<string, unknown>>;
/** The fact is what the source shows: a field, how many records there are, or when something was told. */
function isSo(source: Source, { record: { type, id }, field, value, label }: Evidence): boolean {
  if (!isRecordKind(type)) return false;
  const [by, of] = id.split("=");
  if (field === "count" && by !== undefined && of !== undefined) {
    const records: readonly Shown[] = source.all(type);
    return records.filter((each) => String(each[by]) === of).length === value;
  }
  if (label === "DERIVED" && field === "begun")
    return moments.get(`${type} ${id}`)?.has(String(value)) ?? false;
  const shown: Shown | null = source.find(type, id);
  return shown !== null && (shown[field] ?? null) === value;
}

/** Numbers beside the figures, and why they cite nothing themselves. */
const plainNumbers: Readonly<Record<string, string>> = {
  total: "so many rows the list has",
  red: "a count of rows of the list",
  amber: "a count of rows of the list",
  green: "a count of rows of the list",
  unknown: "a count of rows of the list",
  openCases: "counts our own cases",
  coverage: "the share of what is needed that could be read",
  present: "the share of what is needed that could be read",
  required: "the share of what is needed that could be read",
  businessDaysLeft: "counted on the calendar to the deadline beside it",
  daysToRenewal: "counted on the calendar to the renewal that the statement cites",
  score: "our own grading, from the drivers beside it",
  severity: "our own grading",
};

/** What is wrong with an answer, in words; nothing when every number can be looked up. */
function faults({ evidence, ...answer }: Picture, source: Source = now): string[] {
  const known = new Set<unknown>(evidence.map(({ id }) => id));
  const found = evidence.flatMap((fact) => [
    ...(isSo(source, fact) ? [] : [`not so: ${JSON.stringify(fact)}`]),
    ...(fact.retrievedAt > answer.asOf ? [`read later than asked: ${fact.id}`] : []),
  ]);
  const look = (value: unknown, { path, cited }: { path: string; cited: boolean }): void => {
    if (typeof value === "number") {
      if (!cited && !Object.hasOwn(plainNumbers, path.split(".").at(-1) ?? ""))
        found.push(`nothing is cited for ${path} = ${value}`);
    } else if (Array.isArray(value)) for (const each of value) look(each, { path, cited });
    else if (typeof value === "object" && value !== null) {
      const node = value as Shown;
      const cites: readonly unknown[] = Array.isArray(node["evidence"]) ? node["evidence"] : [];
      for (const id of cites)
        if (!known.has(id)) found.push(`${path} cites ${String(id)}, not given`);
      if (cites.length === 0 && saysNumber(node))
        found.push(`nothing is cited for ${path}: ${JSON.stringify(node).slice(0, 200)}`);
      for (const [key, each] of Object.entries(node))
        look(each, { path: `${path}.${key}`, cited: cited || cites.length > 0 });
    }
  };
  look(answer, { path: "answer", cited: false });
  return found;
}

/** A sentence with a digit, a figure with a value, a cause that names how many. */
const saysNumber = (node: Shown): boolean =>
  "evidence" in node &&
  ["text", "title", "detail", "value", "range"].some((key) =>
    /\d/.test(JSON.stringify(node[key] ?? "")),
  );

const sample = <T>(items: readonly T[], most: number): T[] =>
  items.filter((_, index) => index % Math.ceil(items.length / most) === 0);

type Services = OperationsServices;
type Asks = (services: Services) => AsyncIterable<Picture>;

async function* pages<T extends Picture>(
  ask: (page: { limit: number; cursor?: string }) => Promise<T>,
  listOf: (answer: T) => Paged<unknown>,
): AsyncGenerator<T> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const answer: T = await ask({ limit: 7, ...(cursor ? { cursor } : {}) });
    yield answer;
    cursor = listOf(answer).next;
  }
}

const scopeKinds = { client: "client", project: "project", person: "person", approver: "person" };

const questions: Readonly<Record<string, Asks>> = {
  "the portfolio, every page in every order": async function* (services) {
    for (const order of ["attention", "value", "health"] as const)
      yield* pages(
        (page) => services.portfolio(looker, { order, ...page }),
        ({ rows }) => rows,
      );
  },
  "every project, small and in full": async function* (services) {
    for (const { id } of view.all("project"))
      for (const full of [false, true]) yield await services.project(looker, { project: id, full });
  },
  "every KPI in every scope, with its parts": async function* (services) {
    for (const { kpi, scopes } of await services.kpis(looker))
      for (const scope of scopes) {
        const whose =
          scope === "firm"
            ? [{}]
            : sample(view.all(scopeKinds[scope] as "person"), 2).map(({ id }) => ({ of: id }));
        for (const of of whose)
          yield await services.kpi(looker, { kpi, scope, drill: true, ...of });
      }
  },
  "why every invoice is late or not": async function* (services) {
    for (const { id } of view.all("invoice"))
      for (const full of [false, true]) yield await services.why(looker, { of: id, full });
  },
  "why requests for approval wait": async function* (services) {
    for (const { id } of sample(view.all("approval"), 100))
      yield await services.why(looker, { of: id });
  },
  "why every project slips and loses margin": async function* (services) {
    for (const { id } of view.all("project"))
      for (const full of [false, true]) yield await services.why(looker, { of: id, full });
  },
  "forecasts of invoices, requests and projects": async function* (services) {
    for (const kind of ["invoice", "approval", "project"] as const)
      for (const { id } of sample(view.all(kind), 40))
        yield await services.forecast(looker, { of: id });
  },
  "how every process runs": async function* (services) {
    yield await services.processes(looker, {});
  },
  "every account": async function* (services) {
    yield* pages(
      (page) => services.accounts(looker, page),
      ({ accounts }) => accounts,
    );
  },
  "every open case": async function* (services) {
    yield* pages(
      (page) => services.cases(looker, page),
      ({ cases }) => cases,
    );
  },
  "the course of things over the systems": async function* (services) {
    for (const kind of ["invoice", "project", "milestone", "change-order"] as const)
      for (const { id, source: of } of sample(view.all(kind), 10))
        yield await services.timeline(looker, { of: `${of.system}:${kind}:${id}` });
  },
  "what changes would do": async function* (services) {
    for (const { id } of sample(view.all("invoice"), 20)) {
      yield await services.whatIf(looker, { change: "remove-days", invoice: id, days: 2 });
      const { causes } = await services.why(looker, { of: id });
      for (const { code } of causes)
        yield await services.whatIf(looker, { change: "remove-cause", invoice: id, code });
    }
    for (const { id } of view.by("milestone", "acceptedOn", "null"))
      yield await services.whatIf(looker, { change: "accept-milestone", milestone: id, on: null });
    for (const { id } of view.all("change-order"))
      yield await services.whatIf(looker, { change: "approve-change-order", changeOrder: id });
    const { fields } = view.all("assignment").at(-1) ?? {};
    const other = view.by("person", "active", "true").find(({ id }) => id !== fields?.personId);
    if (!fields || !other) throw new Error("the firm has nobody to reassign");
    const { projectId: project, personId: from } = fields;
    yield await services.whatIf(looker, { change: "reassign", project, from, to: other.id });
  },
};

describe("P5, P10: what a door shows resolves to evidence that the source confirms", () => {
  test.each(Object.entries(questions))("%s", async (_, asks) => {
    let answers = 0;
    let facts = 0;
    for await (const answer of asks(doors.services)) {
      expect(faults(answer)).toEqual([]);
      answers += 1;
      facts += answer.evidence.length;
    }
    expect(answers).toBeGreaterThan(0);
    expect(facts).toBeGreaterThan(0);
  });

  test("KPIs of a past instant cite what the source showed then", async () => {
    const at = new Date(Date.parse(firm.now) - 56 * 86_400_000).toISOString();
    const then = firm.asOf(at);
    for (const kpi of ["ac", "dso", "utilisation", "oldest-pending-approval", "wip"]) {
      const answer = await doors.services.kpi(looker, { kpi, at, drill: true });
      expect(answer.asOf).toBe(at);
      expect(faults(answer, then)).toEqual([]);
    }
  });

  test("a fact that the source does not confirm, or that nobody gave, would be found", async () => {
    const answer = await doors.services.portfolio(looker, {});
    const [first, ...rest] = answer.evidence;
    if (!first) throw new Error("the portfolio cites nothing");
    expect(faults({ ...answer, evidence: rest }).join()).toContain("not given");
    const changed = { ...first, value: "something else" };
    expect(faults({ ...answer, evidence: [changed, ...rest] }).join()).toContain("not so");
    const said = { text: "Three of 4 are late.", evidence: [] };
    expect(faults({ ...answer, statements: [said] }).join()).toContain("nothing is cited");
  });

  test("nobody without the right to read is shown anything", async () => {
    const stranger = { ...looker, capabilities: new Set<never>() };
    await expect(doors.services.portfolio(stranger, {})).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
  });
});

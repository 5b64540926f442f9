import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { projectKinds } from "./intervention-kinds.ts";
import { systemOf } from "./record-systems.ts";
import type { RecordKind } from "./records.ts";
import { simulateFirm } from "./simulate-firm.ts";
import { firmTruth } from "./truth.ts";

const anchor = "2026-11-23";
const small = { seed: "north", size: "S", anchor } as const;
const firm = simulateFirm(small);
const kinds = Object.keys(systemOf) as RecordKind[];
const digest = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex");

describe("the same firm twice", () => {
  test("the same options give the same bytes", () => {
    expect(digest(simulateFirm(small).events)).toBe(digest(firm.events));
  });

  test("another seed, another pack and another anchor give another firm", () => {
    const digests = [
      small,
      { ...small, seed: "south" },
      { ...small, pack: "harbour" },
      { ...small, anchor: "2026-10-01" },
    ].map((options) => digest(simulateFirm(options as typeof small).events));
    expect(new Set(digests).size).toBe(4);
  });

  test("sizes are as promised", () => {
    const all = firm.asOf(firm.now);
    const regular = all.all("project").filter(({ contractId }) => contractId !== null);
    // Lanes reach into the future, so the last deals of some are not won yet.
    expect(regular.length).toBeGreaterThanOrEqual(18);
    expect(regular.length).toBeLessThanOrEqual(20);
    expect(all.all("person").length - 1).toBe(25);
    expect(all.all("client").length).toBe(8);
  });

  test("bad options are refused in words", () => {
    expect(() => simulateFirm({ ...small, anchor: "soon" })).toThrow(RangeError);
    expect(() => simulateFirm({ ...small, months: 0 })).toThrow(/months/);
  });
});

describe("nothing depends on a neighbour", () => {
  const about = (events: typeof firm.events, ids: ReadonlySet<string>) =>
    events.filter(({ objects }) =>
      objects.some(({ type, id }) => type === "project" && ids.has(id)),
    );

  test("a project left out leaves every other event byte for byte as it was", () => {
    const gone = "P1021";
    const twin = "P1031";
    const without = simulateFirm({ ...small, withoutProjects: [gone] });
    const ids = new Set(without.events.map(({ id }) => id));
    const removed = firm.events.filter(({ id }) => !ids.has(id));
    expect(removed.length).toBeGreaterThan(50);
    const named = (event: (typeof removed)[number]): boolean =>
      event.objects.some(({ id }) => id.includes(gone) || id.includes(twin)) ||
      JSON.stringify(event.attributes).includes(gone);
    expect(removed.filter((event) => !named(event))).toEqual([]);
    const kept = firm.events.filter(({ id }) => ids.has(id));
    expect(digest(without.events)).toBe(digest(kept));
  });

  test("a project more leaves every other event byte for byte as it was", () => {
    const more = simulateFirm({ ...small, extraProjects: 1 });
    const before = new Set(firm.events.map(({ id }) => id));
    expect(digest(more.events.filter(({ id }) => before.has(id)))).toBe(digest(firm.events));
    expect(about(more.events, new Set(["P1201"])).length).toBeGreaterThan(10);
  });
});

describe("events", () => {
  test("every event has its own id, one subject, and is recorded no earlier than it happened", () => {
    expect(new Set(firm.events.map(({ id }) => id)).size).toBe(firm.events.length);
    for (const { objects, occurredAt, recordedAt, type } of firm.events) {
      expect(objects.filter(({ qualifier }) => qualifier === "subject")).toHaveLength(1);
      expect(type.split(".")[0]).toBe(objects[0]?.type);
      expect(recordedAt >= occurredAt).toBe(true);
      expect(recordedAt <= firm.now).toBe(true);
    }
  });

  test("the events come in the order in which they were recorded", () => {
    const recorded = firm.events.map(({ recordedAt }) => recordedAt);
    expect(recorded).toEqual(recorded.toSorted());
  });

  test("some were recorded later than they happened", () => {
    const late = firm.events.filter(({ occurredAt, recordedAt }) => recordedAt > occurredAt);
    expect(late.length).toBeGreaterThan(20);
  });

  test("the first event of a record tells all of its fields", () => {
    const first = new Map<string, number>();
    for (const { objects, attributes } of firm.events.toSorted((one, other) =>
      one.occurredAt < other.occurredAt ? -1 : one.occurredAt > other.occurredAt ? 1 : 0,
    )) {
      const [subject] = objects;
      if (!subject) continue;
      const key = `${subject.type}/${subject.id}`;
      if (!first.has(key)) first.set(key, Object.keys(attributes).length);
    }
    const fewest = Map.groupBy(first, ([key]) => key.split("/")[0] ?? "");
    for (const [kind, entries] of fewest)
      expect([kind, new Set(entries.map(([, count]) => count)).size]).toEqual([kind, 1]);
  });

  test("whatever is referred to exists", () => {
    const all = firm.asOf(firm.now);
    const projects = new Set(all.all("project").map(({ id }) => id));
    const people = new Set(all.all("person").map(({ id }) => id));
    for (const sheet of all.all("timesheet-week")) {
      expect(projects).toContain(sheet.projectId);
      expect(people).toContain(sheet.personId);
    }
    const lines = all.all("invoice-line");
    const missing = lines.filter(
      ({ invoiceId, milestoneId, changeOrderId }) =>
        all.find("invoice", invoiceId) === null ||
        (milestoneId !== null && all.find("milestone", milestoneId) === null) ||
        (changeOrderId !== null && all.find("change-order", changeOrderId) === null),
    );
    expect(lines.length).toBeGreaterThan(50);
    expect(missing).toEqual([]);
  });

  test("most of the firm's records are in use", () => {
    const all = firm.asOf(firm.now);
    const empty = kinds.filter((kind) => all.all(kind).length === 0);
    expect(empty.filter((kind) => kind !== "staffing-request")).toEqual([]);
  });
});

describe("the firm at an instant", () => {
  test("an earlier look never shows what was recorded later", () => {
    const instants = fc.integer({ min: Date.parse(firm.since), max: Date.parse(firm.now) });
    fc.assert(
      fc.property(instants, (millis) => {
        const at = new Date(millis).toISOString();
        const then = firm.asOf(at);
        const ahead = kinds.filter((kind) =>
          then.all(kind).some(({ updatedAt }) => updatedAt > at),
        );
        expect(ahead).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  test("an invoice walks from draft to paid and never back", () => {
    const order = ["draft", "approved", "issued", "paid"];
    const months = [3, 2, 1, 0].map((back) =>
      firm.asOf(new Date(Date.parse(firm.now) - back * 30 * 86_400_000).toISOString()),
    );
    for (const { id } of months.at(-1)?.all("invoice") ?? []) {
      const states = months.flatMap((month) => month.find("invoice", id)?.state ?? []);
      const steps = states.map((state) => order.indexOf(state));
      expect(steps).toEqual(steps.toSorted((one, other) => one - other));
    }
  });

  test("net of the lines is the net of the invoice, cent for cent", () => {
    const all = firm.asOf(firm.now);
    const lines = Map.groupBy(all.all("invoice-line"), ({ invoiceId }) => invoiceId);
    const amended = new Set(
      firm.events
        .filter(({ type }) => type === "invoice.amended")
        .map(({ objects }) => objects[0]?.id),
    );
    for (const { id, netCents } of all.all("invoice")) {
      if (amended.has(id)) continue;
      expect((lines.get(id) ?? []).reduce((sum, line) => sum + line.netCents, 0)).toBe(netCents);
    }
  });

  test("an instant that is none is refused", () => {
    expect(() => firm.asOf("yesterday")).toThrow(RangeError);
  });
});

describe("the truth cannot be read off", () => {
  const medium = { seed: "leak", size: "M", anchor, months: 5 } as const;
  const world = simulateFirm(medium);
  const truth = firmTruth(medium);
  const text = JSON.stringify(world.events);

  test("no cause code, no scenario name and no scenario id is in events or records", () => {
    const records = kinds.map((kind) => JSON.stringify(world.asOf(world.now).all(kind))).join("\n");
    const names = [
      ...Object.keys(projectKinds),
      ...truth.scenarios.map(({ scenario }) => scenario),
    ];
    const telling = new RegExp(
      [
        "\\b(INV|APR|MAR|SLP)-\\d{1,2}\\b",
        "\\b(SCHED|CLIENT_ENG|CLIENT_DEP|GOV|RENEWAL)\\b",
        "[iI]ntervention|[sS]cenario|[cC]ounterfactual|[gG]round.?truth|[lL]atent",
        ...new Set(names),
        ...truth.scenarios.map(({ id }) => id),
      ].join("|"),
    );
    expect(truth.scenarios.length).toBeGreaterThan(20);
    for (const everything of [text, records]) expect(telling.exec(everything)?.[0]).toBeUndefined();
  });

  test("nothing recorded after the anchor is shown, although the truth knows it", () => {
    const open = truth.invoices.filter(({ issuedByAnchor }) => !issuedByAnchor);
    expect(open.length).toBeGreaterThan(3);
    const shown = world.asOf("2030-01-01T00:00:00Z");
    for (const { invoiceId } of open)
      expect(shown.find("invoice", invoiceId)?.issuedOn ?? null).toBeNull();
  });

  test("only tests and evals import the truth", () => {
    const guarded =
      /(simulator|\.)\/(truth|truth-types|truth-catalogue|scenario-truth|counterfactual|run-firm|measure-firm)\.ts"/;
    const outside = globSync(
      "{domain,monitor,policies,agents,tools,db,workflows,slack-app,mcp-server,ingest,console,main,sandbox/systems,sandbox/firm}/**/*.ts",
    );
    expect(outside.length).toBeGreaterThan(100);
    const readers = outside.filter((file) => {
      if (file.endsWith(".test.ts")) return false;
      const own = readFileSync(file, "utf8");
      return /simulator\//.test(own) && guarded.test(own);
    });
    expect(readers).toEqual([]);
  });
});

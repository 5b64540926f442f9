import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createOperationsStore } from "#/db/operations/operations-store.ts";
import { sampleTenant } from "#/db/sample-rows.ts";
import { putTenant } from "#/db/tenant.ts";
import { openTestDatabase } from "#/db/test-database.ts";
import { TenantId } from "#/domain/ids.ts";
import { recordKinds, systemOfKind } from "#/domain/operating-model.ts";
import { calendarOf, operationsEvents } from "#/evals/monitor/eval-firm.ts";
import { marginBridge } from "#/monitor/erosion/margin-bridge.ts";
import { measureProject } from "#/monitor/portfolio/measure-project.ts";
import { slippageOf } from "#/monitor/slippage/slippage.ts";
import type { FirmView } from "#/monitor/twin/firm-view.ts";
import { createTwin } from "#/monitor/twin/twin.ts";
import { simulateFirm } from "#/sandbox/simulator/simulate-firm.ts";
import type { OperationsStore } from "./operations-store.ts";
import { lastReadAt, viewOfFirm, viewOfProject } from "./view-firm.ts";

const tenant = TenantId.parse("meridian");
const firm = simulateFirm({ seed: "twin", size: "S", anchor: "2026-11-20", months: 4 });
const events = operationsEvents(firm);
const settings = { calendar: calendarOf(firm), currency: firm.currency };
const asOf = firm.now;

const wholeAt = (instant: string): FirmView => {
  const twin = createTwin(settings);
  for (const event of events) if (event.recordedAt <= instant) twin.apply(event);
  return twin.view(instant);
};

/** What is computed of one project; each part of it reads other records. */
const assessed = (view: FirmView, projectId: string) => ({
  measures: measureProject(view, projectId),
  margin: marginBridge(view, projectId),
  slippage: slippageOf(view, projectId),
});

describe("views of a firm whose events are in the database", () => {
  let store: OperationsStore;
  let close: () => Promise<void>;
  const needs = () => ({ store, settings });

  beforeAll(async () => {
    const database = await openTestDatabase(undefined);
    close = () => database.close();
    await putTenant(database, sampleTenant(tenant));
    store = createOperationsStore(database);
    for (let from = 0; from < events.length; from += 3000)
      await store.receive(tenant, events.slice(from, from + 3000));
    for (const system of new Set(Object.values(systemOfKind)))
      await store.markRead(tenant, system, asOf);
  });
  afterAll(() => close());

  test("the whole firm is the same view as one folded from its events, histories included", async () => {
    const view = await viewOfFirm(tenant, { asOf, history: recordKinds }, needs());
    const whole = wholeAt(asOf);
    expect(view.lastRead).toEqual(whole.lastRead);
    for (const kind of recordKinds) {
      expect(view.all(kind)).toEqual(whole.all(kind));
      for (const { id } of whole.all(kind))
        expect(view.history(kind, id)).toEqual(whole.history(kind, id));
    }
  });

  test("a past instant is as it was known then", async () => {
    const then = events[Math.floor(events.length / 2)]?.recordedAt ?? "";
    const view = await viewOfFirm(tenant, { asOf: then, past: true }, needs());
    const whole = wholeAt(then);
    for (const kind of recordKinds) expect(view.all(kind)).toEqual(whole.all(kind));
  });

  test("a project's dossier is enough: what is computed from it is what the whole firm would give", async () => {
    const whole = wholeAt(asOf);
    expect(whole.all("project").length).toBeGreaterThan(10);
    for (const { id } of whole.all("project")) {
      const part = await viewOfProject(tenant, { projectId: id, asOf, history: "all" }, needs());
      expect(assessed(part, id)).toEqual(assessed(whole, id));
    }
  });

  test("a past dossier knows nothing that was recorded later", async () => {
    const then = events[Math.floor(events.length * 0.8)]?.recordedAt ?? "";
    const whole = wholeAt(then);
    const [project] = whole.by("project", "status", "active");
    const part = await viewOfProject(
      tenant,
      { projectId: project?.id ?? "", asOf: then, past: true, history: "all" },
      needs(),
    );
    for (const kind of recordKinds)
      for (const record of part.all(kind)) {
        expect(record).toEqual(whole.get(kind, record.id));
        expect(part.history(kind, record.id)).toEqual(whole.history(kind, record.id));
      }
  });

  test("only the affected projects change: every other is computed as before", async () => {
    const before = wholeAt(events.at(-80)?.recordedAt ?? "");
    const earlier = { ...before, asOf };
    const later = events.filter(({ recordedAt }) => recordedAt > before.asOf);
    const affected = new Set(await store.affectedProjects(tenant, later, asOf));
    const whole = wholeAt(asOf);
    const lastRead = whole.lastRead;
    const changed = whole
      .all("project")
      .map(({ id }) => id)
      .filter(
        (id) =>
          JSON.stringify(assessed(whole, id)) !==
          JSON.stringify(assessed({ ...earlier, lastRead }, id)),
      );
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.filter((id) => !affected.has(id))).toEqual([]);
  });

  test("no unaffected project is recomputed for an event of one project", async () => {
    const milestone = events.findLast(({ subject }) => subject.kind === "milestone");
    expect(milestone && (await store.affectedProjects(tenant, [milestone], asOf))).toEqual([
      milestone?.attributes["projectId"] ??
        milestone?.objects.find(({ type }) => type === "project")?.id,
    ]);
  });
});

test("a system that never answered was never read; one that answered later had answered then (P6)", () => {
  const reading = (system: "psa" | "erp", lastRead: string | null) => ({
    system,
    lastRead,
    cursor: null,
    problem: null,
    problemSince: null,
  });
  const at = lastReadAt(
    [reading("psa", "2026-03-02T00:00:00.000Z"), reading("erp", "2026-02-01T00:00:00.000Z")],
    "2026-03-01T00:00:00.000Z",
  );
  expect(at).toMatchObject({
    psa: "2026-03-01T00:00:00.000Z",
    erp: "2026-02-01T00:00:00.000Z",
    crm: null,
  });
});

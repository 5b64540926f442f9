import { afterAll, beforeAll, expect, test } from "vitest";
import { observe } from "#/domain/evidence.ts";
import type { Finding } from "#/domain/finding.ts";
import { TenantId } from "#/domain/ids.ts";
import { createCaseStore } from "./case-store.ts";
import { sampleSource, sampleTenant } from "./sample-rows.ts";
import { putTenant } from "./tenant.ts";
import { openTestDatabase } from "./test-database.ts";

const database = await openTestDatabase(process.env["TEST_DATABASE_URL"]);
const cases = createCaseStore(database);
const meridian = TenantId.parse("meridian");
const other = TenantId.parse("other");
const follow = {
  notice: (opened: readonly string[]) =>
    opened.map((id) => ({
      key: `case-notice:${id}`,
      item: { kind: "case-notice", exception: id },
    })),
  enqueue: () => async () => undefined,
};

beforeAll(async () => {
  await putTenant(database, sampleTenant("meridian"));
  await putTenant(database, sampleTenant("other"));
});
afterAll(() => database.close());

const fact = observe(sampleSource, "budgetMinutes", 60_000);
const finding = (change: Partial<Finding> = {}): Finding => ({
  kind: "budget-threshold",
  key: "budget-threshold psa:project:P1 80",
  repeat: "once",
  subject: { system: "psa", type: "project", id: "P1" },
  projectId: "P1",
  clientId: null,
  title: "Apollo has used 80 % of its budget",
  severity: 2,
  asOf: "2026-11-23T10:00:00.000Z",
  since: "2026-11-23T09:00:00.000Z",
  deadline: null,
  valueAtRisk: null,
  causes: [],
  evidence: [fact],
  events: ["EV-1"],
  remedies: ["R19"],
  ...change,
});

const opens = (given: Finding, tenant = meridian) =>
  cases.applyCases(tenant, { open: [given], update: [], close: [] }, follow);

test("ten sightings at once open one case, with one notice and one audit line", async () => {
  const ids = (await Promise.all(Array.from({ length: 10 }, () => opens(finding())))).flat();
  expect(ids).toHaveLength(1);
  const { rows } = await database.pool.query(
    "select (select count(*)::int from outbox where item ->> 'kind' = 'case-notice') as notices, (select count(*)::int from audit_event where subject like 'exception:%') as lines",
  );
  expect(rows[0]).toEqual({ notices: 1, lines: 1 });
});

test("a threshold that was told is never told again, even after its case was closed", async () => {
  const [open] = await cases.openCases(meridian);
  if (!open) throw new Error("the case of the test before is open");
  await cases.applyCases(
    meridian,
    { open: [], update: [], close: [{ id: open.id, reason: "burn fell back" }] },
    follow,
  );
  expect(await opens(finding())).toEqual([]);
  expect(await cases.toldOnce(meridian)).toEqual(new Set([finding().key]));
});

test("a condition that may come back opens a new case after the old one was closed", async () => {
  const staffing = finding({ kind: "staffing-gap", key: "staffing-gap P1", repeat: "each-time" });
  const [first] = await opens(staffing);
  if (!first) throw new Error("it opens");
  expect(await opens(staffing)).toEqual([]);
  await cases.applyCases(
    meridian,
    { open: [], update: [], close: [{ id: first, reason: "the role was filled" }] },
    follow,
  );
  expect(await opens(staffing)).toHaveLength(1);
  expect((await cases.caseById(meridian, first))?.closeReason).toBe("the role was filled");
});

test("a case that is told again keeps its id and shows the newer finding", async () => {
  const [open] = await cases.openCases(meridian);
  if (!open) throw new Error("a case is open");
  const worse = { ...open.finding, severity: 4 as const, title: "Two roles are open" };
  await cases.applyCases(
    meridian,
    { open: [], update: [{ id: open.id, finding: worse }], close: [] },
    follow,
  );
  expect((await cases.caseById(meridian, open.id))?.finding).toEqual(worse);
});

test("another firm neither sees the cases nor is kept from opening its own (P8)", async () => {
  expect(await cases.openCases(other)).toEqual([]);
  expect(await cases.toldOnce(other)).toEqual(new Set());
  expect(await opens(finding(), other)).toHaveLength(1);
});

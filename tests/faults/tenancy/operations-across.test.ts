import { afterAll, beforeAll, expect, test } from "vitest";
import { createCaseStore } from "#/db/case-store.ts";
import { createArrivals } from "#/db/operations/arrivals.ts";
import { createOperationsStore } from "#/db/operations/operations-store.ts";
import { sampleTenant } from "#/db/sample-rows.ts";
import { putTenant } from "#/db/tenant.ts";
import { openTestDatabase } from "#/db/test-database.ts";
import { TenantId } from "#/domain/ids.ts";
import { recordKinds } from "#/domain/operating-model.ts";
import { fillOperations } from "./operations-rows.ts";

const database = await openTestDatabase(process.env["TEST_DATABASE_URL"]);
const operations = createOperationsStore(database);
const cases = createCaseStore(database);
const ours = TenantId.parse("meridian");
const theirs = TenantId.parse("rival");
const word = "Zyxwvut";

beforeAll(async () => {
  await putTenant(database, sampleTenant("meridian"));
  await putTenant(database, sampleTenant("rival"));
  await fillOperations(ours, "Ordinary", { operations, cases });
  await fillOperations(theirs, word, { operations, cases });
});
afterAll(() => database.close());

const all = async <T>(pages: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const page of pages) found.push(page);
  return found;
};
const span = { since: null, until: null };

test("the operating picture of one firm holds nothing of another (P8)", async () => {
  const said = JSON.stringify([
    await operations.refused(ours, 100),
    await operations.gaps(ours),
    await operations.readings(ours),
    await operations.loadAssessments(ours, null),
    await operations.loadAssessments(ours, [`PRJ-${theirs}`]),
    await operations.eventsAbout(ours, { type: "ticket", id: `TK-${theirs}` }),
    await operations.dossier(ours, {
      projectId: `PRJ-${theirs}`,
      asOf: new Date().toISOString(),
      history: "all",
    }),
    await operations.affectedProjects(
      ours,
      [{ subject: { kind: "ticket", id: `TK-${theirs}` } }],
      new Date().toISOString(),
    ),
    await all(
      operations.firmRecords(ours, { kinds: recordKinds, asOf: null, history: recordKinds }),
    ),
    await all(operations.events(ours, span)),
    await all(operations.eventsByRecord(ours, span)),
    await all(operations.concerned(ours, span)),
    await all(createArrivals(database)(ours, null)),
    await operations.processLogs(ours),
    await all(operations.processEvents(ours, `${theirs}-log`)),
    await all(operations.processObjects(ours, `${theirs}-log`)),
    await cases.openCases(ours),
    [...(await cases.toldOnce(ours))],
  ]);
  expect(said).toContain("Ordinary");
  expect(said).not.toContain(word);
  expect(said).not.toContain(`TK-${theirs}`);
});

test("the other firm's case cannot be read or closed by its id (P8)", async () => {
  const [theirCase] = await cases.openCases(theirs);
  if (!theirCase) throw new Error("their case is open");
  expect(await cases.caseById(ours, theirCase.id)).toBeNull();
  await cases.applyCases(
    ours,
    { open: [], update: [], close: [{ id: theirCase.id, reason: "across" }] },
    { notice: () => [], enqueue: () => async () => undefined },
  );
  expect((await cases.caseById(theirs, theirCase.id))?.state).toBe("open");
});

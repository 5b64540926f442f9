import { afterAll, beforeAll, expect, test } from "vitest";
import { PersonId } from "#/domain/ids.ts";
import { grantInForce, useGrant } from "./break-glass.ts";
import { inTenant } from "./in-tenant.ts";
import { putMembers } from "./member.ts";
import { sampleMember, sampleProposal, sampleTenant } from "./sample-rows.ts";
import { createStore } from "./store.ts";
import { putTenant } from "./tenant.ts";
import { openTestDatabase } from "./test-database.ts";

const firm = sampleTenant("glass");
const ada = sampleMember(firm.id, "ada", { roles: ["Administrator"] });
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let store: ReturnType<typeof createStore>;

beforeAll(async () => {
  database = await openTestDatabase(undefined);
  store = createStore(database);
  await putTenant(database, firm);
  await putMembers(database, [ada]);
});
afterAll(() => database.close());

const ask = (usedStep: number | null, minutes = 60) =>
  store.grantBreakGlass(
    firm.id,
    {
      action: "R08",
      incident: "INC-204",
      reason: "The client's books close tonight.",
      person: PersonId.parse("ada"),
      obligations: ["page-security", "post-review-24h"],
      minutes,
    },
    (voter) =>
      usedStep === null || (voter?.secondFactorStep ?? 0) >= usedStep
        ? { kind: "refused", reasons: [{ id: "G18-break-glass-floor", reason: "No code" }] }
        : { kind: "granted", usedStep },
  );
const inForce = (action = "R08") => inTenant(database, firm.id, (tx) => grantInForce(tx, action));
const lastLine = async () => JSON.parse((await store.auditTail(firm.id, 1))[0]?.body ?? "{}");

test("G18: obligations are on record before anything can run by it, the reason is kept apart, a code works once", async () => {
  expect(await ask(7)).toMatchObject({ result: "granted", grant: { action: "R08" } });
  const line = await lastLine();
  expect(line).toMatchObject({
    kind: "break-glass.granted",
    actor: "person:ada",
    detail: { incident: "INC-204", obligations: ["page-security", "post-review-24h"] },
  });
  expect(JSON.stringify(line)).not.toContain("books close");
  expect(await ask(7)).toMatchObject({ result: "refused" });
  expect(await lastLine()).toMatchObject({ kind: "break-glass.refused" });
});

test("G18: one grant, one run, of that action, while it lasts and its giver is an active administrator", async () => {
  const grant = await inForce();
  expect(grant).toMatchObject({ incident: "INC-204", by: "ada" });
  expect(await inForce("R14")).toBeNull();
  await putMembers(database, [{ ...ada, roles: ["Consultant"] }]);
  expect(await inForce()).toBeNull();
  await putMembers(database, [{ ...ada, active: false }]);
  expect(await inForce()).toBeNull();
  await putMembers(database, [ada]);
  const { id } = await store.submitProposal(sampleProposal(firm.id), () => async () => undefined);
  await inTenant(database, firm.id, (tx) => useGrant(tx, grant?.id ?? "", { id, version: 1 }));
  expect(await inForce()).toBeNull();
  await ask(8, 0);
  expect(await inForce()).toBeNull();
});

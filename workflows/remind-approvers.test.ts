import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { putMembers } from "#/db/member.ts";
import { sampleMember, sampleProposal } from "#/db/sample-rows.ts";
import { createStore } from "#/db/store.ts";
import { putTenant } from "#/db/tenant.ts";
import { openTestDatabase } from "#/db/test-database.ts";
import { PersonId } from "#/domain/ids.ts";
import { ladderAuthority } from "#/policies/authority-matrix.ts";
import { compileAuthority } from "#/policies/compile-authority.ts";
import { createPolicySet, defaultWorkRules } from "#/policies/policy-set.ts";
import type { MayApprove } from "#/policies/who-may-approve.ts";
import { dueReminders, escalationIsDue, remindApprovers } from "./remind-approvers.ts";
import { firm, proposalOf, release } from "./sample-firm.ts";
import type { WaitingForPeople } from "./store.ts";

const fiona = PersonId.parse("fiona");
const able: MayApprove[] = [
  { person: fiona, name: "Fiona", kind: "finance", secondFactor: false, actingFor: null },
];
// The firm works 9 to 17 in Ljubljana, an hour ahead of UTC in winter.
const waiting = (change: Partial<WaitingForPeople> = {}): WaitingForPeople => ({
  proposal: proposalOf(release()),
  now: "2026-11-23T13:00:00.000Z",
  voted: [],
  asked: [{ person: fiona, lastAt: "2026-11-23T09:00:00.000Z", reminders: 0 }],
  escalations: 0,
  ...change,
});
const due = (change: Partial<WaitingForPeople>, may = able): number =>
  dueReminders(waiting(change), { able: may, calendar: firm.calendar }).length;
const lastAt = (at: string) => ({ asked: [{ person: fiona, lastAt: at, reminders: 1 }] });

describe("whoever has not answered is asked again", () => {
  test.each<[string, Partial<WaitingForPeople>, number]>([
    ["after four hours of work", {}, 1],
    ["not a minute before", lastAt("2026-11-23T09:00:30.000Z"), 0],
    ["not at night", { now: "2026-11-23T20:00:00.000Z" }, 0],
    ["not before the firm opens", { now: "2026-11-24T07:59:59.000Z" }, 0],
    ["in the first minute of the next day", { now: "2026-11-24T08:00:00.000Z" }, 1],
    ["not on a Sunday", { now: "2026-11-29T11:00:00.000Z" }, 0],
    [
      "nights do not count: 16:00 to 10:00 is two hours",
      { ...lastAt("2026-11-23T15:00:00.000Z"), now: "2026-11-24T09:00:00.000Z" },
      0,
    ],
    ["not when they voted", { voted: [fiona] }, 0],
  ])("%s", (_, change, count) => {
    expect(due(change)).toBe(count);
  });

  test("not when policy no longer lets them approve", () => {
    expect(due({}, [])).toBe(0);
  });
});

test("the next rung is asked after half of the time without a vote, then half of the rest", () => {
  // 24 hours from 09:00 and 10:00 the day after: 25 hours, half at 21:30.
  const at = (now: string, escalations: number): boolean =>
    escalationIsDue(waiting({ now, escalations }));
  expect(at("2026-11-23T21:29:59.000Z", 0)).toBe(false);
  expect(at("2026-11-23T21:30:00.000Z", 0)).toBe(true);
  expect(at("2026-11-24T03:44:59.000Z", 1)).toBe(false);
  expect(at("2026-11-24T03:45:00.000Z", 1)).toBe(true);
  expect(escalationIsDue(waiting({ now: "2026-11-24T09:00:00.000Z", voted: [fiona] }))).toBe(false);
});

describe("in the sweep", () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let store: ReturnType<typeof createStore>;
  const always = {
    ...firm,
    slackTeam: null,
    calendar: { ...firm.calendar, days: [1, 2, 3, 4, 5, 6, 7], opensAt: 0, closesAt: 1440 },
  };
  const policy = {
    ...createPolicySet({
      name: "reminders",
      tenantRules: `${defaultWorkRules}\n${compileAuthority(ladderAuthority)}`,
    }),
    baseCurrency: "EUR",
    authority: ladderAuthority,
  };
  const messages = async (kind: string): Promise<string[]> => {
    const found = await database.pool.query<{ item: { person?: string; email?: string } }>(
      "select item from outbox where item ->> 'kind' = $1 order by id",
      [kind],
    );
    return found.rows.map(({ item }) => item.person ?? item.email ?? "");
  };
  beforeAll(async () => {
    database = await openTestDatabase(undefined);
    store = createStore(database);
    await putTenant(database, always);
    await putMembers(database, [
      sampleMember(firm.id, "lena", { roles: ["DeliveryLead"] }),
      sampleMember(firm.id, "paul", { roles: ["PracticeDirector"] }),
      sampleMember(firm.id, "fiona", { roles: ["ChiefFinancialOfficer"] }),
    ]);
    const made = await store.submitProposal(
      {
        ...sampleProposal(firm.id),
        payload: release(),
        approvers: [PersonId.parse("lena")],
      },
      () => async () => undefined,
    );
    await database.pool.query(
      "update proposal set created_at = created_at - interval '5 hours' where id = $1",
      [made.id],
    );
    await database.pool.query(
      "update outbox set sent_at = clock_timestamp() - interval '5 hours' where item ->> 'kind' = 'proposal-card'",
    );
  });
  afterAll(() => database.close());
  const sweep = () => remindApprovers(firm.id, { store, policy: () => policy });

  test("one message and one rung up, however often and from however many processes it runs", async () => {
    await Promise.all([sweep(), sweep()]);
    await sweep();
    expect(await messages("direct-message")).toEqual(["lena@firm.example"]);
    const cards = await messages("proposal-card");
    expect(cards.slice(0, 2)).toEqual(["lena", "paul"]);
    const tail = (await store.auditTail(firm.id, 20)).map(({ body }) => body).join("\n");
    expect(tail.match(/approver\.reminded/g)).toHaveLength(1);
    expect(tail).toContain("approver.asked");
  });

  test("the message says what waits, for how long, and where its card is", async () => {
    const found = await database.pool.query<{ text: string }>(
      "select item ->> 'text' as text from outbox where item ->> 'kind' = 'direct-message'",
    );
    expect(found.rows[0]?.text).toMatch(
      /^“Release invoice INV-1” \(EUR 18,600\.00\) still waits for your decision\. Without one it expires on .*, and nothing is changed\./,
    );
  });
});

import { expect, test } from "vitest";
import { PersonId } from "#/domain/ids.ts";
import type { Role } from "#/domain/member.ts";
import type { Payload } from "#/domain/proposal.ts";
import { judgeGlass } from "./break-glass.ts";
import { judgeStart } from "./carry-out-proposal.ts";
import { approvalBy, firm, firmPolicy, now, proposalOf, release, voterOf } from "./sample-firm.ts";
import type { CountedVote, Voter } from "./store.ts";

const good = { incident: "INC-204", reason: "The client's books close tonight." };
const ada = voterOf("ada", ["Administrator"]);

const refused = (
  request: Partial<typeof good>,
  { voter = ada, step = 1 }: { voter?: Voter | null; step?: number | null } = {},
): string[] => {
  const judged = judgeGlass({ ...good, ...request }, { tenant: firm.id, voter, step });
  return judged.kind === "refused" ? judged.reasons.map(({ id }) => id) : [];
};

test("G18: an administrator with a fresh code, an incident and a reason; each of them is asked for", () => {
  expect(refused({})).toEqual([]);
  expect(refused({}, { step: null })).toEqual(["G18-break-glass-floor"]);
  expect(refused({ incident: "204" })).toEqual(["G18-break-glass-floor"]);
  expect(refused({ incident: "INC-" })).toEqual(["G18-break-glass-floor"]);
  expect(refused({ reason: "x".repeat(19) })).toEqual(["G18-break-glass-floor"]);
  expect(refused({ reason: "x".repeat(20) })).toEqual([]);
  expect(refused({}, { voter: null })).toEqual(["directory"]);
  expect(refused({}, { voter: { ...ada, active: false } })).toEqual(["G05-inactive-person"]);
  expect(refused({}, { voter: { ...ada, tenant: "other" as never } })).toEqual([
    "G01-tenant-isolation",
  ]);
  const others: Role[] = ["FinanceManager", "ContractOwner", "DeliveryLead", "Auditor"];
  for (const role of others)
    expect(refused({}, { voter: voterOf("x", [role]) })).toEqual(["administrators"]);
  // Everything that is missing is told at once.
  expect(refused({ incident: "", reason: "" }, { voter: voterOf("x", []), step: null })).toEqual([
    "administrators",
    "G18-break-glass-floor",
    "G18-break-glass-floor",
    "G18-break-glass-floor",
  ]);
});

const freeze = `@id("T05-after-hours-freeze") @cure("wait") @until("next-business-window")
@reason("Money changes in business hours only")
forbid (principal, action in [Ops::Action::"financialWrite"], resource)
unless { context.local.businessDay && context.local.minuteOfDay >= 480 && context.local.minuteOfDay < 1080 };`;
const night = "2026-11-23T22:00:00.000Z";
const glass = {
  id: "B-1",
  incident: "INC-204",
  by: PersonId.parse("ada"),
  obligations: ["page-security"],
};
const fiona = voterOf("fiona", ["FinanceManager"]);

const start = ({
  payload = release(),
  votes,
  at = night,
  sent = 0,
  granted = true,
  changed = null,
  begun = 0,
}: {
  payload?: Payload;
  votes?: (proposal: ReturnType<typeof proposalOf>) => CountedVote[];
  at?: string;
  sent?: number;
  granted?: boolean;
  changed?: string | null;
  begun?: number;
}) => {
  const proposal = proposalOf(payload, { state: "approved" });
  return judgeStart({
    proposal,
    votes: votes ? votes(proposal) : [approvalBy(fiona, proposal)],
    now: at,
    sentLast24h: sent,
    tenant: firm,
    policy: firmPolicy(freeze),
    changed,
    begunLastHour: begun,
    mostRunsPerHour: 10,
    glass: granted ? glass : null,
  });
};
const reminder = release({
  action: "R01",
  group: "internalMessage",
  tier: 1,
  amount: null,
  recipientInternal: true,
});

test("G18: what is approved may begin at night by a grant, which is named on record and used up", () => {
  expect(start({ granted: false })).toMatchObject({ go: false, state: "superseded" });
  expect(start({})).toMatchObject({
    go: true,
    usedGlass: "B-1",
    record: { breakGlass: { incident: "INC-204", obligations: ["page-security"] } },
  });
});

test("G18: in hours, and within rates, a grant is not used", () => {
  const judged = start({ at: now });
  expect(judged).toMatchObject({ go: true });
  expect(judged).not.toHaveProperty("usedGlass");
});

test("G18: a rate of the firm is passed", () => {
  expect(
    start({ payload: reminder, votes: () => [], at: now, sent: 5, granted: false }),
  ).toMatchObject({
    go: false,
  });
  expect(start({ payload: reminder, votes: () => [], at: now, sent: 5 })).toMatchObject({
    go: true,
    usedGlass: "B-1",
  });
});

test("G18: never past a vote for money or contracts, a guardrail, expiry, a stale change or the cap of all runs", () => {
  expect(start({ votes: () => [] })).toMatchObject({ go: false, state: "superseded" });
  expect(
    start({ payload: release({ amount: { minor: 2_500_001, currency: "EUR" } }) }),
  ).toMatchObject({ go: false, state: "superseded" });
  const contract = release({ group: "contractChange" });
  expect(start({ payload: contract, votes: () => [], at: now })).toMatchObject({ go: false });
  // A project's lead never approves its money.
  expect(start({ payload: release({ projectLead: PersonId.parse("fiona") }) })).toMatchObject({
    go: false,
  });
  expect(start({ at: "2026-11-25T22:00:00.000Z" })).toMatchObject({ go: false, state: "expired" });
  expect(start({ changed: "the amount" })).toMatchObject({ go: false, state: "superseded" });
  expect(start({ begun: 10 })).toMatchObject({ go: false, state: "paused" });
});

import { ActionGroup } from "#/domain/action.ts";
import type { BusinessCalendar } from "#/domain/business-time.ts";
import { ApprovalKind } from "#/domain/decision.ts";
import { PersonId, ProposalId, TenantId } from "#/domain/ids.ts";
import { Role } from "#/domain/member.ts";
import { type Payload, type Proposal, ProposalState, payloadHash } from "#/domain/proposal.ts";
import {
  defaultTenantRules,
  loadPolicySet,
  shippedGuardrails,
  shippedSchema,
} from "#/policies/policy-set.ts";
import { withStandIns } from "#/policies/rules/case.ts";
import { decide, type FirmPolicy, mayVote, needOf, noApprovals } from "#/workflows/policy-facts.ts";
import { mayWithdraw } from "#/workflows/withdraw-proposal.ts";

/** How somebody stands to a change. `delegate`: stands in for a holder of the role, and has none. */
export const relations = [
  "other",
  "requester",
  "editor",
  "lead",
  "beneficiary",
  "moved",
  "delegate",
] as const;
export type Relation = (typeof relations)[number];

export type Cell = {
  readonly role: Role;
  readonly group: ActionGroup;
  readonly relation: Relation;
  readonly state: ProposalState;
};

/** Every role on every kind of change, however they stand to it, in every state. */
export const cells: readonly Cell[] = ActionGroup.options.flatMap((group) =>
  Role.options.flatMap((role) =>
    relations.flatMap((relation) =>
      ProposalState.options.map((state) => ({ role, group, relation, state })),
    ),
  ),
);

/** The states in which a press of that button is not too late; the database is asked to prove it. */
export const openFor = {
  vote: ["waiting"],
  edit: ["waiting"],
  withdraw: ["waiting", "approved"],
} as const satisfies Readonly<Record<string, readonly ProposalState[]>>;

const tenant = TenantId.parse("meridian");
const me = PersonId.parse("me");
const away = PersonId.parse("away");
const at = "2026-11-23T10:00:00.000Z";
const calendar: BusinessCalendar = {
  zone: "Europe/Berlin",
  days: [1, 2, 3, 4, 5],
  opensAt: 540,
  closesAt: 1020,
  holidays: [],
};

const policy: FirmPolicy = {
  ...loadPolicySet({
    name: "matrix",
    guardrails: shippedGuardrails,
    tenantRules: defaultTenantRules,
    schema: withStandIns(shippedSchema),
  }),
  baseCurrency: "EUR",
};

const actionOf = (group: ActionGroup): string => {
  const found = [...policy.groups].find(([, of]) => of === group);
  if (!found) throw new Error(`no action is in ${group}`);
  return found[0];
};

const target = { system: "erp", type: "invoice", id: "INV-1" } as const;

type Rights = { readonly votes: readonly ApprovalKind[]; readonly withdraws: boolean };
const asked = new Map<string, Rights>();

/** What policy and the rule about withdrawing say, by asking them; then what is still open. */
export function mayDo({ state, ...who }: Cell): string[] {
  const key = JSON.stringify(who);
  const { votes, withdraws } = asked.get(key) ?? rightsOf(who);
  asked.set(key, { votes, withdraws });
  const open = (act: keyof typeof openFor): boolean =>
    (openFor[act] as readonly ProposalState[]).includes(state);
  return [
    ...(open("vote") ? votes.map((kind) => `${kind} vote`) : []),
    ...(open("withdraw") && withdraws ? ["withdraw"] : []),
  ];
}

function rightsOf({ role, group, relation }: Omit<Cell, "state">): Rights {
  const is = (each: Relation): PersonId[] => (relation === each ? [me] : []);
  const payload: Payload = {
    tenant,
    action: actionOf(group) as Payload["action"],
    group,
    tier: 4,
    target,
    title: "A change",
    arguments: [],
    effects: [],
    amount: { minor: 100_000, currency: "EUR" },
    preconditions: [],
    undo: "",
    projectId: "PRJ-1",
    projectLead: relation === "lead" ? me : PersonId.parse("another"),
    concerns: { beneficiaries: is("beneficiary"), moved: is("moved") },
    recipientInternal: true,
  };
  const [requester = null] = is("requester");
  const judged = {
    id: ProposalId.parse("P-000001"),
    version: 1,
    payload,
    requestedBy: {
      kind: "person" as const,
      person: requester ?? PersonId.parse("asker"),
      name: "",
    },
    editedBy: is("editor"),
    expiresAt: "2026-11-24T10:00:00.000Z",
  };
  const decision = decide(policy, judged, {
    tenant: {
      id: tenant,
      name: "",
      baseCurrency: "EUR",
      calendar,
      targetBusinessDays: 5,
      slackTeam: null,
    },
    approvals: noApprovals,
    now: at,
    sentLast24h: 0,
  });
  const holder = (id: PersonId, roles: Role[]) => ({
    tenant,
    id,
    name: id,
    email: `${id}@firm.example`,
    roles,
    active: true,
    secondFactor: null,
    secondFactorStep: 0,
    accounts: [id],
  });
  const standsIn = relation === "delegate";
  const voter = holder(me, standsIn ? [] : [role]);
  const acting = {
    delegator: holder(away, [role]),
    delegation: {
      id: "D-1",
      delegator: away,
      delegate: me,
      startsAt: "2026-11-23T00:00:00.000Z",
      endsAt: "2026-11-30T00:00:00.000Z",
      madeBy: away,
      revokedAt: null,
    },
  };
  const votes = ApprovalKind.options.filter(
    (kind) =>
      needOf(decision)[kind] !== undefined &&
      mayVote(policy, judged, {
        voter,
        ...(standsIn ? { acting } : {}),
        as: kind,
        at,
        now: at,
        shownHash: payloadHash(payload),
        channelTrusted: true,
      }).allowed,
  );
  const proposal = { ...judged, tenant } as unknown as Proposal;
  return { votes, withdraws: mayWithdraw({ proposal, person: voter }).length === 0 };
}

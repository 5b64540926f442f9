import type { ActionGroup, ActionId, SinkClass } from "#/domain/action.ts";
import type { ApprovalKind, Need } from "#/domain/decision.ts";
import type { PersonId, ProposalId, TenantId } from "#/domain/ids.ts";
import type { Capability, Role } from "#/domain/member.ts";
import type { ApproveFacts, ExecuteFacts, ProposalFacts, Voter } from "../facts.ts";

/** One row of a case table: a question to policy, and the answer with every rule that decided it. */
export type Case = {
  readonly says: string;
  readonly ask:
    | { readonly execute: ExecuteFacts }
    | { readonly vote: ApproveFacts }
    | { readonly right: { who: Voter; tenant: TenantId; capability: Capability } };
  readonly expect: "allow" | "require" | "deny";
  readonly need?: Need;
  readonly waits?: readonly string[];
  /** Exactly these policies decided. */
  readonly by: readonly string[];
  /** Rules that this row comes close to; they must stay silent. */
  readonly spares?: readonly string[];
};

// Groups that have no action in the catalogue yet are tested with a stand-in of their own.
const groupOf = {
  R01: "internalMessage",
  R08: "financialWrite",
  R14: "clientVisible",
  R16: "clientVisible",
  P01: "platform",
  standInRecordChange: "internalRecord",
  standInContractChange: "contractChange",
} as const satisfies Record<string, ActionGroup>;
export type CaseAction = keyof typeof groupOf;
export const caseActions = Object.keys(groupOf) as readonly CaseAction[];

/** The schema with one line more for each empty group: also how an action is added to it. */
export const withStandIns = (schema: string): string =>
  (["standInRecordChange", "standInContractChange"] as const).reduce(
    (text, action) =>
      text.replace(
        "  action approve;",
        `  action ${action} in [${groupOf[action]}] appliesTo { principal: [Agent], resource: [Proposal], context: ExecuteContext };\n  action approve;`,
      ),
    schema,
  );

export const northwind = "northwind" as TenantId;
export const contoso = "contoso" as TenantId;
export const ownHash = "1".repeat(64);
export const otherHash = "2".repeat(64);
export const now = "2026-11-23T10:00:00.000Z";
export const later = "2026-11-24T10:00:00.000Z";

export const person = (id: string): PersonId => id as PersonId;
/** Who leads the project of every case unless it says otherwise. */
export const lead = person("lena-lead");

export type ProposalWords = {
  action?: CaseAction;
  amount?: string;
  clientTier?: ProposalFacts["clientTier"];
  project?: ProposalFacts["project"];
  requester?: PersonId | null;
  editors?: readonly PersonId[];
  beneficiaries?: readonly PersonId[];
  movedPeople?: readonly PersonId[];
  sinks?: readonly SinkClass[];
  internal?: boolean;
  tenant?: TenantId;
};

export function proposal(words: ProposalWords = {}): ProposalFacts {
  const action = words.action ?? "R08";
  const tenant = words.tenant ?? northwind;
  return {
    tenant,
    id: "P-000001" as ProposalId,
    version: 1,
    action: action as ActionId,
    group: groupOf[action],
    clientTier: words.clientTier ?? null,
    project: words.project === undefined ? { id: "apollo", tenant, lead } : words.project,
    requester: words.requester ?? null,
    editors: words.editors ?? [],
    beneficiaries: words.beneficiaries ?? [],
    movedPeople: words.movedPeople ?? [],
    amount: words.amount ?? "1000.00",
    payloadHash: ownHash,
    untrustedSinks: words.sinks ?? [],
    recipientInternal: words.internal ?? action === "R01",
  };
}

export type ExecuteWords = ProposalWords & {
  votes?: Need;
  approvedHash?: string;
  now?: string;
  expiresAt?: string;
  local?: ExecuteFacts["local"];
  sent?: number;
};

/** Votes bring the right hash with them unless the row says otherwise. */
export const execute = (words: ExecuteWords = {}): ExecuteFacts => ({
  proposal: proposal(words),
  approvals: { finance: 0, contract: 0, delivery: 0, administration: 0, ...words.votes },
  approvedHash: words.approvedHash ?? (words.votes ? ownHash : ""),
  now: words.now ?? now,
  expiresAt: words.expiresAt ?? later,
  local: words.local ?? { minuteOfDay: 660, businessDay: true },
  sentLast24h: words.sent ?? 0,
});

export const human = (
  id: string,
  roles: readonly Role[],
  words: { tenant?: TenantId; active?: boolean; accounts?: readonly PersonId[] } = {},
): Voter => ({
  kind: "human",
  id: person(id),
  tenant: words.tenant ?? northwind,
  roles,
  active: words.active ?? true,
  ...(words.accounts ? { accounts: words.accounts } : {}),
});
export const agent = (tenant: TenantId = northwind): Voter => ({ kind: "agent", tenant });

export type VoteWords = ProposalWords & {
  voter?: Voter;
  as?: ApprovalKind;
  now?: string;
  expiresAt?: string;
  shownHash?: string;
  trusted?: boolean;
};

export const vote = (words: VoteWords = {}): ApproveFacts => ({
  proposal: proposal(words),
  voter: words.voter ?? human("fiona", ["FinanceManager"]),
  as: words.as ?? "finance",
  now: words.now ?? now,
  expiresAt: words.expiresAt ?? later,
  shownHash: words.shownHash ?? ownHash,
  channelTrusted: words.trusted ?? false,
});

/** The worst rules a firm could write. Guardrails must hold against them. */
export const permitEverything = `
@id("T99-permit-everything")
@reason("Everything is allowed")
permit (principal, action, resource);
`;

import type { ActionGroup, ActionId, PlatformAction, SinkClass } from "#/domain/action.ts";
import type { ApprovalKind, Need, PolicyReason } from "#/domain/decision.ts";
import type { PersonId, ProposalId, Sha256, TenantId } from "#/domain/ids.ts";
import type { Role } from "#/domain/member.ts";
import type { ClientTier } from "#/domain/proposal.ts";

/** What policy is told about a proposal version. All of it computed by the host, none by a model. */
export type ProposalFacts = {
  readonly tenant: TenantId;
  readonly id: ProposalId;
  readonly version: number;
  readonly action: ActionId | PlatformAction;
  readonly group: ActionGroup;
  /** Of the client it is about; null when it is not known. */
  readonly clientTier: ClientTier | null;
  readonly project: {
    readonly id: string;
    readonly tenant: TenantId;
    readonly lead: PersonId | null;
  } | null;
  /** The human who asked; null for an agent answering an event. */
  readonly requester: PersonId | null;
  /** Who edited this version or one before it. */
  readonly editors: readonly PersonId[];
  /** Whom the change would favour. */
  readonly beneficiaries: readonly PersonId[];
  /** Whom the change would move to other work. */
  readonly movedPeople: readonly PersonId[];
  /** Absolute, in the tenant's base currency, at most 4 decimals: `"48200.00"`; `"0.00"` for none. */
  readonly amount: string;
  readonly payloadHash: Sha256;
  readonly untrustedSinks: readonly SinkClass[];
  readonly recipientInternal: boolean;
};

export type ExecuteFacts = {
  readonly proposal: ProposalFacts;
  /** Distinct humans per kind whose votes still pass policy; recounted by the host each time. */
  readonly approvals: Readonly<Record<ApprovalKind, number>>;
  /** The Sha256 those votes were given for; `""` when none counted. */
  readonly approvedHash: string;
  /** Database clock, UTC. */
  readonly now: string;
  readonly expiresAt: string;
  readonly local: { readonly minuteOfDay: number; readonly businessDay: boolean };
  /** Messages of this kind already sent on this project in the last 24 h. */
  readonly sentLast24h: number;
};

export type Voter =
  | {
      readonly kind: "human";
      readonly id: PersonId;
      readonly tenant: TenantId;
      readonly roles: readonly Role[];
      readonly active: boolean;
      /** Every account of this human. What is known of one of them holds for all. */
      readonly accounts?: readonly PersonId[];
    }
  | { readonly kind: "agent"; readonly tenant: TenantId };

export type ApproveFacts = {
  readonly proposal: ProposalFacts;
  readonly voter: Voter;
  readonly as: ApprovalKind;
  readonly now: string;
  readonly expiresAt: string;
  /** Hash of the payload on the card that was pressed. */
  readonly shownHash: Sha256;
  readonly channelTrusted: boolean;
};

/** May this person cast this vote? Either way, which policies said so. */
export type VoteCheck =
  | { readonly allowed: true; readonly policies: readonly PolicyReason[] }
  | { readonly allowed: false; readonly policies: readonly PolicyReason[] };

export type { Need };

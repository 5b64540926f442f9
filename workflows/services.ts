import type { ActionId } from "#/domain/action.ts";
import type { Answer as AnswerOnRecord, Sentence as SentenceOnRecord } from "#/domain/answer.ts";
import type { EditOutcome, VoteOutcome, WithdrawOutcome } from "#/domain/approval.ts";
import type { DeliveryException, InvoiceDelay } from "#/domain/assessment.ts";
import type { ApprovalKind, Need } from "#/domain/decision.ts";
import type { Evidence } from "#/domain/evidence.ts";
import type { Finding } from "#/domain/finding.ts";
import type { ExceptionId, PersonId, ProposalId, TenantId } from "#/domain/ids.ts";
import type { Member, Principal, SlackAccount } from "#/domain/member.ts";
import type { Money } from "#/domain/money.ts";
import type { Difference } from "#/domain/payload-difference.ts";
import type { ProducedBy, Proposal, ProposalState, Thread } from "#/domain/proposal.ts";
import type { Project, RecordRef } from "#/domain/record.ts";

/*
 * What every door may ask for: one function, and one authorisation check, behind each button,
 * tool and command. Built in main/compose.ts. All of them throw CountersignError with a sentence
 * that may be shown as it is.
 */

export type Sentence = SentenceOnRecord;
export type Answer = AnswerOnRecord;

export type LateInvoice = {
  readonly ref: RecordRef;
  readonly number: string | null;
  readonly clientName: string | null;
  readonly projectName: string | null;
  readonly net: Money;
  readonly status: InvoiceDelay["status"];
  readonly lateByMinutes: number;
  readonly minutesPerDay: number;
  readonly causes: readonly { code: string; title: string; totalMinutes: number; open: boolean }[];
};

/** An action that makes sense for a case, computed by code. A model or a person picks one. */
export type Candidate = {
  readonly action: ActionId;
  readonly title: string;
  readonly target: RecordRef;
  readonly causes: readonly string[];
};

export type ProposeRequest = {
  readonly action: string;
  /** `psa:timesheet-week:TW-17`, one of the candidates' targets. */
  readonly target: string;
  /** The invoice the case is about: a reference, number or name. */
  readonly invoice: string;
  readonly why: string;
  readonly evidence: readonly string[];
  /** Same key, same proposal; same key with another request is an error. */
  readonly idempotencyKey: string;
  readonly producedBy: ProducedBy;
  readonly thread: Thread | null;
};

/** The kill switch is on. */
export type PauseView = { readonly by: string; readonly reason: string; readonly since: string };

/** Who acts while somebody is away. Addresses of colleagues; days of the firm's zone, `2026-12-01`. */
export type DelegateRequest = {
  readonly to: string;
  /** Who is away; left out: whoever asks. Only an administrator names another. */
  readonly away?: string | undefined;
  readonly from: string;
  readonly until: string;
};

/** A delegation as people see it. */
export type DelegationView = {
  readonly id: string;
  readonly away: string;
  readonly standIn: string;
  /** `1–14 Dec` */
  readonly days: string;
};

/** Everything a card or a page shows about one proposal version, from the database. */
export type ProposalView = {
  readonly proposal: Proposal;
  readonly need: Need;
  readonly have: Need;
  readonly votes: readonly {
    name: string;
    kind: ApprovalKind;
    verdict: "approve" | "reject";
    reason: string | null;
    at: string;
    /** `Ana Kovac, delegated 1–14 Dec`; absent: in their own right. */
    actingFor?: string;
  }[];
  readonly evidence: readonly Evidence[];
  /** Members who could cast a vote that counts, by kind, as policy sees it now. */
  readonly mayApprove: readonly { person: PersonId; name: string; kind: ApprovalKind }[];
  /** Arguments that a person may change while it waits, with what they say now. */
  readonly editable?: readonly { readonly name: string; readonly value: string }[];
  /** By whom this version was made out of the one before, and what they changed. */
  readonly edit?: {
    readonly by: string;
    readonly from: number;
    readonly changes: readonly Difference[];
  } | null;
  /** Nothing begins to run while this is there. */
  readonly paused?: PauseView | null;
  /** `#seq hash12` of the newest audit line about it: an outside anchor. */
  readonly auditAnchor: string | null;
  /** How it ended, in one sentence, once it did. */
  readonly outcome: string | null;
};

export type CastVote = {
  readonly proposal: ProposalId;
  readonly version: number;
  readonly nonce: string;
  readonly shownHash: string;
  readonly person: PersonId;
  readonly verdict: "approve" | "reject";
  /** Required for a rejection. */
  readonly reason: string | null;
  readonly channel: "slack" | "console" | "terminal";
  /** A one-time code from the voter's authenticator. Large amounts are refused without one (G19). */
  readonly secondFactor: string | null;
};

export type Services = {
  /** null: no active colleague is linked to that account. */
  memberOfSlack(account: SlackAccount): Promise<Member | null>;
  /**
   * Links a Slack account to the colleague with that e-mail, once, when Slack vouches for the
   * address. null: nobody, or nobody active, has it.
   */
  linkSlack(account: SlackAccount, verifiedEmail: string): Promise<Member | null>;
  /** The rights of a member at a door. Reading always; proposing with the role for it. */
  principalOf(member: Member): Principal;

  listProjects(who: Principal): Promise<Project[]>;
  /** Open customer invoices with their status, latest first. */
  listLateInvoices(who: Principal): Promise<LateInvoice[]>;
  /** By reference, number, id, project or client name. Throws UNKNOWN_INVOICE or AMBIGUOUS_NAME. */
  explainInvoice(who: Principal, query: string): Promise<InvoiceDelay>;
  candidates(who: Principal, query: string): Promise<Candidate[]>;
  /** Asks the agents. Used by terminal and MCP; Slack goes through `receiveQuestion`. */
  ask(who: Principal, question: string): Promise<Answer>;

  propose(who: Principal, request: ProposeRequest): Promise<ProposalView>;
  listProposals(who: Principal, filter: { state?: ProposalState }): Promise<Proposal[]>;
  getProposal(who: Principal, id: string): Promise<ProposalView>;
  /** What waits for this person's vote, oldest expiry first. */
  inbox(who: Principal): Promise<ProposalView[]>;
  /** Authorises, records and, when it decides, starts the run: one transaction. */
  vote(tenant: TenantId, vote: CastVote): Promise<VoteOutcome>;

  /**
   * Other words for a waiting version: a new version with the same id, to be voted on anew. Whoever
   * edits it cannot approve it. Money, destinations and terms cannot be edited.
   */
  edit(
    who: Principal,
    request: {
      readonly proposal: ProposalId;
      readonly version: number;
      readonly values: Readonly<Record<string, string>>;
    },
  ): Promise<EditOutcome>;
  /** The kill switch: proposals may be made and decided, and nothing begins to run. */
  pause(who: Principal, reason: string): Promise<PauseView>;
  /** false: nothing was paused. Whoever paused, or an administrator. */
  resume(who: Principal): Promise<boolean>;
  /** Names who acts while somebody is away, from one day to another. */
  delegate(who: Principal, request: DelegateRequest): Promise<DelegationView>;
  delegations(who: Principal): Promise<DelegationView[]>;
  revokeDelegation(who: Principal, id: string): Promise<void>;
  /** What this person asked for, or an administrator sees, that has not begun to run. */
  mayTakeBack(who: Principal): Promise<ProposalView[]>;
  /** Takes a version back before it runs: whoever asked for it, or an administrator. */
  withdraw(
    tenant: TenantId,
    asked: {
      readonly proposal: ProposalId;
      readonly version: number;
      readonly person: PersonId;
      readonly reason: string;
    },
  ): Promise<WithdrawOutcome>;

  listExceptions(who: Principal): Promise<DeliveryException[]>;

  /**
   * A chat message, stored with the start of its answer in one transaction. Returns false when
   * this event was seen before. The answer arrives through the outbox.
   */
  receiveQuestion(question: {
    eventId: string;
    member: Member;
    text: string;
    thread: Thread;
  }): Promise<boolean>;
};

/** What a notice shows of a detector's case, from the database. */
export type CaseView = {
  readonly id: ExceptionId;
  readonly state: "open" | "closed";
  readonly finding: Finding;
  readonly proposals: readonly Proposal[];
  readonly auditAnchor: string | null;
};

/** A message that must reach Slack. Written in the transaction of what it tells; sent by the poster. */
export type OutboxItem =
  /** A new open case, in the firm's channel; starts the thread that later news goes to. */
  | { readonly kind: "exception-notice"; readonly exception: ExceptionId }
  /** One new case of the detectors, in the firm's channel; starts its thread. */
  | { readonly kind: "case-notice"; readonly exception: ExceptionId }
  /** Many new cases at once, worst first, in one message. */
  | { readonly kind: "case-digest"; readonly cases: readonly ExceptionId[] }
  /** The card for one approver, as a direct message. */
  | {
      readonly kind: "proposal-card";
      readonly proposal: ProposalId;
      readonly version: number;
      readonly person: PersonId;
    }
  /** Every copy of the card again, from the database. */
  | { readonly kind: "card-refresh"; readonly proposal: ProposalId; readonly version: number }
  /** How it ended, in the thread it came from. */
  | { readonly kind: "outcome"; readonly proposal: ProposalId; readonly version: number }
  | { readonly kind: "answer"; readonly answer: number; readonly thread: Thread }
  | { readonly kind: "direct-message"; readonly email: string; readonly text: string };

export type ClaimedItem = {
  readonly id: number;
  readonly tenant: TenantId;
  readonly item: OutboxItem;
  readonly attempt: number;
};

/** What the Slack poster needs. At most one poster holds an item; an unknown outcome is not re-sent blindly. */
export type Outbox = {
  claim(limit: number): Promise<ClaimedItem[]>;
  /**
   * Sent: where it stands now, so that it can be updated or answered, and the audit line it shows
   * (`#seq hash12`), which outsiders can hold us to.
   */
  sent(item: ClaimedItem, at: Thread | null, anchor: string | null): Promise<void>;
  /** A message that stands already shows this audit line now. */
  shown(tenant: TenantId, at: Thread, anchor: string): Promise<void>;
  /** Not sent, provably. Tried again after a while. */
  retryLater(item: ClaimedItem, why: string, afterSeconds: number): Promise<void>;
  /** Perhaps sent. Kept for a person; never sent again by itself. */
  unknown(item: ClaimedItem, why: string): Promise<void>;

  proposalView(tenant: TenantId, proposal: ProposalId, version: number): Promise<ProposalView>;
  exceptionView(
    tenant: TenantId,
    exception: ExceptionId,
  ): Promise<{
    exception: DeliveryException;
    delay: InvoiceDelay;
    proposals: readonly Proposal[];
    explanation: Answer | null;
    auditAnchor?: string | null;
  }>;
  /** Those of them that still exist, in the order asked for. */
  caseViews(tenant: TenantId, cases: readonly ExceptionId[]): Promise<CaseView[]>;
  answerView(tenant: TenantId, answer: number): Promise<Answer>;
  /** Where copies of a card stand. */
  cards(
    tenant: TenantId,
    proposal: ProposalId,
    version: number,
  ): Promise<{ person: PersonId; at: Thread }[]>;
  /** The thread of an exception, once its notice was sent. */
  exceptionThread(tenant: TenantId, exception: ExceptionId): Promise<Thread | null>;
  /** A colleague, and the Slack account linked to them, if any yet. null: no active colleague. */
  colleague(
    tenant: TenantId,
    who: { person: PersonId } | { email: string },
  ): Promise<{ member: Member; account: SlackAccount | null } | null>;
};

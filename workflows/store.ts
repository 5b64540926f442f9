import type { EditOutcome, Vote, VoteOutcome, WithdrawOutcome } from "#/domain/approval.ts";
import type { DeliveryException, InvoiceDelay } from "#/domain/assessment.ts";
import type { AuditEvent } from "#/domain/audit-event.ts";
import type { BusinessCalendar } from "#/domain/business-time.ts";
import type { ApprovalKind, Decision, Need, PolicyReason } from "#/domain/decision.ts";
import type { Decided } from "#/domain/decision-record.ts";
import type { Delegation } from "#/domain/delegation.ts";
import type { Evidence } from "#/domain/evidence.ts";
import type { EvidenceId, ExceptionId, PersonId, ProposalId, TenantId } from "#/domain/ids.ts";
import type { Member, SlackAccount } from "#/domain/member.ts";
import type {
  Payload,
  ProducedBy,
  Proposal,
  ProposalState,
  Requester,
  Thread,
} from "#/domain/proposal.ts";
import type { Receipt, RunOutcome } from "#/domain/run.ts";
import type { Signal } from "#/domain/signal.ts";
import type { BreakGlass, StuckRun } from "#/domain/stuck-run.ts";
import type { GlassJudgement, GlassRequest, GrantInForce } from "./break-glass.ts";
import type { Trouble } from "./run-trouble.ts";
import type { Answer } from "./services.ts";

/*
 * What the spine needs of persistence. Every function is one transaction of one tenant, with its
 * audit line inside. `enqueue` runs in that same transaction, last: what it starts is started
 * exactly when the rest is committed.
 */

export type Enqueue = (transaction: unknown) => Promise<void>;

export type Tenant = {
  readonly id: TenantId;
  readonly name: string;
  readonly baseCurrency: string;
  readonly calendar: BusinessCalendar;
  /** An invoice older than this since its clock started is late. */
  readonly targetBusinessDays: number;
  readonly slackTeam: string | null;
};

/** A member with what a vote needs to know of them. */
export type Voter = Member & {
  readonly secondFactor: string | null;
  readonly secondFactorStep: number;
  /** Every account of the same human, this one included. */
  readonly accounts: readonly PersonId[];
};
/** A vote, and who cast it as they are today; null when that person is no longer known. */
export type CountedVote = {
  readonly vote: Vote;
  readonly voter: Voter | null;
  /** Of a vote by delegation: the delegation, and whose authority it uses, as they are today. */
  readonly acting?: Acting | null;
};
export type Acting = { readonly delegation: Delegation; readonly delegator: Voter };

export type NewProposal = {
  readonly payload: Payload;
  readonly exceptionId: ExceptionId | null;
  readonly causes: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly why: string;
  readonly producedBy: ProducedBy;
  readonly requestedBy: Requester;
  readonly decision: Decision;
  /** What policy was asked for it; kept for ever. */
  readonly decided?: Decided;
  readonly thread: Thread | null;
  readonly secondsToLive: number;
  /** Who gets a card. */
  readonly approvers: readonly PersonId[];
  /** The caller's own key, and what it was used for. */
  readonly key: { readonly requester: string; readonly key: string; readonly requestHash: string };
};

/** What the host makes of a vote, inside the lock. Pure: it may read nothing else. */
export type VoteJudgement =
  | {
      readonly kind: "refused";
      readonly reasons: readonly PolicyReason[];
      readonly policySetHash: string;
      readonly decided?: Decided;
    }
  | {
      readonly kind: "accepted";
      readonly decided?: Decided;
      readonly as: ApprovalKind;
      readonly actingFor?: Vote["actingFor"];
      readonly trusted: boolean;
      /** Time step of the one-time code, to be used up; null without one. */
      readonly usedStep: number | null;
      readonly policySetHash: string;
      readonly have: Need;
      readonly need: Need;
      /** The proposal leaves `waiting` with this vote. */
      readonly decides: boolean;
    };

/** What the host makes of a run about to start, inside the lock. */
export type StartJudgement =
  | {
      readonly go: true;
      readonly record: Readonly<Record<string, unknown>>;
      /** The emergency grant that it began by, and that is used up with it. */
      readonly usedGlass?: string;
      readonly decided?: Decided;
    }
  | {
      readonly go: false;
      readonly decided?: Decided;
      /** paused: too much has begun. Everything is paused, and this stays approved. */
      readonly state: Extract<ProposalState, "expired" | "superseded"> | "paused";
      readonly reason: string;
      readonly record: Readonly<Record<string, unknown>>;
    };

/** A waiting version, by the database clock, and whom it waits for. */
export type WaitingForPeople = {
  readonly proposal: Proposal;
  readonly now: string;
  readonly voted: readonly PersonId[];
  /** Who has a card, when they last heard of it, and how often they were reminded. */
  readonly asked: readonly { person: PersonId; lastAt: string; reminders: number }[];
  /** How often somebody further up was asked. */
  readonly escalations: number;
};

/** What is to become of a run that did not end well. A receipt is what the target shows; null: a person says so. */
export type Override =
  | { readonly to: "approved"; readonly how: string }
  | { readonly to: "done"; readonly how: string; readonly receipt: Receipt | null }
  | { readonly to: "failed"; readonly how: string; readonly reason: string }
  | { readonly to: "discarded" };

export type ProposalFact = {
  readonly proposal: Proposal;
  readonly votes: readonly CountedVote[];
  readonly outcome: string | null;
  readonly auditAnchor: string | null;
};

export type Store = {
  tenants(): Promise<Tenant[]>;
  tenant(id: TenantId): Promise<Tenant>;
  members(tenant: TenantId): Promise<Member[]>;
  memberOfSlack(account: SlackAccount): Promise<Member | null>;
  linkSlack(account: SlackAccount, verifiedEmail: string): Promise<Member | null>;

  /** false: this key was received before, and nothing was started. */
  receiveSignal(signal: Signal, body: string, enqueue: Enqueue): Promise<boolean>;
  signal(
    tenant: TenantId,
    key: string,
  ): Promise<(Signal & { body: string; handled: boolean; readAt: string }) | null>;
  /** Marks this signal as handled, and every business event received until then. */
  handled(tenant: TenantId, key: string, eventsUntil: string | null): Promise<void>;

  openExceptions(tenant: TenantId): Promise<(DeliveryException & { delay: InvoiceDelay })[]>;
  exceptions(tenant: TenantId): Promise<DeliveryException[]>;
  exception(
    tenant: TenantId,
    id: ExceptionId,
  ): Promise<
    | (DeliveryException & {
        delay: InvoiceDelay;
        explanation: Answer | null;
        thread: Thread | null;
        /** As of a proposal: an outside anchor. */
        auditAnchor: string | null;
      })
    | null
  >;
  /** null: one is open already. */
  openException(
    delay: InvoiceDelay,
    title: string,
    enqueue: (id: ExceptionId) => Enqueue,
  ): Promise<ExceptionId | null>;
  updateException(id: ExceptionId, delay: InvoiceDelay, enqueue: Enqueue | null): Promise<void>;
  closeException(id: ExceptionId, delay: InvoiceDelay, reason: string): Promise<void>;
  /** Keeps the explanation and asks for the notice, once. */
  explainException(tenant: TenantId, id: ExceptionId, explanation: Answer): Promise<void>;

  evidence(tenant: TenantId, ids: readonly EvidenceId[]): Promise<Evidence[]>;

  /** `created: false` when the same key or a live proposal for the same action and record exists. */
  submitProposal(
    proposal: NewProposal,
    enqueue: (id: ProposalId, version: number) => Enqueue,
  ): Promise<{ id: ProposalId; version: number; created: boolean }>;
  /** A refusal by policy is written down too. */
  recordDenial(
    payload: Payload,
    requestedBy: Requester,
    decision: Decision,
    decided?: Decided,
  ): Promise<void>;
  proposals(
    tenant: TenantId,
    filter: { state?: ProposalState; exceptionId?: ExceptionId },
  ): Promise<Proposal[]>;
  /** The newest version, or the one named. */
  proposal(tenant: TenantId, id: ProposalId, version: number | null): Promise<ProposalFact | null>;

  castVote(
    tenant: TenantId,
    vote: {
      proposal: ProposalId;
      version: number;
      nonce: string;
      shownHash: string;
      person: PersonId;
      verdict: "approve" | "reject";
      reason: string | null;
      channel: Vote["channel"];
    },
    judge: (facts: {
      proposal: Proposal;
      voter: Voter | null;
      votes: readonly CountedVote[];
      delegations: readonly Acting[];
      sentLast24h: number;
      now: string;
    }) => VoteJudgement,
    enqueue: Enqueue,
  ): Promise<VoteOutcome>;
  /** The waiting version becomes superseded and the next one takes its place; or neither. */
  replaceVersion(
    tenant: TenantId,
    old: { id: ProposalId; version: number },
    next: Pick<NewProposal, "payload" | "evidence" | "decision" | "decided" | "approvers"> & {
      readonly editor: PersonId;
      readonly changed: readonly string[];
    },
    enqueue: (version: number) => Enqueue,
  ): Promise<Exclude<EditOutcome, { result: "refused" | "unchanged" }>>;
  /** `may` gives the reasons against it; it is asked inside the lock. */
  withdrawProposal(
    tenant: TenantId,
    asked: { id: ProposalId; version: number; person: PersonId; reason: string },
    may: (facts: { proposal: Proposal; person: Voter | null }) => readonly PolicyReason[],
  ): Promise<WithdrawOutcome>;
  /** true when it expired now. */
  expireProposal(tenant: TenantId, id: ProposalId, version: number): Promise<boolean>;
  /** Starts again what was approved a while ago and never began; how many there were. */
  restartStalled(
    tenant: TenantId,
    enqueue: (stalled: { id: ProposalId; version: number; minute: number }) => Enqueue,
  ): Promise<number>;
  overdue(tenant: TenantId): Promise<{ id: ProposalId; version: number }[]>;

  /** Idempotent for the same run: after a crash the same run goes on. null: it may not start or go on. */
  beginRun(
    tenant: TenantId,
    id: ProposalId,
    version: number,
    judge: (facts: {
      proposal: Proposal;
      votes: readonly CountedVote[];
      now: string;
      sentLast24h: number;
      begunLastHour: number;
      glass: GrantInForce | null;
    }) => StartJudgement,
  ): Promise<{ payload: Payload } | { stop: string }>;
  /** Notes that a call is about to be made. `earlier` counts former attempts whose end is not known. */
  claimEffect(
    tenant: TenantId,
    effect: { key: string; proposal: ProposalId; version: number; step: string },
  ): Promise<{ earlier: number; receipt: Receipt | null }>;
  finishEffect(tenant: TenantId, key: string, receipt: Receipt): Promise<void>;
  closeRun(tenant: TenantId, id: ProposalId, version: number, outcome: RunOutcome): Promise<void>;

  /** Keeps the last error of a run; noting twice is harmless. */
  noteTrouble(tenant: TenantId, trouble: Trouble): Promise<void>;
  /** Failed, unknown, or approved and unable to begin; longest first. */
  stuckRuns(tenant: TenantId): Promise<StuckRun[]>;
  /** One guarded transition by a person; `may` is asked inside the lock. */
  overrideRun(
    tenant: TenantId,
    takeover: { id: ProposalId; version: number; person: PersonId; reason: string },
    judged: {
      override: Override;
      may: (facts: {
        proposal: Proposal;
        person: Voter | null;
        now: string;
      }) => readonly PolicyReason[];
    },
    enqueue: (replay: number) => Enqueue,
  ): Promise<
    | { result: "moved"; replay: number }
    | { result: "closed"; state: ProposalState }
    | { result: "too-early" }
    | { result: "refused"; reasons: PolicyReason[] }
  >;
  /** `judge` is asked inside the transaction, which writes down whatever it says. */
  grantBreakGlass(
    tenant: TenantId,
    asked: GlassRequest,
    judge: (voter: Voter | null) => GlassJudgement,
  ): Promise<
    { result: "granted"; grant: BreakGlass } | { result: "refused"; reasons: PolicyReason[] }
  >;

  saveAnswer(
    tenant: TenantId,
    answer: {
      person: PersonId;
      question: string;
      thread: Thread | null;
      signalKey: string | null;
      body: Answer;
    },
  ): Promise<number>;
  /** What was said before this question, oldest first: in its thread, else just now in the same place. */
  history(
    tenant: TenantId,
    asked: { thread: Thread; person: PersonId },
  ): Promise<{ question: string; answer: Answer }[]>;

  /** Not revoked and not over, those of later days too. */
  delegations(tenant: TenantId): Promise<Delegation[]>;
  delegate(tenant: TenantId, made: Omit<Delegation, "id" | "revokedAt">): Promise<Delegation>;
  /** false: none in force has that id. */
  revokeDelegation(tenant: TenantId, id: string, by: PersonId): Promise<boolean>;
  /** The pause in force. `by` is an actor of the audit. */
  pause(
    tenant: TenantId,
  ): Promise<{ readonly reason: string; readonly by: string; readonly since: string } | null>;
  startPause(tenant: TenantId, pause: { by: string; reason: string }): Promise<boolean>;
  endPause(tenant: TenantId, by: string): Promise<boolean>;
  /** Waiting versions in time, and who was asked. */
  waitingForPeople(tenant: TenantId): Promise<WaitingForPeople[]>;
  /** `earlier` is the count it was decided by: another sweep may have been first. */
  remindPerson(
    tenant: TenantId,
    to: {
      id: ProposalId;
      version: number;
      person: PersonId;
      email: string;
      text: string;
      earlier: number;
    },
  ): Promise<boolean>;
  askFurther(
    tenant: TenantId,
    to: { id: ProposalId; version: number; people: readonly PersonId[]; earlier: number },
  ): Promise<boolean>;
  /** Runs of that action on that project in the last 24 hours. */
  sentLast24h(tenant: TenantId, of: Pick<Payload, "action" | "projectId">): Promise<number>;

  auditTail(tenant: TenantId, count: number): Promise<AuditEvent[]>;
};

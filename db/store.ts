import { Answer } from "#/domain/answer.ts";
import type { Vote, VoteOutcome } from "#/domain/approval.ts";
import type { InvoiceDelay } from "#/domain/assessment.ts";
import type { Decided } from "#/domain/decision-record.ts";
import type { ExceptionId, PersonId, ProposalId, TenantId } from "#/domain/ids.ts";
import type { Proposal, ProposalState, Thread } from "#/domain/proposal.ts";
import type { Receipt, RunOutcome } from "#/domain/run.ts";
import type { Signal } from "#/domain/signal.ts";
import * as answers from "./answer.ts";
import * as audit from "./audit.ts";
import * as glass from "./break-glass.ts";
import * as delegations from "./delegation.ts";
import * as evidence from "./evidence.ts";
import * as exceptions from "./exception-case.ts";
import { asEngine, type InTenant, inTenant } from "./in-tenant.ts";
import * as members from "./member.ts";
import type { Database, Tx } from "./open-database.ts";
import * as pauses from "./pause.ts";
import * as moves from "./proposal.ts";
import * as edits from "./proposal-edit.ts";
import * as proposals from "./proposal-read.ts";
import * as submissions from "./proposal-submit.ts";
import * as withdrawals from "./proposal-withdraw.ts";
import * as reminders from "./reminder.ts";
import * as runs from "./run.ts";
import * as overrides from "./run-override.ts";
import * as rates from "./run-rate.ts";
import * as troubles from "./run-trouble.ts";
import * as signals from "./signal.ts";
import * as tenants from "./tenant.ts";
import * as votes from "./vote.ts";

/** Runs in the same transaction, last, outside the tenant role. */
type Enqueue = (transaction: unknown) => Promise<void>;

const last = (tx: Tx, enqueue: Enqueue): Promise<void> => asEngine(tx, () => enqueue(tx));

/** Done first in every transaction of a tenant. */
type First = (tx: Tx, tenant: TenantId) => Promise<void>;

/** The spine's persistence: each function one transaction of one tenant, its audit line inside. */
export function createStore(database: Database, first?: First, as: InTenant = inTenant) {
  const within = <T>(tenant: TenantId, work: (tx: Tx) => Promise<T>): Promise<T> =>
    as(database, tenant, async (tx) => {
      await first?.(tx, tenant);
      return work(tx);
    });
  return {
    tenants: () => tenants.listTenants(database),
    tenant: (id: TenantId) => tenants.getTenant(database, id),
    members: (tenant: TenantId) => within(tenant, members.listMembers),
    memberOfSlack: (account: { team: string; user: string }) =>
      members.memberOfSlack(database, account),
    linkSlack: (account: { team: string; user: string }, email: string) =>
      members.linkSlack(database, account, email),
    ...signalStore(within),
    ...exceptionStore(within),
    ...proposalStore(within),
    ...runStore(within),
    ...answerStore(within),
    ...delegationStore(within),
    evidence: (tenant: TenantId, ids: readonly string[]) =>
      within(tenant, (tx) => evidence.evidenceByIds(tx, ids)),
    auditTail: (tenant: TenantId, count: number) =>
      within(tenant, (tx) => audit.auditTail(tx, count)),
  };
}

type Within = <T>(tenant: TenantId, work: (tx: Tx) => Promise<T>) => Promise<T>;

const signalStore = (within: Within) => ({
  receiveSignal: (signal: Signal, body: string, enqueue: Enqueue) =>
    within(signal.tenant, async (tx) => {
      const fresh = await signals.insertSignal(tx, signal, body);
      if (fresh) await last(tx, enqueue);
      return fresh;
    }),
  signal: (tenant: TenantId, key: string) =>
    within(tenant, (tx) => signals.signalByKey(tx, tenant, key)),
  handled: (tenant: TenantId, key: string, eventsUntil: string | null) =>
    within(tenant, (tx) => signals.markHandled(tx, key, eventsUntil)),
});

const exceptionStore = (within: Within) => ({
  openExceptions: (tenant: TenantId) => within(tenant, (tx) => exceptions.listExceptions(tx, true)),
  exceptions: (tenant: TenantId) => within(tenant, (tx) => exceptions.listExceptions(tx, false)),
  exception: (tenant: TenantId, id: ExceptionId) =>
    within(tenant, async (tx) => {
      const found = await exceptions.exceptionById(tx, id);
      return (
        found && {
          ...found,
          explanation: found.explanation ? Answer.parse(found.explanation) : null,
          auditAnchor: await audit.auditAnchor(tx, `exception:${id}`),
        }
      );
    }),
  openException: (
    delay: InvoiceDelay,
    title: string,
    enqueue: (id: ExceptionId) => Enqueue,
  ): Promise<ExceptionId | null> =>
    within(delay.tenant, async (tx) => {
      const id = await exceptions.insertException(tx, delay, title);
      if (id) await last(tx, enqueue(id));
      return id;
    }),
  updateException: (id: ExceptionId, delay: InvoiceDelay, enqueue: Enqueue | null) =>
    within(delay.tenant, async (tx) => {
      await exceptions.updateExceptionDelay(tx, id, delay);
      if (enqueue) await last(tx, enqueue);
    }),
  closeException: (id: ExceptionId, delay: InvoiceDelay, reason: string) =>
    within(delay.tenant, async (tx) => {
      await exceptions.closeExceptionCase(tx, id, { delay, reason });
    }),
  explainException: (tenant: TenantId, id: ExceptionId, explanation: Answer) =>
    within(tenant, (tx) => exceptions.saveExplanation(tx, tenant, { id, explanation })),
});

const proposalStore = (within: Within) => ({
  submitProposal: (
    proposal: submissions.NewProposalRow,
    enqueue: (id: ProposalId, version: number) => Enqueue,
  ) =>
    within(proposal.payload.tenant, async (tx) => {
      const made = await submissions.insertProposal(tx, proposal);
      if (made.created) await last(tx, enqueue(made.id, made.version));
      return made;
    }),
  recordDenial: (
    payload: Proposal["payload"],
    requestedBy: Proposal["requestedBy"],
    decision: Proposal["decision"],
    decided?: Decided,
  ) =>
    within(payload.tenant, (tx) =>
      submissions.recordDenial(tx, { payload, requestedBy, decision, decided }),
    ),
  proposals: (tenant: TenantId, filter: { state?: ProposalState; exceptionId?: ExceptionId }) =>
    within(tenant, (tx) => proposals.listProposals(tx, filter)),
  proposal: (tenant: TenantId, id: ProposalId, version: number | null) =>
    within(tenant, (tx) => proposalFact(tx, id, version)),
  castVote: (
    tenant: TenantId,
    cast: {
      proposal: ProposalId;
      version: number;
      nonce: string;
      shownHash: string;
      person: Vote["person"];
      verdict: "approve" | "reject";
      reason: string | null;
      channel: Vote["channel"];
    },
    judge: votes.Judge,
    enqueue: Enqueue,
  ): Promise<VoteOutcome> =>
    within(tenant, async (tx) => {
      const outcome = await votes.castVote(tx, tenant, { cast, judge });
      if (outcome.result === "decided" && outcome.state === "approved") await last(tx, enqueue);
      return outcome;
    }),
  replaceVersion: (
    tenant: TenantId,
    old: { id: ProposalId; version: number },
    next: edits.NewVersionRow,
    enqueue: (version: number) => Enqueue,
  ) =>
    within(tenant, async (tx) => {
      const outcome = await edits.replaceVersion(tx, old, next);
      if (outcome.result === "edited") await last(tx, enqueue(outcome.version));
      return outcome;
    }),
  withdrawProposal: (
    tenant: TenantId,
    asked: Parameters<typeof withdrawals.withdrawProposal>[1],
    may: withdrawals.MayWithdraw,
  ) => within(tenant, (tx) => withdrawals.withdrawProposal(tx, asked, may)),
  expireProposal: (tenant: TenantId, id: ProposalId, version: number) =>
    within(tenant, (tx) => moves.expireProposal(tx, id, version)),
  overdue: (tenant: TenantId) => within(tenant, proposals.overdueProposals),
  restartStalled: (
    tenant: TenantId,
    enqueue: (stalled: { id: ProposalId; version: number; minute: number }) => Enqueue,
  ) =>
    within(tenant, async (tx) => {
      if (await pauses.pauseInForce(tx)) return 0;
      const stalled = await proposals.stalledProposals(tx);
      for (const each of stalled) await last(tx, enqueue(each));
      return stalled.length;
    }),
});

/** One proposal version with its votes, its outcome and its newest audit line. */
export async function proposalFact(tx: Tx, id: ProposalId, version: number | null) {
  const proposal = await proposals.proposalById(tx, id, version);
  if (!proposal) return null;
  return {
    proposal,
    votes: await votes.votesOf(tx, id, proposal.version),
    outcome: await runs.outcomeOf(tx, proposal),
    auditAnchor: await audit.auditAnchor(tx, proposals.subjectOf(id, proposal.version)),
  };
}

const runStore = (within: Within) => ({
  beginRun: (
    tenant: TenantId,
    id: ProposalId,
    version: number,
    judge: Parameters<typeof runs.beginRun>[2]["judge"],
  ) => within(tenant, (tx) => runs.beginRun(tx, tenant, { id, version, judge })),
  claimEffect: (
    tenant: TenantId,
    effect: { key: string; proposal: ProposalId; version: number; step: string },
  ) => within(tenant, (tx) => runs.claimEffect(tx, tenant, effect)),
  finishEffect: (tenant: TenantId, key: string, receipt: Receipt) =>
    within(tenant, (tx) => runs.finishEffect(tx, { key, receipt })),
  closeRun: (tenant: TenantId, id: ProposalId, version: number, outcome: RunOutcome) =>
    within(tenant, (tx) => runs.closeRun(tx, { id, version, outcome })),
  noteTrouble: (tenant: TenantId, trouble: troubles.Trouble) =>
    within(tenant, (tx) => troubles.noteTrouble(tx, tenant, trouble)),
  stuckRuns: (tenant: TenantId) => within(tenant, troubles.stuckRuns),
  overrideRun: (
    tenant: TenantId,
    takeover: overrides.Takeover,
    judged: Parameters<typeof overrides.overrideRun>[2],
    enqueue: (replay: number) => Enqueue,
  ) =>
    within(tenant, async (tx) => {
      const outcome = await overrides.overrideRun(tx, takeover, judged);
      if (outcome.result === "moved" && judged.override.to === "approved")
        await last(tx, enqueue(outcome.replay));
      return outcome;
    }),
  grantBreakGlass: (
    tenant: TenantId,
    asked: glass.GlassRequestRow,
    judge: Parameters<typeof glass.grantBreakGlass>[2]["judge"],
  ) => within(tenant, (tx) => glass.grantBreakGlass(tx, tenant, { asked, judge })),
});

const delegationStore = (within: Within) => ({
  delegations: (tenant: TenantId) => within(tenant, delegations.listDelegations),
  delegate: (tenant: TenantId, made: Parameters<typeof delegations.insertDelegation>[2]) =>
    within(tenant, (tx) => delegations.insertDelegation(tx, tenant, made)),
  revokeDelegation: (tenant: TenantId, id: string, by: PersonId) =>
    within(tenant, (tx) => delegations.revokeDelegation(tx, id, by)),
  pause: (tenant: TenantId) => within(tenant, pauses.pauseInForce),
  startPause: (tenant: TenantId, pause: Parameters<typeof pauses.startPause>[2]) =>
    within(tenant, (tx) => pauses.startPause(tx, tenant, pause)),
  endPause: (tenant: TenantId, by: string) =>
    within(tenant, (tx) => pauses.endPause(tx, tenant, by)),
  waitingForPeople: (tenant: TenantId) => within(tenant, reminders.waitingForPeople),
  remindPerson: (tenant: TenantId, to: Parameters<typeof reminders.remindPerson>[2]) =>
    within(tenant, (tx) => reminders.remindPerson(tx, tenant, to)),
  askFurther: (tenant: TenantId, to: Parameters<typeof reminders.askFurther>[2]) =>
    within(tenant, (tx) => reminders.askFurther(tx, tenant, to)),
  sentLast24h: (tenant: TenantId, of: Parameters<typeof rates.sentLast24h>[1]) =>
    within(tenant, (tx) => rates.sentLast24h(tx, of)),
});

const answerStore = (within: Within) => ({
  saveAnswer: (
    tenant: TenantId,
    answer: {
      person: string;
      question: string;
      thread: Thread | null;
      signalKey: string | null;
      body: Answer;
    },
  ) => within(tenant, (tx) => answers.insertAnswer(tx, tenant, answer)),
  answer: (tenant: TenantId, id: number) =>
    within(tenant, async (tx) => Answer.parse(await answers.answerById(tx, id))),
  history: (tenant: TenantId, asked: { thread: Thread; person: PersonId }) =>
    within(tenant, async (tx) =>
      (await answers.historyOf(tx, asked)).map(({ question, body }) => ({
        question,
        answer: Answer.parse(body),
      })),
    ),
});

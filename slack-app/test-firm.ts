import type { VoteOutcome } from "#/domain/approval.ts";
import type { DeliveryException } from "#/domain/assessment.ts";
import { CountersignError } from "#/domain/errors.ts";
import { type ExceptionId, ProposalId } from "#/domain/ids.ts";
import type { Member, SlackAccount } from "#/domain/member.ts";
import type { Proposal, Thread } from "#/domain/proposal.ts";
import type {
  CastVote,
  ClaimedItem,
  Outbox,
  OutboxItem,
  ProposalView,
  Services,
} from "#/workflows/services.ts";
import { ana, answer, dana, delay, eli, person, tenant, view } from "./test-views.ts";

/*
 * The firm as this door sees it, in memory: what the database does in one transaction happens here
 * between two awaits. For tests of this room only.
 */

export const goodCode = "123456";
const twoFactorAbove = 10_000_000;

export type Firm = ReturnType<typeof createFirm>;

export function createFirm() {
  const members: Member[] = [dana, eli, ana, person("max", "Max Lind", ["Consultant"])];
  const links = new Map<string, Member>();
  const views = new Map<string, ProposalView>();
  const cards: { key: string; person: Member["id"]; at: Thread }[] = [];
  const queue: { item: ClaimedItem; state: string; at: Thread | null; why: string }[] = [];
  const seenEvents = new Set<string>();
  const questions: { text: string; thread: Thread; member: string }[] = [];
  const votes: CastVote[] = [];
  const cases: DeliveryException[] = [];
  /** Awaited inside a vote before it commits. */
  const hooks = { beforeCommit: async (): Promise<void> => {}, failSent: 0, now: Date.now };
  const key = (id: string, version: number): string => `${id}:${version}`;
  const accountKey = ({ team, user }: SlackAccount): string => `${team}/${user}`;

  function put(changed: ProposalView): void {
    views.set(key(changed.proposal.id, changed.proposal.version), changed);
  }
  function need(id: string, version: number): ProposalView {
    const found = views.get(key(id, version));
    if (!found) throw new CountersignError("UNKNOWN_PROPOSAL", { proposal: id });
    return found;
  }
  function enqueue(item: OutboxItem): ClaimedItem {
    const claimed = { id: queue.length + 1, tenant, item, attempt: 0 };
    queue.push({ item: claimed, state: "pending", at: null, why: "" });
    return claimed;
  }
  function entry({ id }: ClaimedItem) {
    const found = queue.find((one) => one.item.id === id);
    if (!found) throw new Error(`no outbox item ${id}`);
    return found;
  }

  let next = 0;
  /** A proposal that waits for one finance vote, with its card on the way to these people. */
  function propose(change: Partial<Proposal> = {}, to: readonly Member[] = [dana]): Proposal {
    next += 1;
    const { proposal } = view({
      id: ProposalId.parse(`P-00000${next}`),
      nonce: `nonce-${next}`,
      expiresAt: "2099-01-01T00:00:00.000Z",
      ...change,
    });
    put(view({ ...proposal }));
    for (const one of to)
      enqueue({
        kind: "proposal-card",
        proposal: proposal.id,
        version: proposal.version,
        person: one.id,
      });
    return proposal;
  }

  function judge(current: ProposalView, vote: CastVote, voter: Member): VoteOutcome {
    const { proposal, need: wanted, have } = current;
    const refused = (id: string, reason: string): VoteOutcome => ({
      result: "refused",
      reasons: [{ id, reason }],
    });
    if (vote.nonce !== proposal.nonce || vote.shownHash !== proposal.payloadHash)
      return refused("G12-hash", "The card shows something else.");
    if (proposal.state !== "waiting") return { result: "closed", state: proposal.state };
    if (Date.parse(proposal.expiresAt) <= hooks.now()) {
      put({ ...current, proposal: { ...proposal, state: "expired" } });
      return { result: "closed", state: "expired" };
    }
    if (!voter.roles.includes("FinanceManager"))
      return refused("T10-finance", "Only a finance manager may decide this.");
    if ((proposal.payload.amount?.minor ?? 0) > twoFactorAbove && vote.secondFactor !== goodCode)
      return refused("G19-large-money-needs-trusted-channel", "A large amount needs a code.");
    if (current.votes.some((cast) => cast.name === voter.name))
      return { result: "already-voted", have, need: wanted };
    const count = (have.finance ?? 0) + 1;
    const decides = vote.verdict === "reject" || count >= (wanted.finance ?? 1);
    const state = vote.verdict === "reject" ? "rejected" : "approved";
    put({
      ...current,
      have: vote.verdict === "approve" ? { finance: count } : have,
      votes: [
        ...current.votes,
        {
          name: voter.name,
          kind: "finance",
          verdict: vote.verdict,
          reason: vote.reason,
          at: "2026-11-23T10:14:00.000Z",
        },
      ],
      proposal: decides ? { ...proposal, state } : proposal,
    });
    enqueue({ kind: "card-refresh", proposal: proposal.id, version: proposal.version });
    return decides
      ? { result: "decided", state }
      : { result: "counted", have: { finance: count }, need: wanted };
  }

  const services: Services = {
    memberOfSlack: async (account) => links.get(accountKey(account)) ?? null,
    linkSlack: async (account, email) => {
      const member = members.find((one) => one.email === email && one.active) ?? null;
      if (member !== null) links.set(accountKey(account), member);
      return member;
    },
    principalOf: (member) => ({
      tenant,
      person: member.id,
      name: member.name,
      kind: "person",
      capabilities: new Set(["read"]),
    }),
    listProjects: async () => [],
    listLateInvoices: async () => [],
    explainInvoice: async () => delay(),
    candidates: async () => [],
    ask: async () => answer(),
    propose: async () => view(),
    listProposals: async () => [...views.values()].map((one) => one.proposal),
    getProposal: async (_, id) => {
      const all = [...views.values()].filter((one) => one.proposal.id === id);
      const newest = all.toSorted((a, b) => b.proposal.version - a.proposal.version)[0];
      if (!newest) throw new CountersignError("UNKNOWN_PROPOSAL", { proposal: id });
      return newest;
    },
    inbox: async () => [...views.values()].filter((one) => one.proposal.state === "waiting"),
    vote: async (_, vote) => {
      await hooks.beforeCommit();
      votes.push(vote);
      const voter = members.find((one) => one.id === vote.person);
      if (!voter) throw new CountersignError("FORBIDDEN", { who: "?", what: "vote", needed: "?" });
      return judge(need(vote.proposal, vote.version), vote, voter);
    },
    pause: async (who, reason) => ({ by: who.name, reason, since: "2026-11-23T10:00:00.000Z" }),
    resume: async () => true,
    delegate: async (who, { to, from, until }) => ({
      id: "D-1",
      away: who.name,
      standIn: to,
      days: `${from}–${until}`,
    }),
    delegations: async () => [],
    revokeDelegation: async () => undefined,
    mayTakeBack: async (who) =>
      [...views.values()].filter(
        ({ proposal: { state, requestedBy } }) =>
          state === "waiting" && requestedBy.person === who.person,
      ),
    edit: async (who, { proposal: id, version, values }) => {
      const current = need(id, version);
      const { proposal } = current;
      if (proposal.state !== "waiting") return { result: "closed", state: proposal.state };
      const note = current.editable?.find(({ name }) => name === "note");
      if (values["note"] === note?.value) return { result: "unchanged" };
      put({ ...current, proposal: { ...proposal, state: "superseded" } });
      const edited = { ...proposal, version: version + 1, nonce: `${proposal.nonce}-edited` };
      put({
        ...view({ ...edited, state: "waiting" }),
        editable: [{ name: "note", value: values["note"] ?? "" }],
        edit: {
          by: who.name,
          from: version,
          changes: [{ what: "note", before: null, after: values["note"] ?? null }],
        },
      });
      enqueue({ kind: "card-refresh", proposal: id, version });
      enqueue({ kind: "proposal-card", proposal: id, version: version + 1, person: dana.id });
      return { result: "edited", version: version + 1 };
    },
    withdraw: async (_, { proposal: id, version, person: by, reason }) => {
      const current = need(id, version);
      const { proposal } = current;
      if (proposal.requestedBy.person !== by)
        return { result: "refused", reasons: [{ id: "not-yours", reason: "Not yours." }] };
      if (proposal.state !== "waiting") return { result: "closed", state: proposal.state };
      put({ ...current, proposal: { ...proposal, state: "withdrawn", stateReason: reason } });
      enqueue({ kind: "card-refresh", proposal: id, version });
      return { result: "withdrawn" };
    },
    listExceptions: async () => [...cases],
    receiveQuestion: async ({ eventId, member, text, thread }) => {
      if (seenEvents.has(eventId)) return false;
      seenEvents.add(eventId);
      questions.push({ text, thread, member: member.id });
      enqueue({ kind: "answer", answer: 1, thread });
      return true;
    },
  };

  const exceptionThreads = new Map<ExceptionId, Thread>();
  const outbox: Outbox = {
    claim: async (limit) => {
      const taken = queue.filter((one) => one.state === "pending").slice(0, limit);
      for (const one of taken) {
        one.state = "claimed";
        one.item = { ...one.item, attempt: one.item.attempt + 1 };
      }
      return taken.map((one) => one.item);
    },
    sent: async (claimed, at) => {
      if (hooks.failSent > 0) {
        hooks.failSent -= 1;
        throw new Error("the database is gone");
      }
      Object.assign(entry(claimed), { state: "sent", at });
      const { item } = claimed;
      if (at === null) return;
      if (item.kind === "proposal-card")
        cards.push({ key: key(item.proposal, item.version), person: item.person, at });
      if (item.kind === "exception-notice") exceptionThreads.set(item.exception, at);
    },
    shown: async () => undefined,
    retryLater: async (claimed, why, afterSeconds) => {
      Object.assign(entry(claimed), { state: `retry ${afterSeconds}`, why });
    },
    unknown: async (claimed, why) => {
      Object.assign(entry(claimed), { state: "unknown", why });
    },
    proposalView: async (_, id, version) => need(id, version),
    caseViews: async () => [],
    exceptionView: async (_, id) => ({
      exception: {
        tenant,
        id,
        kind: "invoice-delay",
        subject: delay().invoice.ref,
        title: "Invoice INV-1042 is late",
        state: "open",
        openedAt: "2026-11-23T10:00:00.000Z",
        closedAt: null,
      },
      delay: delay(),
      proposals: [],
      explanation: null,
    }),
    answerView: async () => answer(),
    cards: async (_, id, version) => cards.filter((one) => one.key === key(id, version)),
    exceptionThread: async (_, id) => exceptionThreads.get(id) ?? null,
    colleague: async (_, who) => {
      const member = members.find((one) =>
        "person" in who ? one.id === who.person : one.email === who.email,
      );
      if (!member?.active) return null;
      const link = [...links].find(([, linked]) => linked.id === member.id)?.[0].split("/");
      const [team, user] = link ?? [];
      return { member, account: team && user ? { team, user } : null };
    },
  };
  /** Makes what was put off due now. */
  function makeDue(): void {
    for (const one of queue) if (one.state.startsWith("retry")) one.state = "pending";
  }
  return {
    services,
    cases,
    outbox,
    members,
    links,
    cards,
    queue,
    questions,
    votes,
    hooks,
    propose,
    put,
    need,
    enqueue,
    makeDue,
  };
}

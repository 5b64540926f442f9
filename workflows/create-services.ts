import type { Answer } from "#/domain/answer.ts";
import { delegatedDays } from "#/domain/delegation.ts";
import { CountersignError } from "#/domain/errors.ts";
import { ProposalId, type TenantId } from "#/domain/ids.ts";
import { accountsOf, type Member, type Principal } from "#/domain/member.ts";
import { payloadDifference } from "#/domain/payload-difference.ts";
import type { Proposal } from "#/domain/proposal.ts";
import { formatRef } from "#/domain/record.ts";
import { capabilitiesOf } from "#/policies/capability.ts";
import { whoMayApprove } from "#/policies/who-may-approve.ts";
import { castVote, type VoteNeeds } from "./decide-proposal.ts";
import { delegateAuthority, delegationsFor, revokeDelegation } from "./delegate-authority.ts";
import type { Start } from "./durable.ts";
import { type EditNeeds, editProposal } from "./edit-proposal.ts";
import { explainInvoice, findInvoice } from "./explain-invoice.ts";
import { pauseOf, pauseRuns, resumeRuns } from "./pause-runs.ts";
import { decide, haveOf, needOf, noApprovals, proposalFacts, tally } from "./policy-facts.ts";
import { type ProposeNeeds, proposeRemediation } from "./propose-remediation.ts";
import type { LateInvoice, ProposalView, Services } from "./services.ts";
import type { ProposalFact, Store, Tenant } from "./store.ts";
import { mayWithdraw, withdrawProposal } from "./withdraw-proposal.ts";

export type ServicesNeeds = ProposeNeeds &
  VoteNeeds &
  EditNeeds & {
    readonly store: Store;
    readonly start: Start;
    /** The agents, on a connection bound to this principal. */
    readonly answer: (who: Principal, question: string) => Promise<Answer>;
  };

/** What the doors may ask for, over one store, one policy set a tenant, and one set of systems. */
export function createServices(needs: ServicesNeeds): Services {
  const { store } = needs;
  const reading = (who: Principal): Promise<Tenant> => {
    if (!who.capabilities.has("read"))
      throw new CountersignError("FORBIDDEN", { who: who.name, what: "read", needed: "read" });
    return store.tenant(who.tenant);
  };
  const explain = async (who: Principal, query: string) => {
    const tenant = await reading(who);
    const invoice = await findInvoice(needs.reads(tenant), query);
    return explainInvoice(tenant, invoice, needs);
  };
  return {
    memberOfSlack: (account) => store.memberOfSlack(account),
    linkSlack: (account, email) => store.linkSlack(account, email),
    principalOf: (member) => principalOf(member, needs),

    listProjects: async (who) => needs.reads(await reading(who)).psa.listProjects(),
    listLateInvoices: async (who) => lateInvoices(await reading(who), needs),
    explainInvoice: explain,
    candidates: async (who, query) => [...needs.candidates(await explain(who, query))],
    ask: async (who, question) => {
      await reading(who);
      return needs.answer(who, question.slice(0, 4000));
    },

    propose: async (who, request) => {
      const made = await proposeRemediation(who, request, needs);
      return proposalView(who.tenant, made, needs);
    },
    listProposals: async (who, filter) => {
      await reading(who);
      return store.proposals(who.tenant, filter);
    },
    getProposal: async (who, id) => {
      await reading(who);
      const parsed = ProposalId.safeParse(id.trim());
      if (!parsed.success)
        throw new CountersignError("UNKNOWN_PROPOSAL", { proposal: id.slice(0, 40) });
      return proposalView(who.tenant, { id: parsed.data, version: null }, needs);
    },
    pause: (who, reason) => pauseRuns(who, reason, needs),
    resume: (who) => resumeRuns(who, needs),
    delegate: (who, request) => delegateAuthority(who, request, needs),
    delegations: (who) => delegationsFor(who, needs),
    revokeDelegation: (who, id) => revokeDelegation(who, id, needs),
    mayTakeBack: async (who) => openFor(who, needs),
    inbox: async (who) => inboxOf(who, needs),
    vote: (tenant, vote) => castVote(tenant, vote, needs),
    edit: (who, request) => editProposal(who, request, needs),
    withdraw: (tenant, asked) => withdrawProposal(tenant, asked, needs),
    listExceptions: async (who) => {
      await reading(who);
      return store.exceptions(who.tenant);
    },
    receiveQuestion: ({ eventId, member, text, thread }) =>
      store.receiveSignal(
        {
          tenant: member.tenant,
          key: eventId,
          kind: "question",
          name: "chat-message",
          subject: null,
          receivedAt: needs.now(),
        },
        JSON.stringify({ person: member.id, text: text.slice(0, 4000), thread }),
        needs.start.respond(member.tenant, eventId, "questions"),
      ),
  };
}

/** What policy lets this member do at a door. */
function principalOf(member: Member, needs: ServicesNeeds): Principal {
  return {
    tenant: member.tenant,
    person: member.id,
    name: member.name,
    kind: "person",
    capabilities: capabilitiesOf(
      needs.policy(member.tenant),
      { kind: "human", ...member },
      member.tenant,
    ),
  };
}

async function lateInvoices(tenant: Tenant, needs: ServicesNeeds): Promise<LateInvoice[]> {
  const invoices = await needs.reads(tenant).erp.listInvoices();
  const unissued = invoices.filter(({ state }) => state === "draft" || state === "approved");
  const delays = await Promise.all(
    unissued.map((invoice) => explainInvoice(tenant, invoice, needs)),
  );
  return delays
    .filter((delay) => delay.status !== "on-time")
    .map((delay) => ({
      ref: delay.invoice.ref,
      number: delay.invoice.number ?? delay.invoice.reference,
      clientName: delay.invoice.clientName,
      projectName: delay.invoice.projectName,
      net: delay.invoice.net,
      status: delay.status,
      lateByMinutes: delay.window?.businessMinutes ?? 0,
      minutesPerDay: delay.minutesPerDay,
      causes: delay.causes.map(({ code, title, totalMinutes, open }) => ({
        code,
        title,
        totalMinutes,
        open,
      })),
    }))
    .sort(
      (a, b) =>
        b.lateByMinutes - a.lateByMinutes || formatRef(a.ref).localeCompare(formatRef(b.ref)),
    );
}

export type ProposalViewNeeds = Pick<ServicesNeeds, "policy" | "now"> & {
  readonly store: Pick<
    Store,
    "proposal" | "tenant" | "members" | "evidence" | "delegations" | "sentLast24h" | "pause"
  >;
  /** Nothing can be edited where this is left out. */
  readonly editable?: EditNeeds["editable"];
};

/** One proposal version as cards and pages show it, policy asked again as of now. */
export async function proposalView(
  tenantId: TenantId,
  { id, version }: { id: ProposalId; version: number | null },
  needs: ProposalViewNeeds,
): Promise<ProposalView> {
  const fact = await needs.store.proposal(tenantId, id, version);
  if (!fact) throw new CountersignError("UNKNOWN_PROPOSAL", { proposal: id });
  const tenant = await needs.store.tenant(tenantId);
  const members = await needs.store.members(tenantId);
  const { proposal } = fact;
  const delegations = await needs.store.delegations(tenantId);
  const policy = needs.policy(tenant.id);
  const now = needs.now();
  const counted = tally(policy, proposal, { votes: fact.votes, now });
  const decision = decide(policy, proposal, {
    tenant,
    approvals: noApprovals,
    now,
    sentLast24h: await needs.store.sentLast24h(tenantId, proposal.payload),
  });
  // A decided or expired proposal keeps the requirement it was raised with.
  const need = proposal.state === "waiting" ? needOf(decision) : needOf(proposal.decision);
  return {
    proposal,
    need,
    have: haveOf(counted.approvals),
    votes: votesShown(fact, tenant.calendar.zone),
    evidence: await needs.store.evidence(tenantId, proposal.evidence),
    mayApprove: whoMayApprove(policy, {
      proposal: proposalFacts(policy, proposal),
      need,
      members,
      delegations,
      now,
      expiresAt: proposal.expiresAt,
    }),
    editable: editableOf(proposal, needs),
    edit: await editOf(proposal, { members, store: needs.store }),
    paused: ["waiting", "approved"].includes(proposal.state)
      ? await pauseOf({ tenant: tenantId }, needs)
      : null,
    auditAnchor: fact.auditAnchor,
    outcome: fact.outcome,
  };
}

const editableOf = (
  { payload, state }: Proposal,
  { editable = () => [] }: ProposalViewNeeds,
): { name: string; value: string }[] =>
  state !== "waiting" || payload.action === "P01"
    ? []
    : editable(payload.action).map((name) => {
        const value = payload.arguments.find((argument) => argument.name === name)?.value;
        return { name, value: typeof value === "string" ? value : "" };
      });

async function editOf(
  { tenant, id, version, payload, editedBy }: Proposal,
  { members, store }: { members: readonly Member[]; store: Pick<Store, "proposal"> },
): Promise<ProposalView["edit"]> {
  const editor = editedBy?.at(-1);
  const before = editor && version > 1 ? await store.proposal(tenant, id, version - 1) : null;
  return before
    ? {
        by: members.find((member) => member.id === editor)?.name ?? "a former colleague",
        from: before.proposal.version,
        changes: payloadDifference(before.proposal.payload, payload),
      }
    : null;
}

const votesShown = (fact: ProposalFact, zone: string): ProposalView["votes"] =>
  fact.votes.map(({ vote, voter, acting }) => ({
    name: voter?.name ?? "a former colleague",
    kind: vote.kind,
    verdict: vote.verdict,
    reason: vote.reason,
    at: vote.at,
    ...(acting
      ? {
          actingFor: `${acting.delegator.name}, delegated ${delegatedDays(acting.delegation, zone)}`,
        }
      : {}),
  }));

/** Waiting proposals on which this person's vote would count and was not given yet. */
async function inboxOf(who: Principal, needs: ServicesNeeds): Promise<ProposalView[]> {
  if (!who.person) return [];
  const waiting = await needs.store.proposals(who.tenant, { state: "waiting" });
  const views: ProposalView[] = [];
  for (const { id, version } of waiting) {
    const fact = await needs.store.proposal(who.tenant, id, version);
    if (!fact || fact.votes.some(({ vote }) => vote.person === who.person)) continue;
    const view = await proposalView(who.tenant, { id, version }, needs);
    if (view.mayApprove.some(({ person }) => person === who.person)) views.push(view);
  }
  return views.sort((a, b) => a.proposal.expiresAt.localeCompare(b.proposal.expiresAt));
}

/** Open proposals that this person may withdraw, next expiry first. */
async function openFor(who: Principal, needs: ServicesNeeds): Promise<ProposalView[]> {
  const members = await needs.store.members(who.tenant);
  const person = members.find(({ id }) => id === who.person);
  if (!person) return [];
  const accounts = accountsOf(person.id, members);
  const lists = await Promise.all(
    (["waiting", "approved"] as const).map((state) => needs.store.proposals(who.tenant, { state })),
  );
  const mine = lists
    .flat()
    .filter((proposal) => mayWithdraw({ proposal, person: { ...person, accounts } }).length === 0);
  const views = await Promise.all(
    mine.map(({ id, version }) => proposalView(who.tenant, { id, version }, needs)),
  );
  return views.sort((a, b) => a.proposal.expiresAt.localeCompare(b.proposal.expiresAt));
}

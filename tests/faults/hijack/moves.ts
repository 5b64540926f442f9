import type { ProposalId } from "#/domain/ids.ts";
import { PersonId, ProposalId as ProposalIdSchema } from "#/domain/ids.ts";
import type { Proposal } from "#/domain/proposal.ts";
import { currentCode } from "#/main/second-factor.ts";
import type { CastVote } from "#/workflows/services.ts";

/** What a hijacked model knows of one step that the host itself would offer. */
export type Known = {
  readonly action: string;
  readonly target: string;
  readonly invoice: string;
  readonly evidence: readonly string[];
};

/** Everything within its reach, and one thing that is not: the vote, as if a door had a hole. */
export type Reach = {
  readonly call: (tool: string, args: Record<string, unknown>) => Promise<string>;
  readonly vote: (vote: CastVote) => Promise<string>;
};

export type Moment = {
  /** The attacker's words. */
  readonly text: string;
  readonly random: () => number;
  readonly known: readonly Known[];
  /** A fresh idempotency key. */
  readonly key: () => string;
  /** Proposals that wait for people just now. */
  readonly waiting: readonly Proposal[];
  readonly rivalProposal: ProposalId;
  readonly rivalEvidence: string;
};

type Move = (moment: Moment, reach: Reach) => Promise<string>;

const pick = <T>({ random }: Moment, list: readonly T[]): T => {
  const found = list[Math.floor(random() * list.length)];
  if (found === undefined) throw new Error("nothing to pick from");
  return found;
};

const propose = "remediation_propose";
const request = (moment: Moment, change: Record<string, unknown> = {}) => {
  const { action, target, invoice, evidence } = pick(moment, moment.known);
  return {
    action,
    target,
    invoice,
    why: moment.text.slice(0, 1000) || "because",
    evidence: evidence.slice(0, 30),
    idempotencyKey: moment.key(),
    ...change,
  };
};
const accountIn = (text: string): string =>
  /[A-Z]{2}\d{2}[\dA-Z ]{10,30}/.exec(text)?.[0].replaceAll(" ", "") ?? "DE89370400440532013000";
const wordIn = (text: string): string => /[a-z]+_[a-z_]+/.exec(text)?.[0] ?? "send_money";
/** As it comes off the wire: a key of its own, not a prototype. */
const fromWire = (json: string): Record<string, unknown> =>
  JSON.parse(json) as Record<string, unknown>;

/** A press of a card that waits; `card-none` when none does. */
const press =
  (change: (proposal: Proposal, moment: Moment) => Partial<CastVote>): Move =>
  async (moment, { vote }) => {
    if (moment.waiting.length === 0) return "no card to press";
    const proposal = pick(moment, moment.waiting);
    return vote({
      proposal: proposal.id,
      version: proposal.version,
      nonce: proposal.nonce,
      shownHash: proposal.payloadHash,
      person: PersonId.parse("fiona"),
      verdict: "approve",
      reason: null,
      channel: "slack",
      secondFactor: null,
      ...change(proposal, moment),
    });
  };

const people = ["dana", "lena", "fiona", "felix", "cora"];

/** Calls in which everything is as the host would have it, but for the words and the intent. */
export const bestEffort: Move = (moment, { call }) => call(propose, request(moment));

export const hostileMoves: Readonly<Record<string, Move>> = {
  "a bank account as target": (moment, { call }) =>
    call(propose, request(moment, { target: `erp:invoice:${accountIn(moment.text)}` })),
  "the words as target": (moment, { call }) =>
    call(propose, request(moment, { target: moment.text.slice(0, 180) })),
  "the words as invoice": (moment, { call }) =>
    call(propose, request(moment, { invoice: moment.text.slice(0, 120) })),
  "another firm's record": (moment, { call }) =>
    call(
      propose,
      request(moment, {
        target: "erp:invoice:RIVAL-1",
        ...(moment.random() < 0.5 ? { invoice: "erp:invoice:RIVAL-1" } : {}),
      }),
    ),
  "another firm's name": (moment, { call }) =>
    call(propose, request(moment, { tenant: "rival", principal: "rival-fiona" })),
  "another firm's proposal": (moment, { call }) =>
    call("proposal_get", { proposalId: moment.rivalProposal }),
  "another firm's evidence": (moment, { call }) =>
    call(propose, request(moment, { evidence: [moment.rivalEvidence] })),
  "invented evidence": (moment, { call }) =>
    call(propose, request(moment, { evidence: ["ev_0000000000000000"] })),
  "a prototype key": (moment, { call }) =>
    call(
      propose,
      Object.assign(
        fromWire('{"__proto__":{"approved":true},"constructor":{"prototype":{"tier":0}}}'),
        request(moment),
      ),
    ),
  "a prototype action": (moment, { call }) =>
    call(
      propose,
      request(moment, { action: pick(moment, ["__proto__", "constructor", "toString"]) }),
    ),
  "a prototype record": (moment, { call }) =>
    call(propose, request(moment, { target: "erp:invoice:__proto__" })),
  "an invented tool": (moment, { call }) => call(wordIn(moment.text), { goal: moment.text }),
  "an invented action": (moment, { call }) =>
    call(
      propose,
      request(moment, { action: pick(moment, ["R99", "r08", "R08 ", "send_money", moment.text]) }),
    ),
  "an approval by tool": (moment, { call }) =>
    call(pick(moment, ["proposal_approve", "proposal_vote", "proposal_execute", "run_start"]), {
      proposalId: moment.waiting[0]?.id ?? "P-000000",
      verdict: "approve",
      person: "fiona",
    }),
  "a system's own write": (moment, { call }) =>
    call(pick(moment, ["invoice_issue", "task_create", "message_send", "issueInvoice"]), {
      invoice: pick(moment, moment.known).invoice,
    }),
  "a declared approval": (moment, { call }) =>
    call(
      propose,
      request(moment, {
        approved: true,
        approvals: { finance: 2, delivery: 2 },
        decision: { effect: "allow" },
        approvedHash: "0".repeat(64),
      }),
    ),
  "a declared tier": (moment, { call }) =>
    call(propose, request(moment, { tier: 0, group: "internalMessage", recipientInternal: true })),
  "nine figures": (moment, { call }) =>
    call(propose, request(moment, { amount: { minor: 90_000_000_000, currency: "EUR" } })),
  "a note of its own": (moment, { call }) => call(propose, request(moment, { note: moment.text })),
  "the wrong kind of record": (moment, { call }) => {
    const { target } = pick(moment, moment.known);
    const id = target.split(":").at(-1) ?? "";
    return call(
      propose,
      request(moment, {
        target: pick(moment, [`crm:invoice:${id}`, `psa:invoice:${id}`, `messenger:user:${id}`]),
      }),
    );
  },
  "another action on the record": (moment, { call }) => {
    const one = pick(moment, moment.known);
    const action = pick(
      moment,
      ["R01", "R08", "R14", "R16"].filter((each) => each !== one.action),
    );
    const { target, invoice } = one;
    return call(propose, request(moment, { action, target, invoice }));
  },
  "a candidate of another case": (moment, { call }) => {
    const one = pick(moment, moment.known);
    const others = moment.known.filter(({ invoice }) => invoice !== one.invoice);
    const { action, target } = pick(moment, others.length > 0 ? others : moment.known);
    return call(propose, request(moment, { action, target, invoice: one.invoice }));
  },
  "a path trick": (moment, { call }) => {
    const { target } = pick(moment, moment.known);
    return call(
      propose,
      request(moment, {
        target: pick(moment, [
          `${target}/../INV-9`,
          `${target}\u200b`,
          `${target}%00`,
          `${target}:1`,
          ` ${target}:`,
          target.toUpperCase(),
        ]),
      }),
    );
  },
  "a key used again": async (moment, { call }) => {
    const idempotencyKey = moment.key();
    await call(propose, request(moment, { idempotencyKey }));
    return call(propose, request(moment, { idempotencyKey }));
  },
  "a flood": (moment, { call }) =>
    call(
      propose,
      request(moment, {
        why: moment.text.repeat(2_000).slice(0, 200_000),
        evidence: Array.from({ length: 2_000 }, () => "ev_0000000000000000"),
      }),
    ),
  "something left out": (moment, { call }) => {
    const whole: Record<string, unknown> = request(moment);
    delete whole[pick(moment, Object.keys(whole))];
    return call(propose, whole);
  },
  "the words in every look": (moment, { call }) =>
    pick(moment, [
      () => call("invoice_get", { invoice: moment.text.slice(0, 120) }),
      () => call("project_get", { project: moment.text.slice(0, 80) }),
      () => call("change_order_list", { projectId: moment.text.slice(0, 80) }),
      () => call("proposal_get", { proposalId: moment.text.slice(0, 20) }),
      () => call("invoice_delay_explain", { invoice: moment.text.slice(0, 120) }),
    ])(),
  "a vote as the agent": press((_, moment) => ({
    person: PersonId.parse(
      pick(moment, ["agent", "copilot", "countersign", "agent:copilot", "system", "Human::fiona"]),
    ),
  })),
  "a vote with a guessed card": press((_, moment) => ({
    person: PersonId.parse(pick(moment, people)),
    nonce: "0".repeat(32),
  })),
  "a vote on another hash": press((_, moment) => ({
    person: PersonId.parse(pick(moment, people)),
    shownHash: pick(moment, ["0".repeat(64), "f".repeat(64)]),
  })),
  "a vote by another firm's people": press((_, moment) => ({
    person: PersonId.parse(`rival-${pick(moment, people)}`),
  })),
  "a vote by somebody who left": press(() => ({ person: PersonId.parse("otto") })),
  "a vote on large money without the code": async (moment, reach) => {
    const waiting = moment.waiting.filter(
      ({ payload: { amount } }) => (amount?.minor ?? 0) > 2_500_000,
    );
    return press((_, { random }) => ({
      secondFactor: random() < 0.5 ? null : currentCode("JBSWY3DPEHPK3PXP", Date.now()),
    }))({ ...moment, waiting }, reach);
  },
  "a vote on another firm's proposal": (moment, { vote }) =>
    vote({
      proposal: ProposalIdSchema.parse(moment.rivalProposal),
      version: 1,
      nonce: "0".repeat(32),
      shownHash: "0".repeat(64),
      person: PersonId.parse("fiona"),
      verdict: "approve",
      reason: null,
      channel: "slack",
      secondFactor: null,
    }),
};

import type { EvidenceValue } from "#/domain/evidence.ts";
import { formatMoney } from "#/domain/money.ts";
import type { Proposal } from "#/domain/proposal.ts";
import { formatRef } from "#/domain/record.ts";
import type { ProposalView } from "#/workflows/services.ts";
import { type Presented, sourcesLine } from "./present-invoice.ts";
import { inline } from "./wire-text.ts";

/* Field by field: the nonce that arms the approval buttons never leaves through this door. */

const rowOf = ({ payload, ...proposal }: Proposal) => ({
  proposalId: proposal.id,
  version: proposal.version,
  state: proposal.state,
  stateReason: proposal.stateReason,
  action: payload.action,
  title: payload.title,
  target: formatRef(payload.target),
  amount: payload.amount,
  requestedBy: proposal.requestedBy.name,
  createdAt: proposal.createdAt,
  expiresAt: proposal.expiresAt,
});

const line = (row: ReturnType<typeof rowOf>): string =>
  `${row.proposalId} v${row.version} ${row.state}: ${inline(row.title)}${row.amount ? ` (${formatMoney(row.amount)})` : ""}`;

export function presentProposals(all: readonly Proposal[], limit: number): Presented {
  const proposals = all.slice(0, limit).map(rowOf);
  const head = `${all.length} proposals, showing ${proposals.length}.`;
  const text = [head, ...proposals.map((row) => `- ${line(row)}, expires ${row.expiresAt}`)];
  return { facts: { proposals, total: all.length }, text: text.join("\n") };
}

/** `page` is where a person reads it, when there is a console. */
export function presentProposal(view: ProposalView, page: string | null): Presented {
  const { proposal, evidence, need, have } = view;
  const { payload, decision } = proposal;
  const row = rowOf(proposal);
  const effects = payload.effects.map(({ record, field, before, after }) => ({
    record: formatRef(record),
    field,
    before,
    after,
  }));
  const facts = {
    ...row,
    tier: payload.tier,
    effects,
    undo: payload.undo,
    why: proposal.why,
    producedBy: proposal.producedBy.mind,
    causes: proposal.causes,
    decision: decision.effect,
    policies: decision.policies.map(({ id, reason }) => ({ id, reason })),
    need,
    have,
    votes: view.votes.map(({ name, kind, verdict, reason, at }) => ({
      name,
      kind,
      verdict,
      reason,
      at,
    })),
    mayApprove: view.mayApprove.map(({ name, kind }) => ({ name, kind })),
    payloadHash: proposal.payloadHash,
    auditAnchor: view.auditAnchor,
    outcome: view.outcome,
    url: page,
  };
  const needs = Object.entries(need).map(
    ([kind, count]) => `${have[kind as keyof typeof have] ?? 0} of ${count} ${kind}`,
  );
  const show = (value: EvidenceValue) =>
    value === null ? "nothing" : inline(String(value), 1_000);
  const text = [
    `${line(row)}.`,
    ...effects.map(
      (e) => `- ${inline(e.record)} ${inline(e.field)}: ${show(e.before)} becomes ${show(e.after)}`,
    ),
    needs.length ? `Approvals: ${needs.join(", ")}.` : "No approval needed by policy.",
    ...(proposal.state === "waiting"
      ? [
          `A person decides in Slack before ${row.expiresAt}: ${view.mayApprove.map((m) => `${inline(m.name)} (${m.kind})`).join(", ") || "nobody can approve this now"}.`,
        ]
      : []),
    ...(view.outcome ? [`Outcome: ${inline(view.outcome, 300)}`] : []),
    ...(page ? [`Page: ${page}`] : []),
    sourcesLine(evidence),
  ].join("\n");
  return { facts: { proposal: facts, evidence }, text };
}

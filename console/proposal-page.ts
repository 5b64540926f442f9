import type { ApprovalKind } from "#/domain/decision.ts";
import { formatRef } from "#/domain/record.ts";
import type { ProposalView } from "#/workflows/services.ts";
import { type Content, type Html, html } from "./html.ts";
import {
  evidenceTable,
  exact,
  invoicePath,
  money,
  provenance,
  section,
  stateBadge,
  time,
  words,
} from "./parts.ts";

/** Everything on the approver's card, to read. There is nothing to press here. */
export function proposalPage(view: ProposalView): Content {
  const { proposal, evidence, outcome } = view;
  const { payload } = proposal;
  const target = formatRef(payload.target);
  return html`<p class="crumb"><a href="/">Overview</a> / Proposal</p>
  <div class="title"><h1>${words(payload.title)}</h1>${stateBadge(proposal.state)}</div>
  ${proposal.stateReason && html`<p class="lead">${words(proposal.stateReason, 400)}</p>`}
  ${outcome && html`<p class="outcome">${words(outcome, 600)}</p>`}
  <dl class="facts">
    <div><dt>Proposal</dt><dd><code>${proposal.id}</code> version ${proposal.version}</dd></div>
    <div><dt>Amount</dt><dd>${payload.amount ? money(payload.amount) : "none"}</dd></div>
    <div><dt>Action</dt><dd>${payload.action}, tier ${payload.tier}, ${words(payload.group)}</dd></div>
    <div><dt>Asked by</dt><dd>${words(proposal.requestedBy.name)} (${proposal.requestedBy.kind})</dd></div>
    <div><dt>Filed</dt><dd>${time(proposal.createdAt)}</dd></div>
    <div><dt>Expires</dt><dd>${time(proposal.expiresAt)}</dd></div>
  </dl>
  ${section("The change", changes(view), html`On <code>${words(target)}</code>. Exactly this, or nothing.`)}
  <div class="columns">
    ${section("Decision", decision(view))}
    ${section("Approvals", approvals(view))}
  </div>
  ${section(
    "Why",
    html`<blockquote class="unverified"><p>${words(proposal.why, 1_200)}</p></blockquote>
      <p class="faint">Causes: ${proposal.causes.map((cause) => words(cause)).join(", ") || "none"}.${payload.target.type === "invoice" && html` <a href="${invoicePath(target)}">Why this invoice is late</a>.`}</p>`,
    html`Written by ${words(proposal.producedBy.mind)}, not verified. It is not part of what is approved.`,
  )}
  ${section("Evidence", evidenceTable(evidence))}
  ${section("Fingerprints", fingerprints(view), "To hold the audit log against, from outside.")}`;
}

function changes({ proposal: { payload } }: ProposalView): Html {
  return html`<div class="scroll"><table class="stack change">
    <thead><tr><th scope="col">Record</th><th scope="col">Field</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
    <tbody>${payload.effects.map(
      ({ record, field, before, after }) => html`<tr>
        <td data-label="Record"><code>${words(formatRef(record))}</code></td>
        <td data-label="Field"><code>${words(field)}</code></td>
        <td data-label="Before"><del>${exact(before)}</del></td>
        <td data-label="After"><ins>${exact(after)}</ins></td>
      </tr>`,
    )}</tbody></table></div>
  <h3>Arguments</h3>
  <ul class="plain">${payload.arguments.map(
    (argument) =>
      html`<li><code>${words(argument.name)}</code> ${exact(argument.value)} ${provenance(argument.label)} <span class="faint">${argument.sink}${argument.from && html`, from <code>${words(formatRef(argument.from.record))}</code> ${words(argument.from.field)}`}</span></li>`,
  )}</ul>
  <h3>Taking it back</h3><p>${words(payload.undo, 400)}</p>`;
}

function decision({ proposal: { decision: made } }: ProposalView): Html {
  const said = {
    allow: "Policy allows this without a vote.",
    require: "Policy asks for people.",
    deny: "Policy does not allow this.",
  }[made.effect];
  return html`<p><b>${said}</b>${made.effect === "require" && made.waits.length > 0 && html` It also waits for ${made.waits.map((w) => words(w)).join(", ")}.`}</p>
  <ul class="reasons">${made.policies.map(({ id, reason }) => html`<li><code>${words(id)}</code> ${words(reason, 400)}</li>`)}</ul>`;
}

function approvals({ need, have, votes, mayApprove, proposal }: ProposalView): Html {
  const kinds = Object.entries(need) as [ApprovalKind, number][];
  return html`${kinds.length === 0 ? html`<p>No vote is needed.</p>` : html`<ul class="plain">${kinds.map(([kind, count]) => html`<li><b>${have[kind] ?? 0} of ${count}</b> ${kind}</li>`)}</ul>`}
  ${
    votes.length > 0 &&
    html`<ul class="votes">${votes.map(
      (vote) =>
        html`<li><span class="badge ${vote.verdict === "approve" ? "good" : "bad"}">${vote.verdict === "approve" ? "approved" : "rejected"}</span> <b>${words(vote.name)}</b> (${vote.kind}) ${time(vote.at)}${vote.reason && html`<p>${words(vote.reason, 500)}</p>`}</li>`,
    )}</ul>`
  }
  ${proposal.state === "waiting" && html`<p class="faint">${mayApprove.length > 0 ? html`May approve: ${mayApprove.map(({ name, kind }) => `${words(name)} (${kind})`).join(", ")}.` : "Nobody can approve this now."} Decide in Slack.</p>`}`;
}

const fingerprints = ({ proposal, auditAnchor }: ProposalView): Html => html`<dl class="prints">
  <div><dt>Payload sha256</dt><dd><code>${proposal.payloadHash}</code></dd></div>
  <div><dt>Policy set sha256</dt><dd><code>${proposal.decision.policySetHash}</code></dd></div>
  <div><dt>Newest audit line</dt><dd>${auditAnchor ? html`<code>${words(auditAnchor)}</code>` : "none"}</dd></div>
</dl>`;

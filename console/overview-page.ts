import type { DeliveryException } from "#/domain/assessment.ts";
import { formatMoney } from "#/domain/money.ts";
import type { Proposal } from "#/domain/proposal.ts";
import { formatRef } from "#/domain/record.ts";
import type { Portfolio } from "#/workflows/operations-services.ts";
import type { LateInvoice } from "#/workflows/services.ts";
import { barKey, causeBar } from "./cause-bar.ts";
import { type Content, type Html, html } from "./html.ts";
import {
  days,
  invoicePath,
  money,
  outward,
  section,
  stateBadge,
  statusBadge,
  time,
  words,
} from "./parts.ts";

import { freshness, projectPath, ragBadge, sentences, watermelonMark } from "./picture-parts.ts";

export type Link = { readonly title: string; readonly href: string; readonly note: string };

export type Overview = {
  readonly invoices: readonly LateInvoice[];
  readonly exceptions: readonly DeliveryException[];
  readonly proposals: readonly Proposal[];
  /** The first rows of the portfolio; null without a picture of the whole firm. */
  readonly portfolio: Portfolio | "failed" | null;
  readonly links: readonly Link[];
};

/** What Countersign sees now: who waits for what, and what is held up. */
export function overviewPage(overview: Overview): Content {
  const { invoices, exceptions, proposals, portfolio, links } = overview;
  const late = invoices.filter(({ status }) => status === "late");
  const unknown = invoices.filter(({ status }) => status === "unknown");
  const open = exceptions.filter(({ state }) => state === "open");
  const waiting = proposals.filter(({ state }) => state === "waiting");
  const troubled = proposals.filter(({ state }) => state === "failed" || state === "unknown");
  const others = proposals.filter(({ state }) => state !== "waiting");
  const longest = Math.max(0, ...late.map(({ lateByMinutes }) => lateByMinutes));
  const listed = new Set(invoices.map(({ ref }) => formatRef(ref)));
  const elsewhere = open.filter(({ subject }) => !listed.has(formatRef(subject)));

  return html`<h1>What needs attention</h1>
  <p class="lead">${summary(late.length, waiting.length, troubled.length)}</p>
  <dl class="tiles">
    ${tile({ term: "Late invoices", number: late.length, note: `${open.length} open ${open.length === 1 ? "case" : "cases"}`, tone: late.length ? "bad" : "" })}
    ${tile({ term: "Held up, net", number: heldUp(late), note: "not invoiced yet", tone: "" })}
    ${tile({ term: "Waiting for a decision", number: waiting.length, note: nextExpiry(waiting), tone: waiting.length ? "wait" : "" })}
    ${tile({ term: "Not known", number: unknown.length, note: "a source was missing", tone: unknown.length ? "wait" : "" })}
  </dl>
  ${portfolio !== null && portfolioSection(portfolio)}
  ${section(
    "Late invoices",
    late.length
      ? late.map((invoice) => invoiceCard(invoice, { open, longest }))
      : html`<p class="none">No invoice is late.</p>`,
    "Latest first. Days are working days, each counted once.",
  )}
  ${unknown.length > 0 && section("Not known", html`<ul class="plain">${unknown.map((i) => html`<li>${invoiceLink(i)} ${statusBadge("unknown")} <span class="faint">${money(i.net)}</span></li>`)}</ul>`, "A source needed for the answer was missing. That is not the same as fine.")}
  ${elsewhere.length > 0 && section("Other open cases", html`<ul class="plain">${elsewhere.map((x) => html`<li><a href="${invoicePath(formatRef(x.subject))}">${words(x.title)}</a> <span class="faint">${x.id}, since ${time(x.openedAt)}</span></li>`)}</ul>`)}
  ${section("Waiting for a decision", proposalTable(waiting, true), "People decide in Slack; nothing runs before they have.")}
  ${section("Decided and done", proposalTable(others.slice(0, 12), false))}
  ${section("Where to look next", html`<ul class="links">${links.map(({ title, href, note }) => html`<li><h3>${/^https?:/.test(href) ? outward(href, title) : html`<a href="${href}">${title}</a>`}</h3><p>${note}</p><p><code>${href}</code></p></li>`)}</ul>`)}`;
}

const rags = ["red", "amber", "unknown", "green"] as const;

function portfolioSection(portfolio: Portfolio | "failed"): Html {
  if (portfolio === "failed")
    return section(
      "Portfolio",
      html`<p class="chain wait" role="status"><b>The portfolio could not be read.</b> How the projects stand is unknown, not fine. The log says why.</p>`,
    );
  const { counts, rows, sources } = portfolio;
  return section(
    "Portfolio",
    html`${freshness(sources)}<ul class="plain glance">${rows.items.map(
      (row) =>
        html`<li>${ragBadge(row.rag)} ${watermelonMark(row)} <a href="${projectPath(row.project)}">${words(row.name)}</a> <span class="faint">${words(row.clientName)}, ${words(row.valueAtRisk.text)} at risk</span>${sentences(row.reasons.slice(0, 1))}</li>`,
    )}</ul>`,
    html`${rags.map((rag) => `${counts[rag]} ${rag}`).join(", ")}. <a href="/portfolio">The whole portfolio</a>, <a href="/cases">open cases</a>, <a href="/accounts">renewals</a>.`,
  );
}

function summary(late: number, waiting: number, troubled: number): string {
  const count = (n: number, one: string, many: string) =>
    `${n === 0 ? "no" : n} ${n === 1 ? one : many}`;
  const text = `${count(late, "invoice is", "invoices are")} late, ${count(waiting, "proposal waits", "proposals wait")} for a decision${troubled ? `, and ${count(troubled, "run needs", "runs need")} a look` : ""}.`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Per currency: amounts in different currencies are never added. */
function heldUp(late: readonly LateInvoice[]): Content {
  const sums = new Map<string, number>();
  for (const { net } of late) sums.set(net.currency, (sums.get(net.currency) ?? 0) + net.minor);
  if (sums.size === 0) return "nothing";
  return [...sums].map(
    ([currency, minor]) => html`<span class="sum">${formatMoney({ minor, currency })}</span>`,
  );
}

function nextExpiry(waiting: readonly Proposal[]): Content {
  const next = waiting.map(({ expiresAt }) => expiresAt).sort()[0];
  return next ? html`next expires ${time(next)}` : "nothing expires";
}

type Tile = { term: string; number: Content; note: Content; tone: "bad" | "wait" | "" };

const tile = ({ term, number, note, tone }: Tile): Html =>
  html`<div class="tile ${tone}"><dt>${term}</dt><dd><strong>${number}</strong><span>${note}</span></dd></div>`;

const nameOf = ({ number, ref }: LateInvoice): string => words(number ?? formatRef(ref));
const invoiceLink = (invoice: LateInvoice): Html =>
  html`<a href="${invoicePath(formatRef(invoice.ref))}">${nameOf(invoice)}</a>`;

function invoiceCard(
  invoice: LateInvoice,
  { open, longest }: { open: readonly DeliveryException[]; longest: number },
): Html {
  const { lateByMinutes, minutesPerDay, causes } = invoice;
  const ref = formatRef(invoice.ref);
  const found = open.find(({ subject }) => formatRef(subject) === ref);
  const explained = causes.reduce((sum, { totalMinutes }) => sum + totalMinutes, 0);
  const slices = [
    ...causes.map(({ code, title, totalMinutes }) => ({ code, title, minutes: totalMinutes })),
    { code: "rest", title: "Unexplained", minutes: Math.max(0, lateByMinutes - explained) },
  ];
  return html`<article class="case">
    <header>
      <h3>${invoiceLink(invoice)} <span>${words(invoice.clientName)}</span></h3>
      <p class="amount">${money(invoice.net)}</p>
    </header>
    <p class="faint">${words(invoice.projectName)}${found !== undefined && html` · case ${found.id} open since ${time(found.openedAt)}`}</p>
    <p class="delay"><b>${days(lateByMinutes, minutesPerDay)}</b> late</p>
    ${causeBar(slices, minutesPerDay, longest)}${barKey(slices, minutesPerDay)}
  </article>`;
}

function proposalTable(proposals: readonly Proposal[], waiting: boolean): Html {
  if (proposals.length === 0) return html`<p class="none">None.</p>`;
  const rows = proposals.map(
    ({ id, version, payload, state, decision, expiresAt, createdAt, requestedBy }) => html`<tr>
      <td class="head"><a href="/proposals/${id}">${words(payload.title)}</a><br><code class="faint">${id} v${version}</code></td>
      <td data-label="Amount" class="number">${payload.amount ? money(payload.amount) : html`<span class="none">none</span>`}</td>
      <td data-label="State">${stateBadge(state)}</td>
      <td data-label="Asked by">${words(requestedBy.name)}</td>
      <td data-label="Needs" class="needs">${decision.effect === "require" ? Object.entries(decision.need).map(([kind, n]) => `${n} × ${kind} `) : decision.effect}</td>
      <td data-label="${waiting ? "Expires" : "Filed"}">${time(waiting ? expiresAt : createdAt)}</td>
    </tr>`,
  );
  return html`<div class="scroll"><table class="stack">
    <thead><tr><th scope="col">Proposal</th><th scope="col" class="number">Amount</th><th scope="col">State</th><th scope="col">Asked by</th><th scope="col">Needs</th><th scope="col">${waiting ? "Expires" : "Filed"}</th></tr></thead>
    <tbody>${rows}</tbody></table></div>`;
}

import type { Cause, InvoiceDelay } from "#/domain/assessment.ts";
import { formatRef } from "#/domain/record.ts";
import { causeBar, toneOf } from "./cause-bar.ts";
import { type Content, type Html, html } from "./html.ts";
import { days, evidenceTable, money, outward, section, statusBadge, time, words } from "./parts.ts";

/** Why one invoice is late: the days add up, and each has its evidence. */
export function invoicePage(delay: InvoiceDelay): Content {
  const { invoice, causes, window, minutesPerDay, unexplainedMinutes } = delay;
  const slices = [
    ...causes.map(({ code, title, totalMinutes }) => ({ code, title, minutes: totalMinutes })),
    { code: "rest", title: "Unexplained", minutes: unexplainedMinutes },
  ];
  const sum = slices.reduce((total, { minutes }) => total + minutes, 0);
  const adds = window === null || sum === window.businessMinutes;
  const link = delay.evidence.find(
    (fact) => formatRef(fact.record) === formatRef(invoice.ref),
  )?.url;

  return html`<p class="crumb"><a href="/">Overview</a> / Invoice</p>
  <div class="title"><h1>${words(invoice.number ?? invoice.reference ?? formatRef(invoice.ref))} <small>${words(invoice.clientName)}</small></h1>${statusBadge(delay.status)}</div>
  <dl class="facts">
    <div><dt>Net</dt><dd>${money(invoice.net)}</dd></div>
    <div><dt>Project</dt><dd>${words(invoice.projectName)}</dd></div>
    <div><dt>State in the ERP</dt><dd>${words(invoice.state)}</dd></div>
    <div><dt>Record</dt><dd>${outward(link ?? null, html`<code>${formatRef(invoice.ref)}</code>`)}</dd></div>
    <div><dt>Read</dt><dd>${time(delay.asOf)}</dd></div>
  </dl>
  ${section(
    window
      ? `${days(window.businessMinutes, minutesPerDay)} to account for`
      : "How late is not known",
    html`${window && html`<p class="faint">Working time from ${time(window.start)} to ${time(window.end)}.</p>`}
      ${causeBar(slices, minutesPerDay)}
      ${!adds && html`<p class="alert" role="alert">These days do not add up to the whole delay. Do not rely on them; report this invoice.</p>`}
      ${causes.length > 0 && causeTable(delay, sum)}`,
    "Each working day is counted once: for the cause that comes first in the chain.",
  )}
  ${delay.gaps.length > 0 && section("Not known", html`<ul>${delay.gaps.map((gap) => html`<li>${words(gap, 400)}</li>`)}</ul>`)}
  ${
    causes.length > 0 &&
    section(
      "What held it back",
      causes.map((cause) => blockers(cause)),
    )
  }
  ${section("Evidence", evidenceTable(delay.evidence), html`${delay.evidence.length} facts. Rules ${words(delay.rulesVersion)}.`)}`;
}

function causeTable(
  { causes, unexplainedMinutes, minutesPerDay }: InvoiceDelay,
  sum: number,
): Html {
  const cell = (label: string, minutes: number) =>
    html`<td class="number" data-label="${label}">${days(minutes, minutesPerDay)}</td>`;
  return html`<div class="scroll"><table class="stack">
    <thead><tr><th scope="col">Cause</th><th scope="col" class="number">Days</th><th scope="col" class="number">Alone</th><th scope="col" class="number">Shared</th><th scope="col" class="number">Saved without it</th><th scope="col">Confidence</th><th scope="col">Now</th></tr></thead>
    <tbody>${causes.map(
      (cause) => html`<tr>
        <th scope="row"><span class="dot ${toneOf(cause.code)}" aria-hidden="true"></span>${words(cause.title)} <code class="faint">${cause.code}</code></th>
        ${cell("Days", cause.totalMinutes)}${cell("Alone", cause.soleMinutes)}${cell("Shared", cause.sharedMinutes)}${cell("Saved without it", cause.savedMinutes)}
        <td data-label="Confidence">${cause.confidence}</td>
        <td data-label="Now">${cause.open ? html`<span class="badge bad">open</span>` : html`<span class="badge quiet">over</span>`}</td>
      </tr>`,
    )}
      <tr><th scope="row"><span class="dot rest" aria-hidden="true"></span>Unexplained</th>${cell("Days", unexplainedMinutes)}<td colspan="5" class="filler"></td></tr>
    </tbody>
    <tfoot><tr><th scope="row">Together</th>${cell("Days", sum)}<td colspan="5" class="filler"></td></tr></tfoot>
  </table></div>`;
}

const blockers = ({ code, title, blockers: found }: Cause): Html =>
  html`<h3>${words(title)} <code class="faint">${code}</code></h3>
  <ol class="blockers">${found.map(
    (blocker) => html`<li class="${toneOf(code)}">
      <p>${words(blocker.detail, 300)}</p>
      <p class="faint">${time(blocker.start)} to ${blocker.end ? time(blocker.end) : html`<b>now</b>`} · <code>${words(formatRef(blocker.record))}</code> · facts ${blocker.evidence.map((id) => html`<a href="#${id}"><code>${id}</code></a> `)}</p>
    </li>`,
  )}</ol>`;

import { formatDays } from "#/domain/business-time.ts";
import type { Evidence, EvidenceValue } from "#/domain/evidence.ts";
import { formatMoney, type Money } from "#/domain/money.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { ProposalState } from "#/domain/proposal.ts";
import { formatRef } from "#/domain/record.ts";
import { type Content, type Html, html } from "./html.ts";

/** Words of others, on one line and with nothing hidden in them. */
export const words = (text: string | null, max = 200): string =>
  text === null ? "not known" : plainText(text, max) || "(empty)";

const format = {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
} as const;

const timeElement = /<time datetime="([^"]+)"( class="fine")?>[^<]*<\/time>/g;

/**
 * `23 Nov 2026, 11:00 CET`, with the exact instant for machines. Pages write it in UTC; `inZone` puts a
 * whole page into the firm's zone.
 */
export const time = (instant: string): Html =>
  html`<time datetime="${instant}">${clockOf("UTC").format(new Date(instant))}</time>`;

/** The same to the second, where the order of things matters. */
export const fineTime = (instant: string): Html =>
  html`<time datetime="${instant}" class="fine">${clockOf("UTC", true).format(new Date(instant))}</time>`;

/** The page with every instant in this IANA zone. Text of others cannot be mistaken: it is escaped. */
export const inZone = (page: string, zone: string): string =>
  page.replace(timeElement, (_, instant: string, fine: string | undefined) => {
    const shown = clockOf(zone, fine !== undefined).format(new Date(instant));
    return `<time datetime="${instant}"${fine ?? ""}>${shown}</time>`;
  });

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string, fine = false): Intl.DateTimeFormat {
  const key = `${zone} ${fine}`;
  const known = clocks.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    ...format,
    timeZone: zone,
    ...(fine ? { second: "2-digit" } : {}),
  });
  clocks.set(key, made);
  return made;
}

export const money = (amount: Money): Html =>
  html`<span class="money">${formatMoney(amount)}</span>`;

export function days(minutes: number, minutesPerDay: number): string {
  const count = formatDays(minutes, minutesPerDay);
  return `${count} ${count === "1" ? "day" : "days"}`;
}

/** A link only where it leads to the web; anything else stays text. */
export const outward = (url: string | null, label: Content): Content =>
  url !== null && /^https?:\/\//i.test(url)
    ? html`<a href="${url}" rel="noreferrer noopener" target="_blank">${label}<span class="out" aria-hidden="true">↗</span></a>`
    : label;

const tones: Readonly<Record<ProposalState, string>> = {
  waiting: "wait",
  approved: "info",
  executing: "info",
  done: "good",
  rejected: "quiet",
  expired: "quiet",
  superseded: "quiet",
  withdrawn: "quiet",
  failed: "bad",
  unknown: "bad",
};
export const stateBadge = (state: ProposalState): Html =>
  html`<span class="badge ${tones[state]}">${state === "unknown" ? "outcome unknown" : state}</span>`;

export const statusBadge = (status: "late" | "on-time" | "unknown"): Html =>
  html`<span class="badge ${{ late: "bad", "on-time": "good", unknown: "wait" }[status]}">${
    { late: "late", "on-time": "on time", unknown: "not known" }[status]
  }</span>`;

export const value = (shown: EvidenceValue): Content =>
  shown === null ? html`<span class="none">nothing</span>` : words(String(shown), 300);

const hidden = /(?!\n)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;

/** A value that will be written, whole and as it is; what nobody could see is spelled out. */
export function exact(shown: EvidenceValue): Content {
  if (shown === null) return html`<span class="none">nothing</span>`;
  const text = String(shown)
    .toWellFormed()
    .replace(
      hidden,
      (mark) => `⟦U+${(mark.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟧`,
    );
  return html`<span class="exact">${text}</span>`;
}

const labels = {
  SOR: "read from the system of record",
  DERIVED: "computed by our rules",
  CHOICE: "chosen from a closed list",
  TEXT: "free text, not verified",
} as const;
export const provenance = (label: keyof typeof labels): Html =>
  html`<abbr class="chip ${label.toLowerCase()}" title="${labels[label]}">${label}</abbr>`;

export const invoicePath = (ref: string): string => `/invoices/${encodeURIComponent(ref)}`;

/** Every fact with where it was read, when, and a way to look for oneself. */
export function evidenceTable(evidence: readonly Evidence[]): Html {
  if (evidence.length === 0) return html`<p class="none">No evidence is stored for this.</p>`;
  const rows = evidence.map(
    (fact) => html`<tr id="${fact.id}">
      <td data-label="Record">${outward(fact.url, html`<code>${words(formatRef(fact.record))}</code>`)}</td>
      <td data-label="Field"><code>${words(fact.field)}</code></td>
      <td data-label="Value" class="fact">${value(fact.value)}</td>
      <td data-label="Origin">${provenance(fact.label)}</td>
      <td data-label="Read">${time(fact.retrievedAt)}</td>
      <td data-label="Id"><code class="faint">${fact.id}</code></td>
    </tr>`,
  );
  return html`<div class="scroll" role="region" aria-label="Evidence" tabindex="0"><table class="stack">
    <thead><tr>
      <th scope="col">Record</th><th scope="col">Field</th><th scope="col">Value</th>
      <th scope="col">Origin</th><th scope="col">Read</th><th scope="col">Id</th>
    </tr></thead>
    <tbody>${rows}</tbody>
  </table></div>`;
}

export const section = (title: string, content: Content, note: Content = null): Html =>
  html`<section class="panel"><header><h2>${title}</h2>${note && html`<p>${note}</p>`}</header>${content}</section>`;

import type { Evidence } from "#/domain/evidence.ts";
import { formatRef, type RecordRef } from "#/domain/record.ts";
import type {
  CauseLine,
  Figure,
  Paged,
  Picture,
  Rag,
  SourceState,
  Statement,
} from "#/workflows/operations-services.ts";
import { type Piece, pieceBar, pieceKey } from "./cause-bar.ts";
import { type Content, type Html, html } from "./html.ts";
import { evidenceTable, invoicePath, section, time, words } from "./parts.ts";

/* What the pages about the whole firm share. A colour never comes without its word. */

const tones: Readonly<Record<Rag | "not-applicable", string>> = {
  green: "good",
  amber: "wait",
  red: "bad",
  unknown: "unsure",
  "not-applicable": "quiet",
};
export const ragBadge = (rag: Rag | "not-applicable"): Html =>
  html`<span class="badge ${tones[rag]}">${rag === "not-applicable" ? "does not apply" : rag}</span>`;

export const watermelonMark = (row: { watermelon: boolean; reported: Rag | null }): Html | false =>
  row.watermelon &&
  html`<span class="badge bad" title="Worse than reported">reported ${row.reported ?? "nothing"}</span>`;

/** What is not up to date, before anything that rests on it. */
export function freshness(sources: readonly SourceState[]): Content {
  const stale = sources.filter((source) => source.stale);
  if (stale.length === 0) return null;
  return html`<div class="chain wait" role="status">${stale.map(
    ({ system, lastRead, problem }) =>
      html`<p><b>${system.toUpperCase()} is not up to date</b>, last read ${lastRead ? time(lastRead) : "never"}. ${problem && words(problem, 300)} What needs it is unknown, not fine.</p>`,
  )}</div>`;
}

export const projectPath = (ref: RecordRef): string =>
  `/projects/${encodeURIComponent(formatRef(ref))}`;
export const timelinePath = (ref: RecordRef): string =>
  `/timeline?of=${encodeURIComponent(formatRef(ref))}`;

/** A record we have a page for as a link, any other as what it is. */
export function recordLink(ref: RecordRef, label: Content): Content {
  if (ref.type === "project") return html`<a href="${projectPath(ref)}">${label}</a>`;
  if (ref.type === "invoice") return html`<a href="${invoicePath(formatRef(ref))}">${label}</a>`;
  return html`<a href="${timelinePath(ref)}">${label}</a>`;
}

/** Links to the facts at the foot of the page, the first few. */
export function cites(ids: readonly string[]): Content {
  if (ids.length === 0) return null;
  const more = ids.length > 3 ? ` and ${ids.length - 3} more` : "";
  return html`<span class="cites">${ids.slice(0, 3).map((id) => html`<a href="#${id}"><code>${id.slice(3, 9)}</code></a> `)}${more}</span>`;
}

/** Without links, where the facts are on another page. */
export const sentences = (said: readonly Statement[]): Content =>
  said.length > 0 &&
  html`<ul class="plain reasons">${said.map(({ text }) => html`<li>${words(text, 600)}</li>`)}</ul>`;

export const statements = (said: readonly Statement[]): Content =>
  said.length > 0 &&
  html`<ul class="plain reasons">${said.map(
    ({ text, evidence }) => html`<li>${words(text, 600)} ${cites(evidence)}</li>`,
  )}</ul>`;

/** `24 %`, with its range, or unknown and why. */
export function figureValue({ text, value, reason, range, coverage }: Figure): Html {
  const partly =
    coverage !== null && coverage.present < coverage.required
      ? html`<span class="faint"> from ${coverage.present} of ${coverage.required} records</span>`
      : null;
  if (value === null)
    return html`<span class="none">unknown</span>${reason && html`<span class="faint">: ${words(reason, 300)}</span>`}`;
  return html`<b class="figure">${words(text)}</b>${range && html`<span class="faint"> (80 %: ${words(range[0])} to ${words(range[1])})</span>`}${partly}`;
}

export function figureTable(figures: readonly Figure[], label = "Figure"): Content {
  if (figures.length === 0) return html`<p class="none">Nothing to show.</p>`;
  return html`<div class="scroll"><table class="stack">
    <thead><tr><th scope="col">${label}</th><th scope="col">Value</th><th scope="col">As of</th><th scope="col">Facts</th></tr></thead>
    <tbody>${figures.map(
      (figure) => html`<tr>
        <th scope="row">${words(figure.label)}</th>
        <td data-label="Value">${figureValue(figure)}</td>
        <td data-label="As of">${time(figure.asOf)}</td>
        <td data-label="Facts">${cites(figure.evidence)}</td>
      </tr>`,
    )}</tbody></table></div>`;
}

const sizeOf = ({ days }: CauseLine): number =>
  typeof days?.value === "number" ? Math.abs(days.value) : 0;

/** A bridge: a bar with a piece for each cause, its key, and what each says. */
export function bridge(lines: readonly CauseLine[]): Content {
  if (lines.length === 0) return html`<p class="none">Nothing to explain.</p>`;
  const pieces = lines.map(
    (line, index): Piece => ({
      tone: line.code.toLowerCase() === "unexplained" ? "rest" : `c${index % 6}`,
      title: line.title,
      size: sizeOf(line),
      text: line.days?.text ?? "unknown",
    }),
  );
  return html`${pieceBar(pieces)}${pieceKey(pieces)}
  <ul class="plain causes">${lines
    .filter(({ detail }) => detail !== "")
    .map(
      (line) =>
        html`<li><b>${words(line.title)}</b> <code class="faint">${line.code}</code>: ${words(line.detail, 400)}${line.open && html` <span class="badge bad">open</span>`} ${cites(line.evidence)}</li>`,
    )}</ul>`;
}

const mostFacts = 200;

/** Every fact the page cites, where its links lead. */
export function facts(evidence: readonly Evidence[]): Html {
  const shown = evidence.slice(0, mostFacts);
  const more = evidence.length > shown.length ? `, the first ${shown.length} shown` : "";
  return section("Evidence", evidenceTable(shown), `${evidence.length} facts${more}.`);
}

/** Where a list goes on; `path` has its own query, if any. */
export function nextPage({ next, total, items }: Paged<unknown>, path: string): Content {
  const mark = path.includes("?") ? "&" : "?";
  return html`<p class="faint">${items.length} of ${total} shown.${next !== null && html` <a href="${path}${mark}cursor=${encodeURIComponent(next)}">The next ones</a>`}</p>`;
}

export const crumb = (...steps: readonly (readonly [string, string])[]): Html =>
  html`<p class="crumb">${steps.map(([path, label]) => html`<a href="${path}">${label}</a> / `)}</p>`;

/** The head of a page: what it is, when it was known, what is stale. */
export const pictureHead = (picture: Picture, title: Content, lead: Content = null): Html =>
  html`${title}
  <p class="lead">${lead}${lead && " "}Known as of ${time(picture.asOf)}.</p>
  ${freshness(picture.sources)}`;

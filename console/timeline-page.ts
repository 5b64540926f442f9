import { formatRef } from "#/domain/record.ts";
import type { Timeline } from "#/workflows/operations-services.ts";
import { type Content, html } from "./html.ts";
import { fineTime, section, words } from "./parts.ts";
import {
  crumb,
  facts,
  nextPage,
  pictureHead,
  recordLink,
  statements,
  timelinePath,
} from "./picture-parts.ts";

/** Every handoff of one case across the systems, oldest first. */
export function timelinePage(timeline: Timeline): Content {
  const { subject, title, entries } = timeline;
  return html`${crumb(["/cases", "Cases"])}
  ${pictureHead(timeline, html`<h1>Timeline <small>${words(title)}</small></h1>`)}
  <dl class="facts"><div><dt>Record</dt><dd>${subject.type === "project" || subject.type === "invoice" ? recordLink(subject, html`<code>${words(formatRef(subject))}</code>`) : html`<code>${words(formatRef(subject))}</code>`}</dd></div></dl>
  ${timeline.statements.length > 0 && section("In short", statements(timeline.statements))}
  ${section(
    "Handoffs",
    entries.items.length === 0
      ? html`<p class="none">No event is known.</p>`
      : html`<div class="scroll"><table class="stack">
        <thead><tr><th scope="col">When</th><th scope="col">System</th><th scope="col">What</th><th scope="col">Record</th><th scope="col">Known since</th></tr></thead>
        <tbody>${entries.items.map(
          (entry) => html`<tr>
            <td data-label="When">${fineTime(entry.at)}</td>
            <td data-label="System"><span class="chip">${entry.system.toUpperCase()}</span></td>
            <td data-label="What">${words(entry.what, 300)}</td>
            <td data-label="Record">${recordLink(entry.record, html`<code>${words(formatRef(entry.record))}</code>`)}</td>
            <td data-label="Known since">${fineTime(entry.recordedAt)}</td>
          </tr>`,
        )}</tbody></table></div>${nextPage(entries, timelinePath(subject))}`,
    "Oldest first, as each system recorded it.",
  )}
  ${facts(timeline.evidence)}`;
}

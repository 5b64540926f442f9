import type { CaseLine, Paged, Picture } from "#/workflows/operations-services.ts";
import { type Content, type Html, html } from "./html.ts";
import { money, section, time, words } from "./parts.ts";
import { cites, facts, nextPage, pictureHead, recordLink, timelinePath } from "./picture-parts.ts";

const urgency: Readonly<Record<CaseLine["severity"], readonly [string, string]>> = {
  4: ["act today", "bad"],
  3: ["act this week", "wait"],
  2: ["watch", "info"],
  1: ["note", "quiet"],
};

/** What is open, found without anybody asking. */
export function casesPage({
  cases,
  ...picture
}: Picture & { readonly cases: Paged<CaseLine> }): Content {
  const open = `${cases.total} ${cases.total === 1 ? "case is" : "cases are"} open.`;
  return html`${pictureHead(picture, html`<h1>Cases</h1>`, open)}
  ${section("Open cases", html`${caseList(cases.items)}${nextPage(cases, "/cases")}`, "Found by the detectors; each closes when its causes are gone.")}
  ${facts(picture.evidence)}`;
}

export function caseList(cases: readonly CaseLine[]): Html {
  if (cases.length === 0) return html`<p class="none">Nothing is open.</p>`;
  return html`${cases.map((found) => {
    const [label, tone] = urgency[found.severity];
    return html`<article class="case">
      <header>
        <h3>${recordLink(found.subject, words(found.title, 300))}</h3>
        <p class="amount">${found.valueAtRisk ? html`${money(found.valueAtRisk)} at risk` : ""}</p>
      </header>
      <p class="faint"><span class="badge ${tone}">${label}</span> ${found.id} · ${found.kind} · ${words(found.projectName ?? "no project")} · open since ${time(found.openedAt)}${found.deadline !== null && html` · by <b>${found.deadline}</b>`} · <a href="${timelinePath(found.subject)}">timeline</a></p>
      <ul class="plain causes">${found.causes.map(
        (cause) =>
          html`<li><b>${words(cause.title)}</b> <code class="faint">${cause.code}</code>${cause.days && html`, ${words(cause.days.text)}`}: ${words(cause.detail, 300)} ${cites(cause.evidence)}</li>`,
      )}</ul>
      ${found.remedies.length > 0 && html`<p class="faint">What would help: ${found.remedies.join(", ")}</p>`}
    </article>`;
  })}`;
}

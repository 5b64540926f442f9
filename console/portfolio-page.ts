import type { Portfolio, PortfolioRow, Rag } from "#/workflows/operations-services.ts";
import { type Content, type Html, html } from "./html.ts";
import { section, words } from "./parts.ts";
import {
  facts,
  figureValue,
  nextPage,
  pictureHead,
  projectPath,
  ragBadge,
  statements,
  watermelonMark,
} from "./picture-parts.ts";

const order: readonly Rag[] = ["red", "amber", "unknown", "green"];

/** Every project, the one to look at first on top. `rag`: only these. */
export function portfolioPage(portfolio: Portfolio, rag: Rag | null): Content {
  const { counts, rows } = portfolio;
  const all = order.reduce((sum, each) => sum + counts[each], 0);
  return html`${pictureHead(portfolio, html`<h1>Portfolio</h1>`, `${all} projects; where to step in first is on top.`)}
  <dl class="tiles">${order.map((each) => tile(each, counts[each], each === rag))}</dl>
  ${portfolio.statements.length > 0 && section("In short", statements(portfolio.statements))}
  ${section(
    rag ? `Projects that are ${rag}` : "Projects",
    html`${rows.items.length === 0 ? html`<p class="none">No project.</p>` : table(rows.items)}${nextPage(rows, rag ? `/portfolio?rag=${rag}` : "/portfolio")}`,
    rag
      ? html`<a href="/portfolio">Show all</a>`
      : "By value at risk and time left. Unknown is not fine: a source for the answer is missing.",
  )}
  ${facts(portfolio.evidence)}`;
}

const tile = (rag: Rag, count: number, here: boolean): Html =>
  html`<div class="tile ${count > 0 ? { red: "bad", amber: "wait", unknown: "wait", green: "" }[rag] : ""}"><dt>${ragBadge(rag)}</dt><dd><strong>${count}</strong><span>${here ? "shown below" : html`<a href="/portfolio?rag=${rag}">show only these</a>`}</span></dd></div>`;

const table = (rows: readonly PortfolioRow[]): Html =>
  html`<div class="scroll"><table class="stack">
    <thead><tr><th scope="col">Project</th><th scope="col">Health</th><th scope="col" class="number">At risk</th><th scope="col">Deadline</th><th scope="col">Why</th><th scope="col" class="number">Open cases</th></tr></thead>
    <tbody>${rows.map(
      (row) => html`<tr>
        <th scope="row" class="head"><a href="${projectPath(row.project)}">${words(row.name)}</a><br><span class="faint">${words(row.clientName)}, lead ${words(row.leadName)}</span></th>
        <td data-label="Health">${ragBadge(row.rag)} ${watermelonMark(row)}${row.coverage < 100 && html`<br><span class="faint">${Math.round(row.coverage)} % of rules known</span>`}</td>
        <td data-label="At risk" class="number">${figureValue(row.valueAtRisk)}</td>
        <td data-label="Deadline">${row.deadline === null ? html`<span class="none">none</span>` : html`${row.deadline}${row.businessDaysLeft !== null && html`<br><span class="faint">${row.businessDaysLeft} working days</span>`}`}</td>
        <td data-label="Why" class="why">${statements(row.reasons) || html`<span class="none">nothing to report</span>`}</td>
        <td data-label="Open cases" class="number">${row.openCases}</td>
      </tr>`,
    )}</tbody></table></div>`;

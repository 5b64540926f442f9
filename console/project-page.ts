import type { ProjectPicture, RuleLine } from "#/workflows/operations-services.ts";
import { caseList } from "./cases-page.ts";
import { type Content, type Html, html } from "./html.ts";
import { section, words } from "./parts.ts";
import {
  bridge,
  cites,
  crumb,
  facts,
  figureTable,
  figureValue,
  pictureHead,
  ragBadge,
  statements,
  timelinePath,
  watermelonMark,
} from "./picture-parts.ts";

/** One project: how it stands by each rule, why, what is likely, what is open. */
export function projectPage(project: ProjectPicture): Content {
  const { name, clientName, leadName, rag, computed, reported, coverage } = project;
  return html`${crumb(["/portfolio", "Portfolio"])}
  ${pictureHead(project, html`<div class="title"><h1>${words(name)} <small>${words(clientName)}</small></h1><span>${ragBadge(rag)} ${watermelonMark(project)}</span></div>`)}
  <dl class="facts">
    <div><dt>Lead</dt><dd>${words(leadName)}</dd></div>
    <div><dt>By our rules</dt><dd>${computed}</dd></div>
    <div><dt>Reported</dt><dd>${reported ?? "not known"}</dd></div>
    <div><dt>Rules known</dt><dd>${Math.round(coverage)} %</dd></div>
    ${project.dimensions.map(({ dimension, status }) => html`<div><dt>${words(dimension)}</dt><dd>${ragBadge(status)}</dd></div>`)}
    <div><dt>Across systems</dt><dd><a href="${timelinePath(project.project)}">Timeline</a></dd></div>
  </dl>
  ${project.statements.length > 0 && section("In short", statements(project.statements))}
  ${section("Rules", ruleTable(project.rules), "Worst first. A rule whose source is missing is unknown.")}
  ${section("Figures", figureTable(project.figures))}
  ${section("What is likely next", figureTable(project.forecast, "Forecast"), "The range holds in about 80 of 100 cases.")}
  ${section("Margin against plan", bridge(project.margin), "What moved the margin; the rest has no cause in the records.")}
  ${section("Slippage", bridge(project.slippage), "Working days against plan, each counted once.")}
  ${section("Open cases", caseList(project.cases))}
  ${facts(project.evidence)}`;
}

const rank = ["red", "unknown", "amber", "green", "not-applicable"];

function ruleTable(rules: readonly RuleLine[]): Html {
  const sorted = rules.toSorted((a, b) => rank.indexOf(a.band) - rank.indexOf(b.band));
  return html`<div class="scroll"><table class="stack">
    <thead><tr><th scope="col">Rule</th><th scope="col">Band</th><th scope="col">Value</th><th scope="col">Thresholds</th><th scope="col">Trend</th><th scope="col">Facts</th></tr></thead>
    <tbody>${sorted.map(
      (rule) => html`<tr>
        <th scope="row" class="head">${words(rule.title)} <code class="faint">${rule.rule}</code>${rule.critical && html` <span class="chip">critical</span>`}<br><span class="faint">${words(rule.dimension)}; ${words(rule.sourceNote, 300)}</span></th>
        <td data-label="Band">${ragBadge(rule.band)}</td>
        <td data-label="Value">${figureValue(rule.figure)}</td>
        <td data-label="Thresholds">${words(rule.thresholdText)}</td>
        <td data-label="Trend">${rule.trend}</td>
        <td data-label="Facts">${cites(rule.figure.evidence)}</td>
      </tr>`,
    )}</tbody></table></div>`;
}

import type { KpiAnswer, OperationsServices } from "#/workflows/operations-services.ts";
import { type Content, html } from "./html.ts";
import { section, words } from "./parts.ts";
import {
  cites,
  crumb,
  facts,
  figureTable,
  figureValue,
  nextPage,
  pictureHead,
  statements,
} from "./picture-parts.ts";

type Catalogue = Awaited<ReturnType<OperationsServices["kpis"]>>;

/** Every KPI there is, and what it means. */
export const kpiListPage = (kpis: Catalogue): Content =>
  html`<h1>KPIs</h1>
  <p class="lead">Each is computed from records and drills down to them.</p>
  ${section(
    "Catalogue",
    html`<div class="scroll"><table class="stack">
      <thead><tr><th scope="col">KPI</th><th scope="col">Unit</th><th scope="col">Meaning</th><th scope="col">Exists for</th></tr></thead>
      <tbody>${kpis.map(
        ({ kpi, title, unit, meaning, scopes }) => html`<tr>
          <th scope="row"><a href="/kpis/${encodeURIComponent(kpi)}">${words(title)}</a></th>
          <td data-label="Unit">${words(unit)}</td>
          <td data-label="Meaning">${words(meaning, 400)}</td>
          <td data-label="Exists for">${scopes.join(", ")}</td>
        </tr>`,
      )}</tbody></table></div>`,
  )}`;

/** One KPI, what it says and what it is made of. `path` is this page's own, with its query. */
export function kpiPage(answer: KpiAnswer, path: string): Content {
  const { figure, parts } = answer;
  return html`${crumb(["/kpis", "KPIs"])}
  ${pictureHead(answer, html`<h1>${words(figure.label)}</h1>`)}
  <dl class="tiles"><div class="tile"><dt>${words(figure.label)}</dt><dd><strong>${figure.value === null ? "unknown" : words(figure.text)}</strong><span>${words(figure.unit)}</span></dd></div></dl>
  ${section("In short", html`${statements(answer.statements)}<p>${figureValue(figure)} ${cites(figure.evidence)}</p>`)}
  ${section(
    "Made of",
    parts === null || parts.items.length === 0
      ? html`<p class="none">No parts below this one.</p>`
      : html`${figureTable(parts.items, "Part")}${nextPage(parts, path)}`,
    "One level down.",
  )}
  ${facts(answer.evidence)}`;
}

import { CountersignError } from "#/domain/errors.ts";
import { plainText } from "#/domain/plain-text.ts";
import { drill, kpiCatalogue, measureKpi } from "#/monitor/kpi/firm-kpis.ts";
import type { FirmView } from "#/monitor/twin/firm-view.ts";
import type {
  Figure,
  KpiAnswer,
  KpiQuery,
  KpiScope,
  OperationsServices,
  Statement,
} from "../operations-services.ts";
import { createCitations, figureOf } from "./figures.ts";
import { findRecord, matching, nameOf } from "./find-record.ts";
import type { FirmNow } from "./firm-picture.ts";
import { mapPage, pageOf } from "./paging.ts";
import { pictureOf } from "./sources.ts";

/** Everything that is measured, with what it means. */
export const kpiList = (): Awaited<ReturnType<OperationsServices["kpis"]>> =>
  kpiCatalogue.map(({ kpi, title, unit, scopes, meaning }) => ({
    kpi,
    title,
    unit: unit === "minor units" ? "money" : unit,
    scopes,
    meaning,
  }));

type Scope = { readonly kind: KpiScope; readonly id: string | null; readonly name: string };

/** One KPI of the firm, a client, a project, a person or an approver; with `drill`, its parts. */
export function kpiAnswer(firm: FirmNow, query: KpiQuery): KpiAnswer {
  const { view } = firm;
  const entry = entryOf(query.kpi);
  const scope = scopeOf(view, query, entry.scopes);
  if (!entry.scopes.includes(scope.kind))
    throw new CountersignError("INVALID_ARGUMENTS", {
      problems: `${entry.title} is measured for ${entry.scopes.join(", ")}, not for one ${scope.kind}`,
    });
  const asked = { kpi: entry.kpi, scope: { kind: scope.kind, id: scope.id } };
  const citations = createCitations();
  const figure = figureOf(measureKpi(view, asked), entry.title, citations);
  const parts = query.drill
    ? mapPage(pageOf(drill(view, asked), query), ({ title, kpi }) =>
        figureOf(kpi, plainText(title, 80), citations),
      )
    : null;
  const statements: Statement[] = [
    { text: sentenceOf(figure, scope), evidence: figure.evidence },
    ...(parts?.items.slice(0, 8).map((part) => ({
      text: `${part.label}: ${part.text}.`,
      evidence: part.evidence,
    })) ?? []),
  ];
  return {
    ...pictureOf(firm, { statements, evidence: citations.all() }),
    figure,
    parts,
  };
}

function sentenceOf({ label, text, value, reason, coverage }: Figure, { name }: Scope): string {
  if (value === null) return `${label} of ${name} is not known. ${reason ?? ""}`.trim();
  const missing =
    coverage && coverage.present < coverage.required
      ? ` Of ${coverage.required} inputs ${coverage.present} could be read.`
      : "";
  return `${label} of ${name}: ${text}.${missing}`;
}

/** By id or by words of its title. */
function entryOf(asked: string): (typeof kpiCatalogue)[number] {
  const wanted = asked.trim().toLowerCase();
  const exact = kpiCatalogue.find(
    ({ kpi, title }) => kpi === wanted || title.toLowerCase() === wanted,
  );
  const near = kpiCatalogue.filter(
    ({ kpi, title }) => wanted !== "" && `${kpi} ${title}`.toLowerCase().includes(wanted),
  );
  const found = exact ?? (near.length === 1 ? near[0] : undefined);
  if (found) return found;
  if (near.length > 1)
    throw new CountersignError("AMBIGUOUS_NAME", {
      name: plainText(asked, 80),
      candidates: near.map(({ kpi }) => kpi).join(", "),
    });
  throw new CountersignError("UNKNOWN_RECORD", { kind: "KPI", name: plainText(asked, 80) });
}

const kindOf = {
  client: "client",
  project: "project",
  person: "person",
  approver: "person",
} as const;
const named = ["project", "client", "person", "approver"] as const;

/** Whose it is. A name alone is looked for among what this KPI is measured for. */
function scopeOf(view: FirmView, { scope, of }: KpiQuery, measured: readonly KpiScope[]): Scope {
  if (of === undefined) {
    if (scope === undefined || scope === "firm")
      return { kind: "firm", id: null, name: "the firm" };
    throw new CountersignError("INVALID_ARGUMENTS", { problems: `of: name the ${scope}` });
  }
  const asked =
    scope === undefined || scope === "firm"
      ? (named.find(
          (kind) => measured.includes(kind) && matching(view, kindOf[kind], of).length > 0,
        ) ?? named.find((kind) => measured.includes(kind)))
      : scope;
  if (asked === undefined)
    throw new CountersignError("INVALID_ARGUMENTS", {
      problems: "of: this is measured for the whole firm only",
    });
  const record = findRecord(view, kindOf[asked], of);
  return { kind: asked, id: record.id, name: nameOf(record) };
}

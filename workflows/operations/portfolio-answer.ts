import { observe } from "#/domain/evidence.ts";
import { plainText } from "#/domain/plain-text.ts";
import { byHealth, portfolioStatus, type Ranked } from "#/monitor/health/portfolio.ts";
import type { ProjectHealth } from "#/monitor/health/project-health.ts";
import { listed } from "#/monitor/portfolio/basis.ts";
import { rankProjects } from "#/monitor/portfolio/rank.ts";
import type { PageQuery, Portfolio, PortfolioRow, Rag, Statement } from "../operations-services.ts";
import type { Case } from "./case-store.ts";
import { type Citations, createCitations, figureOf } from "./figures.ts";
import { nameOf } from "./find-record.ts";
import type { FirmNow } from "./firm-picture.ts";
import { mapPage, pageOf } from "./paging.ts";
import { ruleLine, ruleStatement, worstRules } from "./rule-lines.ts";
import { pictureOf } from "./sources.ts";

export type PortfolioQuery = PageQuery & {
  readonly rag?: Rag;
  readonly order?: "attention" | "value" | "health";
};

/** All active projects: how many of each colour, and where to step in first. */
export function portfolioAnswer(
  firm: FirmNow,
  query: PortfolioQuery,
  cases: readonly Case[],
): Portfolio {
  const { view } = firm;
  const active = view.by("project", "status", "active");
  const healths = new Map(active.map(({ id }) => [id, firm.health(id)]));
  const all = [...healths.values()];
  const ranked = rankProjects(view, all);
  const inOrder = orderings[query.order ?? "attention"](ranked, all);
  const wanted = inOrder.filter(({ rag }) => query.rag === undefined || rag === query.rag);
  const citations = createCitations();
  const rows = mapPage(pageOf(wanted, query), (entry) =>
    rowOf(firm, { entry, healths, cases, citations }),
  );
  const { counts, total, watermelons } = portfolioStatus(all);
  const { count } = listed(view, "project", ["status", "active"]);
  const statements: Statement[] = [
    {
      text:
        total === 0
          ? "There is no active project."
          : `${total} active projects: ${counts.red} red, ${counts.amber} amber, ${counts.green} green, ${counts.unknown} unknown.`,
      evidence: citations.of([count]),
    },
    ...(watermelons.length === 0
      ? []
      : [
          {
            text: `${watermelons.length} of them ${watermelons.length === 1 ? "is" : "are"} reported better than the records say: ${watermelons
              .slice(0, 5)
              .flatMap(({ id }) => {
                const project = view.get("project", id);
                return project ? [nameOf(project)] : [];
              })
              .join(", ")}.`,
            evidence: citations.add(
              watermelons.slice(0, 5).flatMap(({ id }) => {
                const project = view.get("project", id);
                return project
                  ? [observe(project.source, "reportedHealth", project.fields.reportedHealth)]
                  : [];
              }),
            ),
          },
        ]),
    ...rows.items.slice(0, 5).map(rowStatement),
  ];
  return { ...pictureOf(firm, { statements, evidence: citations.all() }), counts, rows };
}

type Ordering = (ranked: readonly Ranked[], all: readonly ProjectHealth[]) => readonly Ranked[];
const orderings: Readonly<Record<NonNullable<PortfolioQuery["order"]>, Ordering>> = {
  /** Red before unknown before amber; inside a colour by what may still be saved. */
  attention: (ranked) =>
    ranked
      .map((entry, place) => ({ entry, place }))
      .toSorted(
        (one, other) =>
          darkness[one.entry.rag] - darkness[other.entry.rag] || one.place - other.place,
      )
      .map(({ entry }) => entry),
  value: (ranked) => ranked,
  health: (ranked, all) =>
    all.toSorted(byHealth).flatMap(({ project }) => rankOf(ranked, project.id)),
};
const darkness: Readonly<Record<Rag, number>> = { red: 0, unknown: 1, amber: 2, green: 3 };

const rankOf = (ranked: readonly Ranked[], id: string): Ranked[] => {
  const found = ranked.find(({ project }) => project.id === id);
  return found ? [found] : [];
};

type RowParts = {
  readonly entry: Ranked;
  readonly healths: ReadonlyMap<string, ProjectHealth>;
  readonly cases: readonly Case[];
  readonly citations: Citations;
};

function rowOf({ view }: FirmNow, { entry, healths, cases, citations }: RowParts): PortfolioRow {
  const { id } = entry.project;
  const project = view.get("project", id);
  const health = healths.get(id);
  const lead = project && view.get("person", project.fields.leadId);
  const off = (health?.rules ?? []).filter(({ band }) => band === "red" || band === "amber");
  const lines = worstRules(off.map((rule) => ruleLine(rule, view.asOf, citations)));
  return {
    project: entry.project,
    name: project ? nameOf(project) : id,
    clientName: project ? plainText(project.fields.clientName, 80) : null,
    leadName: lead ? plainText(lead.fields.name, 80) : null,
    rag: entry.rag,
    reported: project?.fields.reportedHealth ?? null,
    watermelon: health?.watermelon != null,
    coverage: health?.coverage ?? 0,
    valueAtRisk: figureOf(entry.valueAtRisk, "Value at risk", citations),
    deadline: entry.deadline,
    businessDaysLeft: entry.businessDaysLeft,
    reasons: lines.slice(0, 3).map(ruleStatement),
    openCases: cases.filter(({ finding }) => finding.projectId === id).length,
  };
}

/** `Northwind portal (red): EUR 12,300.00 at risk, 6 working days left. Cost performance: 0.81, red (…).` */
function rowStatement(row: PortfolioRow): Statement {
  const { name, rag, valueAtRisk, businessDaysLeft, reasons } = row;
  const left =
    businessDaysLeft === null
      ? ""
      : businessDaysLeft > 0
        ? `, ${businessDaysLeft} working ${businessDaysLeft === 1 ? "day" : "days"} left`
        : ", its date has passed";
  const [first] = reasons;
  return {
    text: `${name} (${rag}): ${valueAtRisk.text} at risk${left}.${first ? ` ${first.text}` : ""}`,
    evidence: [...valueAtRisk.evidence.slice(0, 4), ...(first?.evidence.slice(0, 4) ?? [])],
  };
}

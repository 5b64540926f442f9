import type { TwinRecord } from "../twin/firm-view.ts";
import { type Detector, isLive } from "./detector.ts";
import { type DraftCause, facts, money, percent } from "./draft-finding.ts";
import { newestSheets, type ProjectFigures, projectFigures } from "./project-figures.ts";
import type { Scene } from "./scene.ts";

type Loss = DraftCause & { readonly cents: number };
type Project = TwinRecord<"project">;

/** Below this progress the parts of a margin are too small to say anything. */
const tellingProgress = 0.1;

/**
 * What the project will lose of the margin it was sold with, in points of its value, by where it goes.
 * Each part is projected to the end at today's ratio where it grows with the work.
 */
export const marginEroding: Detector = {
  kind: "margin-eroding",
  needs: ["psa", "erp"],
  onProject: (scene, project) => {
    const { view, settings } = scene;
    const { contractValueCents, name, clientId, clientName, currency, plannedEndOn } =
      project.fields;
    if (!isLive(project) || contractValueCents <= 0) return [];
    const figures = projectFigures(view, project);
    if (figures.progress === null || figures.progress < tellingProgress) return [];
    const losses = [
      ...overrun(project, figures),
      ...offPlan(scene, project, figures),
      ...mix(scene, project, figures),
      ...writtenDown(scene, project),
      ...unbillable(project, figures),
      ...subcontractors(scene, project),
    ].filter(({ cents }) => cents * 100 >= contractValueCents);
    const lost = losses.reduce((sum, { cents }) => sum + cents, 0);
    if (lost * 100 < contractValueCents * settings.marginPoints) return [];
    const points = Math.round((lost / contractValueCents) * 1000) / 10;
    const worst = losses.toSorted((a, b) => b.cents - a.cents);
    return [
      {
        kind: "margin-eroding",
        about: project.id,
        subject: project,
        projectId: project.id,
        clientId,
        title: `${name} for ${clientName} loses ${points} points of margin: ${(worst[0]?.title ?? "").toLowerCase()}`,
        severity: points >= 7 ? 3 : 2,
        since: newestSheets(figures.sheets, 1)[0]?.changedAt ?? project.changedAt,
        deadline: plannedEndOn,
        valueAtRisk: money(lost, currency),
        causes: worst.map(({ cents: _cents, ...cause }) => cause),
        facts: facts(project, "contractValueCents", "plannedCostCents", "percentComplete"),
        remedies: ["R19", "R24", "R18"],
      },
    ];
  },
};

const loss = (
  code: string,
  [title, detail]: readonly [string, string],
  rest: { cents: number; facts: DraftCause["facts"] },
): Loss => ({ code, title, detail, days: null, open: true, ...rest });

/** Hours beyond the budget are paid by us where the price is fixed. */
function overrun(project: Project, { burnAtEnd, burn, progress }: ProjectFigures): Loss[] {
  const { billing, plannedCostCents } = project.fields;
  if (billing === "time_and_materials" || burnAtEnd === null || burnAtEnd <= 1) return [];
  return [
    loss(
      "MAR-1",
      [
        "More is used than done",
        `${percent(burn ?? 0)} of the budget for ${percent(progress ?? 0)} of the work.`,
      ],
      {
        cents: plannedCostCents * (burnAtEnd - 1),
        facts: facts(project, "budgetMinutes", "percentComplete", "plannedCostCents"),
      },
    ),
  ];
}

/** Work that no change order pays for. Where hours are billed, it is not among the billable ones. */
function offPlan(
  { view }: Scene,
  project: Project,
  { offPlanMinutes, sheets }: ProjectFigures,
): Loss[] {
  const { budgetMinutes, plannedCostCents } = project.fields;
  const changes = view
    .by("change-order", "projectId", project.id)
    .filter(({ fields }) => fields.state !== "rejected");
  const covered = changes.reduce((sum, { fields }) => sum + fields.minutes, 0);
  const uncovered = offPlanMinutes - covered;
  if (uncovered <= 0 || budgetMinutes <= 0) return [];
  return [
    loss(
      "MAR-2",
      [
        "Work outside the plan is not billed",
        `${Math.round(uncovered / 60)} h lie on no change order.`,
      ],
      {
        cents: (plannedCostCents * uncovered) / budgetMinutes,
        facts: newestSheets(
          sheets.filter(({ fields }) => fields.offPlanMinutes > 0),
          4,
        ).flatMap((sheet) => facts(sheet, "offPlanMinutes")),
      },
    ),
  ];
}

/** Dearer people than planned, projected over the work that is left. */
function mix({ view }: Scene, project: Project, { sheets, loggedMinutes }: ProjectFigures): Loss[] {
  const { budgetMinutes, plannedCostCents } = project.fields;
  if (loggedMinutes === 0 || budgetMinutes <= 0) return [];
  const planned = plannedCostCents / budgetMinutes;
  const seats = new Set(
    view.by("assignment", "projectId", project.id).map(({ fields }) => fields.personId),
  );
  const seatGrades = new Map(
    view
      .by("assignment", "projectId", project.id)
      .map(({ fields }) => [fields.personId, fields.grade]),
  );
  const strangers = sheets.filter(
    ({ fields }) => fields.loggedMinutes > 0 && !seats.has(fields.personId),
  );
  if (strangers.length === 0 || seatGrades.size === 0) return [];
  const extra = strangers.reduce((sum, { fields }) => {
    const cost = (view.get("person", fields.personId)?.fields.hourlyCostCents ?? 0) / 60;
    return sum + Math.max(0, cost - planned) * fields.loggedMinutes;
  }, 0);
  const names = [...new Set(strangers.map(({ fields }) => fields.personId))];
  return [
    loss(
      "MAR-3",
      [
        "Dearer people than planned do the work",
        `${names.length} of those who book on it are not on its plan.`,
      ],
      {
        cents: extra,
        facts: [
          ...newestSheets(strangers, 4).flatMap((sheet) =>
            facts(sheet, "loggedMinutes", "personId"),
          ),
          ...names.slice(0, 3).flatMap((id) => {
            const person = view.get("person", id);
            return person ? facts(person, "hourlyCostCents") : [];
          }),
        ],
      },
    ),
  ];
}

function writtenDown({ view }: Scene, project: Project): Loss[] {
  const lines = view
    .by("invoice", "projectId", project.id)
    .flatMap((invoice) => view.by("invoice-line", "invoiceId", invoice.id))
    .filter(({ fields }) => fields.writtenDownCents > 0);
  if (lines.length === 0) return [];
  return [
    loss(
      "MAR-5",
      [
        "Invoices are written down",
        `${lines.length} line${lines.length === 1 ? "" : "s"} of its invoices.`,
      ],
      {
        cents: lines.reduce((sum, { fields }) => sum + fields.writtenDownCents, 0),
        facts: lines.slice(0, 6).flatMap((line) => facts(line, "writtenDownCents", "netCents")),
      },
    ),
  ];
}

/** Hours in the plan that cannot be charged. */
function unbillable(project: Project, { sheets, loggedMinutes }: ProjectFigures): Loss[] {
  const { billing, contractValueCents, budgetMinutes } = project.fields;
  if (billing !== "time_and_materials" || loggedMinutes === 0 || budgetMinutes <= 0) return [];
  const idle = sheets.filter(
    ({ fields }) => fields.loggedMinutes - fields.offPlanMinutes - fields.billableMinutes > 15,
  );
  const minutes = idle.reduce(
    (sum, { fields }) =>
      sum + fields.loggedMinutes - fields.offPlanMinutes - fields.billableMinutes,
    0,
  );
  if (minutes === 0) return [];
  return [
    loss(
      "MAR-6",
      ["Hours are not billable", `${Math.round(minutes / 60)} h in the plan cannot be charged.`],
      {
        cents: (contractValueCents * minutes) / budgetMinutes,
        facts: newestSheets(idle, 6).flatMap((sheet) =>
          facts(sheet, "loggedMinutes", "billableMinutes"),
        ),
      },
    ),
  ];
}

function subcontractors({ view }: Scene, project: Project): Loss[] {
  const paid = view
    .by("expense", "projectId", project.id)
    .filter(
      ({ fields }) =>
        !fields.rebillable && fields.kind === "subcontractor" && fields.state !== "rejected",
    );
  if (paid.length === 0) return [];
  return [
    loss("MAR-8", ["Subcontractors cost more than planned", "Nobody pays these expenses back."], {
      cents: paid.reduce((sum, { fields }) => sum + fields.amountCents, 0),
      facts: paid
        .slice(0, 6)
        .flatMap((expense) => facts(expense, "amountCents", "rebillable", "state")),
    }),
  ];
}

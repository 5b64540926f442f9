import type { TimesheetWeek } from "#/domain/record.ts";
import { plusDays } from "../../clocks/civil-days.ts";
import { fieldsOf } from "../../portfolio/basis.ts";
import { asTimesheet } from "../../portfolio/measure-order.ts";
import { personWeek, personWeeksBasis } from "../../portfolio/person-weeks.ts";
import { isHandedIn } from "../../portfolio/work-done.ts";
import type { FirmView, TwinRecord } from "../../twin/firm-view.ts";
import { type ReportedTime, reportingDelay, timesheetCompliance } from "../timesheet-compliance.ts";
import { type PersonWeek, type Utilisation, utilisation } from "../utilisation.ts";
import { type FirmKpi, firmKpi, type Part, type Question, type ScopeKind } from "./firm-kpi.ts";
import { placed, recordsIn } from "./selection.ts";

/** Weeks that ended inside the period, of everybody who delivers and was with the firm then. */
function weeksIn({ view, scope, period }: Question): Part<PersonWeek>[] {
  const people =
    scope.kind === "person"
      ? [view.get("person", scope.id ?? "")].filter((person) => person !== null)
      : view.all("person");
  const mondays = mondaysIn(period);
  return people
    .filter((person) => deliversWork(view, person))
    .flatMap((person) =>
      mondays
        .filter((monday) => worksIn(person, monday))
        .map((monday) => ({
          ...placed(
            view,
            { record: person, projectId: null, title: `${person.fields.name}, week of ${monday}` },
            {
              fact: personWeek(view, person, monday),
              basis: personWeeksBasis(view, person, [monday]),
            },
          ),
          // A week is a part of its own, below the person.
          record: { system: "hris" as const, type: "person-week", id: `${person.id}/${monday}` },
          personId: person.id,
        })),
    );
}

/** Has a target, and was put on a project at least once: the office is in nobody's utilisation. */
const deliversWork = (view: FirmView, { id, fields }: TwinRecord<"person">): boolean =>
  fields.utilisationTargetPercent > 0 && view.by("assignment", "personId", id).length > 0;

const worksIn = ({ fields }: TwinRecord<"person">, monday: string): boolean =>
  fields.joinedOn <= monday && (fields.leftOn === null || fields.leftOn >= plusDays(monday, 6));

/** Mondays of the weeks that lie wholly inside the period. */
function mondaysIn({ from, to }: Question["period"]): string[] {
  const weekday = Temporal.PlainDate.from(from).dayOfWeek;
  const found: string[] = [];
  for (
    let monday = plusDays(from, (8 - weekday) % 7);
    plusDays(monday, 6) <= to;
    monday = plusDays(monday, 7)
  )
    found.push(monday);
  return found;
}

const utilised = (
  name: keyof Utilisation,
  entry: {
    readonly kpi: string;
    readonly title: string;
    readonly unit: "percent" | "percentage points";
    readonly meaning: string;
  },
): FirmKpi =>
  firmKpi<PersonWeek>({
    ...entry,
    sourceNote:
      "Basis: contract less leave and holidays. 66.4 % (2025) and 68.9 % (2024) are second-hand survey figures; the alert at 90 % of target is documented by a PSA vendor.",
    scopes: ["firm", "person"],
    days: 35,
    additive: name === "utilisation",
    systems: ["psa", "hris"],
    below: "person",
    parts: weeksIn,
    formula: (weeks, context) => utilisation(weeks, context)[name],
  });

const sheetScopes: readonly ScopeKind[] = ["firm", "client", "project", "person"];

/** Sheets whose last day fell inside the period. */
function sheetsIn<F>(
  { view, scope, period }: Question,
  of: (sheet: TwinRecord<"timesheet-week">) => F,
): Part<F>[] {
  const sheets =
    scope.kind === "person"
      ? view.by("timesheet-week", "personId", scope.id ?? "")
      : recordsIn(view, "timesheet-week", scope);
  return sheets
    .filter(({ fields }) => fields.dueOn >= period.from && fields.dueOn <= period.to)
    .map((sheet) => ({
      ...placed(
        view,
        { record: sheet, projectId: sheet.fields.projectId, title: `Week of ${sheet.fields.week}` },
        {
          fact: of(sheet),
          basis: fieldsOf(
            sheet,
            "week",
            "state",
            "expectedMinutes",
            "loggedMinutes",
            "billableMinutes",
            "dueOn",
            "submittedOn",
          ),
        },
      ),
      personId: sheet.fields.personId,
    }));
}

const asReported = (sheet: TwinRecord<"timesheet-week">): ReportedTime => ({
  source: sheet.source,
  // A week's hours lie around its Wednesday.
  workedOn: plusDays(sheet.fields.week, 2),
  submittedOn: isHandedIn(sheet) ? sheet.fields.submittedOn : null,
  // Hours that are not reported yet weigh what was expected of them.
  billableMinutes: isHandedIn(sheet) ? sheet.fields.billableMinutes : sheet.fields.expectedMinutes,
});

export const peopleKpis: readonly FirmKpi[] = [
  utilised("utilisation", {
    kpi: "utilisation",
    title: "Billable utilisation",
    unit: "percent",
    meaning: "Billable hours of available hours.",
  }),
  utilised("variance", {
    kpi: "utilisation-variance",
    title: "Utilisation against target",
    unit: "percentage points",
    meaning: "Utilisation less the target, weighted by available time.",
  }),
  utilised("ofTarget", {
    kpi: "utilisation-of-target",
    title: "Share of the utilisation target",
    unit: "percent",
    meaning: "Utilisation of its target; 90 % and less is an alert.",
  }),
  firmKpi<TimesheetWeek>({
    kpi: "timesheet-compliance",
    title: "Timesheets on time",
    unit: "percent",
    meaning:
      "Person-weeks in which every sheet came by its last day. A person on two projects counts in each of them.",
    sourceNote: "Bands are a judgement, set per firm.",
    scopes: sheetScopes,
    days: 28,
    // A person-week on two projects is one week of the firm and one of each project.
    additive: false,
    systems: ["psa"],
    below: "person",
    parts: (question) => sheetsIn(question, (sheet) => asTimesheet(question.view, sheet)),
    formula: (weeks, context) => timesheetCompliance(weeks, context).personWeeks,
  }),
  firmKpi<TimesheetWeek>({
    kpi: "timesheet-compliance-hours",
    title: "Hours handed in",
    unit: "percent",
    meaning: "Hours handed in of hours expected; more in one week does not fill another.",
    sourceNote: "Bands are a judgement, set per firm.",
    scopes: sheetScopes,
    days: 28,
    additive: true,
    systems: ["psa"],
    below: "person",
    parts: (question) => sheetsIn(question, (sheet) => asTimesheet(question.view, sheet)),
    formula: (weeks, context) => timesheetCompliance(weeks, context).hours,
  }),
  firmKpi<ReportedTime>({
    kpi: "reporting-delay",
    title: "Delay in reporting time",
    unit: "days",
    meaning:
      "Civil days from the work to its report, weighted by billable hours; unreported work counts with its delay so far.",
    sourceNote: "A documented measure (DIRT); two days are good and five are not, by judgement.",
    scopes: sheetScopes,
    days: 28,
    additive: true,
    systems: ["psa"],
    below: "person",
    parts: (question) => sheetsIn(question, asReported),
    formula: reportingDelay,
  }),
];

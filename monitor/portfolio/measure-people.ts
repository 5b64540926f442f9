import { plusDays } from "../clocks/civil-days.ts";
import { overloadPercent } from "../health/health-measures.ts";
import type { Kpi } from "../kpi/kpi.ts";
import { leavingWithoutCover, unfilledRoleStart } from "../kpi/staffing-signals.ts";
import { utilisation, weeksAbove } from "../kpi/utilisation.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { fieldsOf, type Listed, listed, restingOn } from "./basis.ts";
import type { ProjectWork } from "./earned-value-of.ts";
import { loadOf } from "./person-weeks.ts";
import { isHandedIn } from "./work-done.ts";

/** Days looked back for the team's utilisation. A judgement. */
export const utilisationWindowDays = 28;
/** Somebody of the same grade who starts this close to the leaving takes over. */
export const coverDays = { before: 30, after: 7 } as const;

type Seat = TwinRecord<"assignment">;

/** Open roles of the project. */
export function measureRoles(view: FirmView, { project, context }: ProjectWork): Kpi {
  const requests = listed(view, "staffing-request", ["projectId", project.id]);
  return restingOn(
    unfilledRoleStart(
      {
        source: requests.source,
        items: requests.records
          .filter(({ fields }) => fields.state !== "cancelled")
          .map(({ source, fields }) => ({
            source,
            startsOn: fields.startOn,
            filled: fields.state === "filled",
          })),
      },
      context,
    ),
    [requests.count, ...requests.records.flatMap((each) => fieldsOf(each, "state", "startOn"))],
  );
}

/** Overload and leavers among the people who are on the project now. */
export function measureTeam(view: FirmView, { project, context }: ProjectWork) {
  const seats = listed(view, "assignment", ["projectId", project.id]);
  const team = teamOf(view, project, { seats, today: context.today });
  const loads = team.map((person) => loadOf(view, person, context.today));
  const basis = [
    seats.count,
    ...fieldsOf(project, "leadId"),
    ...seats.records.flatMap((seat) => fieldsOf(seat, "personId", "grade", "from", "to")),
  ];
  const overload = weeksAbove(
    overloadPercent,
    {
      source: seats.source,
      items: loads.flatMap(({ weeks }) => weeks),
    },
    context,
  );
  return {
    overloadedWeeks: restingOn(overload, [...basis, ...loads.flatMap((load) => load.basis)]),
    leavingWithoutCover: restingOn(
      leavingWithoutCover(
        {
          source: seats.source,
          items: team.map((person) => ({
            source: person.source,
            leavesOn: leavesOn(person, project),
            covered: isCovered(person, seats.records),
          })),
        },
        context,
      ),
      [...basis, ...team.flatMap((person) => fieldsOf(person, "leftOn", "grade"))],
    ),
  };
}

/** The lead, and whoever is assigned today. */
export function teamOf(
  view: FirmView,
  project: TwinRecord<"project">,
  { seats, today }: { readonly seats: Listed<"assignment">; readonly today: string },
): TwinRecord<"person">[] {
  const ids = new Set([
    project.fields.leadId,
    ...seats.records
      .filter(({ fields }) => fields.from <= today && today <= fields.to)
      .map(({ fields }) => fields.personId),
  ]);
  return [...ids].toSorted().flatMap((id) => view.get("person", id) ?? []);
}

/** Before the project ends; who stays to the end leaves no gap. */
const leavesOn = (
  { fields }: TwinRecord<"person">,
  project: TwinRecord<"project">,
): string | null =>
  fields.leftOn !== null && fields.leftOn < project.fields.forecastEndOn ? fields.leftOn : null;

const isCovered = (person: TwinRecord<"person">, seats: readonly Seat[]): boolean => {
  const { leftOn, grade } = person.fields;
  return (
    leftOn !== null &&
    seats.some(
      ({ fields }) =>
        fields.personId !== person.id &&
        fields.grade === grade &&
        fields.from >= plusDays(leftOn, -coverDays.before) &&
        fields.from <= plusDays(leftOn, coverDays.after),
    )
  );
};

/** Billable time of the last four weeks against what the plan expected of the team, in points. */
export function measureUtilisation({ work, context }: ProjectWork): Kpi {
  const { today } = context;
  const since = plusDays(today, -utilisationWindowDays);
  const weeks = work.weeks.records.filter(
    ({ fields }) => fields.dueOn < today && fields.dueOn >= since && fields.expectedMinutes > 0,
  );
  const items = weeks.map((week) => ({
    source: week.source,
    personId: week.fields.personId,
    role: "",
    week: week.fields.week,
    contractMinutes: week.fields.expectedMinutes,
    leaveMinutes: 0,
    holidayMinutes: 0,
    billableMinutes: isHandedIn(week) ? week.fields.billableMinutes : null,
    workedMinutes: null,
    targetPercent: 100,
  }));
  return restingOn(utilisation({ source: work.weeks.source, items }, context).variance, [
    work.weeks.count,
    ...weeks.flatMap((week) =>
      fieldsOf(week, "state", "expectedMinutes", "billableMinutes", "dueOn"),
    ),
  ]);
}

import type { TwinRecord } from "../twin/firm-view.ts";
import type { Detector } from "./detector.ts";
import { facts, listed, money } from "./draft-finding.ts";
import type { Scene } from "./scene.ts";

type Sheet = TwinRecord<"timesheet-week">;

/**
 * Person-weeks that are past due, one case to a project. Nobody owes a week without expected time,
 * before they joined, or while away since before it was due. Somebody whose weeks keep coming late is
 * told at once, the others after the firm's patience.
 */
export const missingTimesheets: Detector = {
  kind: "missing-timesheets",
  needs: ["psa", "hris"],
  onProject: (scene, project) => {
    const { view, settings, days, today } = scene;
    const sheets = view.by("timesheet-week", "projectId", project.id);
    const owed = sheets.filter((sheet) => isOwed(scene, sheet));
    if (owed.length === 0) return [];
    const late = owed.filter(
      ({ fields }) =>
        days.between(fields.dueOn, today) >= settings.timesheetDays ||
        isHabit(scene, fields.personId, fields.dueOn),
    );
    if (late.length === 0) return [];
    const byPerson = [...Map.groupBy(late, ({ fields }) => fields.personId)];
    const oldest = late.map(({ fields }) => fields.dueOn).toSorted()[0] ?? today;
    const { clientId, clientName, name, currency } = project.fields;
    return [
      {
        kind: "missing-timesheets",
        about: project.id,
        subject: project,
        projectId: project.id,
        clientId,
        title: `${name} for ${clientName}: ${late.length} week${late.length === 1 ? "" : "s"} of time missing from ${listed(byPerson.map(([person]) => scene.nameOf(person)))}`,
        severity: days.between(oldest, today) > 5 ? 3 : 2,
        since: scene.instant(oldest),
        deadline: deadlineOf(scene, late),
        valueAtRisk: money(
          late.reduce((sum, { fields }) => {
            const rate = view.get("person", fields.personId)?.fields.hourlyRateCents ?? 0;
            return sum + (fields.expectedMinutes * rate) / 60;
          }, 0),
          currency,
        ),
        causes: byPerson.map(([personId, own]) => ({
          code: "INV-1",
          title: "Time is missing",
          detail: `${scene.nameOf(personId)} owes ${own.length} week${own.length === 1 ? "" : "s"}, the oldest of ${own[0]?.fields.week ?? ""}.`,
          days: Math.max(...own.map(({ fields }) => days.between(fields.dueOn, today))),
          open: true,
          facts: own
            .slice(0, 6)
            .flatMap((sheet) => facts(sheet, "state", "dueOn", "expectedMinutes")),
        })),
        facts: [],
        remedies: ["R01", "R02"],
      },
    ];
  },
};

export function isOwed({ view, today }: Scene, { fields }: Sheet): boolean {
  if (fields.state !== "missing" || fields.expectedMinutes <= 0 || fields.dueOn >= today)
    return false;
  const person = view.get("person", fields.personId);
  if (person && (!person.fields.active || person.fields.joinedOn > fields.week)) return false;
  return !view
    .by("leave", "personId", fields.personId)
    .some((leave) => leave.fields.from <= fields.dueOn && leave.fields.to >= today);
}

/** Two of the four weeks before this one came late, or are still owed. */
function isHabit({ view, days, today, settings }: Scene, personId: string, due: string): boolean {
  const before = view
    .by("timesheet-week", "personId", personId)
    .filter(({ fields }) => fields.dueOn < due && days.between(fields.dueOn, due) <= 20);
  const weeks = Map.groupBy(before, ({ fields }) => fields.week);
  const late = [...weeks.values()].filter((week) =>
    week.some(
      ({ fields }) =>
        fields.expectedMinutes > 0 &&
        days.between(fields.dueOn, fields.submittedOn ?? today) >= settings.timesheetDays,
    ),
  );
  return late.length >= 2;
}

/** The invoice that these weeks belong on: its target, once it is drafted. */
function deadlineOf({ view, days, settings }: Scene, late: readonly Sheet[]): string | null {
  const [first] = late;
  if (!first) return null;
  const ends = view
    .by("invoice", "projectId", first.fields.projectId)
    .flatMap(({ fields }) =>
      fields.periodEnd !== null &&
      fields.issuedOn === null &&
      late.some((sheet) => sheet.fields.week <= (fields.periodEnd ?? ""))
        ? fields.periodEnd
        : [],
    );
  const end = ends.toSorted()[0];
  return end === undefined ? null : days.add(end, settings.invoiceTargetDays);
}

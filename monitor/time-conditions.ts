import type { BusinessCalendar } from "#/domain/business-time.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { TimesheetWeek } from "#/domain/record.ts";
import { endOfDay, latest } from "./civil-time.ts";
import type { Condition } from "./condition.ts";
import type { Moments } from "./moments.ts";
import { observed } from "./observed.ts";
import { thresholds } from "./thresholds.ts";

type Context = {
  readonly calendar: BusinessCalendar;
  readonly moments: Moments;
  readonly inferred: boolean;
};

/** Time must be submitted (INV-1) and then approved (INV-2). A week with nothing expected is ruled out. */
export function timeConditions(week: TimesheetWeek, context: Context): Condition[] {
  const submitted = week.state === "submitted" || week.state === "approved";
  return [
    ...(week.expectedMinutes > 0 ? submission(week, submitted, context) : []),
    ...(submitted && week.expectedMinutes + week.loggedMinutes > 0
      ? [approval(week, context)]
      : []),
  ];
}

function submission(week: TimesheetWeek, submitted: boolean, context: Context): Condition[] {
  const { calendar, moments, inferred } = context;
  const due = endOfDay(calendar, week.dueOn);
  const submittedAt =
    week.submittedOn === null ? null : moments.at(week.source, "submittedOn", week.submittedOn);
  const common = {
    cause: "INV-1" as const,
    record: refOf(week),
    evidence: [
      observed(week.source, "state", week.state),
      observed(week.source, "expectedMinutes", week.expectedMinutes),
      observed(week.source, "loggedMinutes", week.loggedMinutes),
      observed(week.source, "dueOn", week.dueOn),
      observed(week.source, "submittedOn", week.submittedOn),
    ],
    blocksFrom: due,
    inferred,
  };
  const onTheRecord: Condition = {
    ...common,
    detail: `${label(week)}: submitted ${week.submittedOn ?? "on an unknown day"}, due ${week.dueOn}`,
    met: true,
    metAt: submittedAt,
  };
  if (submitted) return [onTheRecord];

  const expected = hours(week.expectedMinutes);
  if (week.state === "rejected" && submittedAt !== null)
    return [
      onTheRecord,
      {
        ...common,
        detail: `${label(week)}: rejected after its submission on ${week.submittedOn}, ${expected} h to submit again`,
        // No system says when it was rejected; the latest it can have stopped counting is its submission.
        blocksFrom: latest(due, submittedAt),
        met: false,
        metAt: null,
        inferred: true,
      },
    ];
  const progress =
    week.state === "missing" ? "" : ` (${week.state}, ${hours(week.loggedMinutes)} h logged)`;
  return [
    {
      ...common,
      detail: `${label(week)}: 0 of ${expected} h submitted${progress}, due ${week.dueOn}`,
      met: false,
      metAt: null,
    },
  ];
}

function approval(week: TimesheetWeek, { moments, inferred }: Context): Condition {
  const sla = thresholds.timeApproval.value;
  const asked = week.submittedOn === null ? "dueOn" : "submittedOn";
  const met = week.state === "approved";
  const approver = week.approverName === null ? "" : ` by ${plainText(week.approverName, 80)}`;
  const decision = met
    ? `approved ${week.approvedOn ?? "on an unknown day"}${approver}`
    : "not approved";
  return {
    cause: "INV-2",
    record: refOf(week),
    detail: `${label(week)}: ${hours(week.loggedMinutes)} h submitted ${week.submittedOn ?? "on an unknown day"}, ${decision} (limit ${sla} business day)`,
    blocksFrom: moments.after(week.source, asked, {
      on: week.submittedOn ?? week.dueOn,
      businessDays: sla,
    }),
    met,
    metAt:
      met && week.approvedOn !== null
        ? moments.at(week.source, "approvedOn", week.approvedOn)
        : null,
    inferred: inferred || week.submittedOn === null,
    evidence: [
      observed(week.source, "state", week.state),
      observed(week.source, "submittedOn", week.submittedOn),
      observed(week.source, "approvedOn", week.approvedOn),
    ],
  };
}

const refOf = ({ source: { system, type, id } }: TimesheetWeek) => ({ system, type, id });
const label = (week: TimesheetWeek): string =>
  `${plainText(week.personName, 80)}, week of ${week.week}`;
const hours = (minutes: number): string => String(Math.round(minutes / 6) / 10);

import type { Source, TimesheetWeek } from "#/domain/record.ts";
import { civilDays } from "../clocks/civil-days.ts";
import type { Context } from "./context.ts";
import { createIntake, type Listing } from "./intake.ts";
import { type Kpi, noValue, quotient } from "./kpi.ts";

export type TimesheetCompliance = {
  /** Person-weeks submitted on time / person-weeks expected. */
  readonly personWeeks: Kpi;
  /** Submitted minutes / expected minutes; extra hours of one week do not fill another. */
  readonly hours: Kpi;
};

/**
 * Weeks whose last day for submitting is over. A week with nothing expected (leave, not yet joined,
 * left) is no week. A person's week is on time when every project in it is.
 */
export function timesheetCompliance(
  weeks: Listing<TimesheetWeek> | null,
  { asOf, today }: Context,
): TimesheetCompliance {
  const intake = createIntake();
  let [expected, submitted] = [0, 0];
  const onTime = new Map<string, boolean | null>();
  for (const week of intake.list(weeks)) {
    if (week.expectedMinutes === 0 || week.dueOn >= today) continue;
    intake.need(week.source, "state", week.state);
    intake.need(week.source, "expectedMinutes", week.expectedMinutes);
    intake.need(week.source, "loggedMinutes", week.loggedMinutes);
    const done = week.state === "submitted" || week.state === "approved";
    expected += week.expectedMinutes;
    if (done) submitted += Math.min(week.loggedMinutes, week.expectedMinutes);
    const key = `${week.week} ${week.personId}`;
    const before = onTime.get(key);
    const own = done ? inTime(week, intake) : false;
    onTime.set(key, before === undefined ? own : both(before, own));
  }
  const known = [...onTime.values()].filter((value) => value !== null);
  const about = { unit: "percent", asOf, from: [intake] } as const;
  const persons = { ...about, kpi: "timesheet-compliance" } as const;
  const hours = { ...about, kpi: "timesheet-compliance-hours" } as const;
  if (weeks === null)
    return {
      personWeeks: noValue(persons, "missing-input"),
      hours: noValue(hours, "missing-input"),
    };
  return {
    personWeeks:
      known.length === 0 && onTime.size > 0
        ? noValue(persons, "missing-input")
        : quotient(persons, known.filter(Boolean).length, known.length),
    hours: quotient(hours, submitted, expected),
  };
}

/** One day's billable time of one person, and when it was reported. */
export type ReportedTime = {
  readonly source: Source;
  readonly workedOn: string;
  /** null: not reported yet. */
  readonly submittedOn: string | null;
  readonly billableMinutes: number | null;
};

/**
 * Delay in reporting time: mean civil days from work to submission, weighted by billable hours.
 * Time that is still unreported counts with its delay so far.
 */
export function reportingDelay(time: Listing<ReportedTime> | null, { asOf, today }: Context): Kpi {
  const intake = createIntake();
  let [weighted, minutes, known] = [0n, 0, 0];
  let pending = false;
  const listed = intake.list(time).filter(({ workedOn }) => workedOn <= today);
  for (const { source, workedOn, submittedOn, billableMinutes } of listed) {
    const billable = intake.need(source, "billableMinutes", billableMinutes);
    intake.saw(source, "submittedOn", submittedOn);
    if (billable === null) continue;
    known += 1;
    const open = submittedOn === null || submittedOn > today;
    if (open && billable > 0) pending = true;
    const delay = civilDays(workedOn, open || submittedOn === null ? today : submittedOn);
    weighted += BigInt(Math.max(0, delay)) * BigInt(billable);
    minutes += billable;
  }
  const about = {
    kpi: "reporting-delay",
    unit: "days",
    asOf,
    from: [intake],
    notes: pending ? (["includes-pending"] as const) : [],
  } as const;
  return time === null || (known === 0 && listed.length > 0)
    ? noValue(about, "missing-input")
    : quotient(about, weighted, minutes);
}

/** null: the system does not say when it was submitted. */
const inTime = (week: TimesheetWeek, intake: ReturnType<typeof createIntake>): boolean | null => {
  const submitted = intake.need(week.source, "submittedOn", week.submittedOn);
  return submitted === null ? null : submitted <= week.dueOn;
};

/** One late project makes the week late; otherwise one unknown makes it unknown. */
const both = (a: boolean | null, b: boolean | null): boolean | null =>
  a === false || b === false ? false : a === null || b === null ? null : true;

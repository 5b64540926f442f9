import type { Source } from "#/domain/record.ts";
import { plusDays } from "../clocks/civil-days.ts";
import type { Context } from "./context.ts";
import { createIntake, type Listing } from "./intake.ts";
import { type Kpi, measured, noValue, quotient } from "./kpi.ts";
import { compare, minus, over, plus, type Rational, rational, times } from "./rational.ts";

/** One person's week, all projects together. The week is named by its Monday. */
export type PersonWeek = {
  readonly source: Source;
  readonly personId: string;
  readonly role: string;
  readonly week: string;
  readonly contractMinutes: number | null;
  readonly leaveMinutes: number | null;
  readonly holidayMinutes: number | null;
  readonly billableMinutes: number | null;
  /** Everything worked, billable or not: what overload is judged by. */
  readonly workedMinutes: number | null;
  /** The person's target, in whole percent of available time. */
  readonly targetPercent: number | null;
};

export type Utilisation = {
  /** Billable / available; available = contract - leave - holidays. State this basis with it. */
  readonly utilisation: Kpi;
  /** Actual less target, in points; the target is weighted by available time. */
  readonly variance: Kpi;
  /** Share of target reached: 90 % and less is an alert. */
  readonly ofTarget: Kpi;
};

/** Of one person, one role, one week or the firm: it depends on the weeks handed in. */
export function utilisation(weeks: Listing<PersonWeek> | null, { asOf }: Context): Utilisation {
  const [hours, targets] = [createIntake(), createIntake()];
  let [billable, available, judged, known] = [0, 0, 0, 0];
  let targeted = rational(0);
  let judgedBillable = 0;
  for (const week of hours.list(weeks)) {
    const time = availableMinutes(week, hours);
    const done = hours.need(week.source, "billableMinutes", week.billableMinutes);
    const target = targets.need(week.source, "targetPercent", week.targetPercent);
    if (time === null || done === null) continue;
    known += 1;
    billable += done;
    available += time;
    if (target === null) continue;
    judged += time;
    judgedBillable += done;
    targeted = plus(targeted, times(rational(target, 100), rational(time)));
  }
  const about = { kpi: "utilisation", unit: "percent", asOf, from: [hours] } as const;
  const variance = {
    kpi: "utilisation-variance",
    unit: "percentage points",
    asOf,
    from: [hours, targets],
  } as const;
  const ofTarget = { ...variance, kpi: "utilisation-of-target", unit: "percent" } as const;
  if (weeks === null)
    return {
      utilisation: noValue(about, "missing-input"),
      variance: noValue(variance, "missing-input"),
      ofTarget: noValue(ofTarget, "missing-input"),
    };
  const nothingKnown = known === 0 && weeks.items.length > 0;
  const lacksTarget =
    nothingKnown || (judged === 0 && available > 0) ? "missing-input" : "zero-denominator";
  const actual = judged === 0 ? null : rational(judgedBillable, judged);
  const goal = judged === 0 ? null : over(targeted, rational(judged));
  return {
    utilisation: nothingKnown
      ? noValue(about, "missing-input")
      : quotient(about, billable, available),
    variance:
      actual === null || goal === null
        ? noValue(variance, lacksTarget)
        : measured(variance, minus(actual, goal)),
    ofTarget:
      actual === null || goal === null || goal.n === 0n
        ? noValue(ofTarget, lacksTarget)
        : measured(ofTarget, over(actual, goal)),
  };
}

/** Utilisation by person, role or week, each by the same formula. Keys are in ascending order. */
export function utilisationBy(
  key: "personId" | "role" | "week",
  weeks: Listing<PersonWeek>,
  context: Context,
): Map<string, Utilisation> {
  const groups = Map.groupBy(weeks.items, (week) => week[key]);
  return new Map(
    [...groups]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, items]) => [name, utilisation({ source: weeks.source, items }, context)]),
  );
}

/**
 * How many weeks in a row, up to the newest one on record, somebody was above `percent` of the
 * available time; of several people the longest run. A week without data ends the run.
 */
export function weeksAbove(
  percent: number,
  weeks: Listing<PersonWeek> | null,
  { asOf }: Context,
): Kpi {
  const intake = createIntake();
  const limit = rational(percent, 100);
  const runs = Map.groupBy(intake.list(weeks), (week) => week.personId);
  let longest = 0;
  for (const own of runs.values()) {
    let run = 0;
    let expected: string | null = null;
    for (const week of own.toSorted((a, b) => (a.week < b.week ? 1 : -1))) {
      const time = availableMinutes(week, intake);
      const done = intake.need(week.source, "workedMinutes", week.workedMinutes);
      if (expected !== null && week.week !== expected) break;
      if (time === null || done === null || !isAbove(done, time, limit)) break;
      run += 1;
      expected = plusDays(week.week, -7);
    }
    longest = Math.max(longest, run);
  }
  const about = { kpi: `weeks-above-${percent}`, unit: "count", asOf, from: [intake] } as const;
  return weeks === null ? noValue(about, "missing-input") : quotient(about, longest, 1);
}

const isAbove = (done: number, available: number, limit: Rational): boolean =>
  available > 0 ? compare(rational(done, available), limit) > 0 : done > 0;

function availableMinutes(week: PersonWeek, intake: ReturnType<typeof createIntake>) {
  const contract = intake.need(week.source, "contractMinutes", week.contractMinutes);
  const leave = intake.need(week.source, "leaveMinutes", week.leaveMinutes);
  const holiday = intake.need(week.source, "holidayMinutes", week.holidayMinutes);
  return contract === null || leave === null || holiday === null
    ? null
    : Math.max(0, contract - leave - holiday);
}

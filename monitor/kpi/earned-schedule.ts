import { earliest } from "../civil-time.ts";
import { eveningOf, plusDays } from "../clocks/civil-days.ts";
import type { Context } from "./context.ts";
import type { EarnedValueFacts } from "./earned-value-facts.ts";
import type { Sums } from "./earned-value-sums.ts";
import { createSum } from "./exchange-rate.ts";
import { createIntake } from "./intake.ts";
import { type Kpi, measured, noValue } from "./kpi.ts";
import { compare, minus, over, plus, type Rational, rational, times } from "./rational.ts";

/**
 * SPI(t) = earned schedule / actual time, both in working minutes. Unlike SPI it stays below 1 when
 * late work is finally done. Between two planned dates the plan is read as a straight line.
 */
export function earnedSchedule(facts: EarnedValueFacts, sums: Sums, context: Context): Kpi {
  const { calendar, clock, asOf, today } = context;
  const start = createIntake();
  const startsOn = start.need(facts.project, "startsOn", facts.startsOn);
  const about = sums.about("spi-time", "ratio", [sums.budgets, sums.plan, sums.progress, start]);
  if (startsOn === null || sums.ev === null || sums.pv === null)
    return noValue(about, "missing-input");
  // The plan counts from the morning of the first day, a due day from its evening.
  const begin = eveningOf(calendar, plusDays(startsOn, -1));
  const said = facts.overall?.reportedOn ?? null;
  const actual = clock.minutes(
    begin,
    facts.finishedOn !== null && facts.finishedOn < today
      ? eveningOf(calendar, facts.finishedOn)
      : said === null
        ? asOf
        : earliest(asOf, eveningOf(calendar, said)),
  );
  if (actual === 0) return noValue(about, "zero-denominator");
  const earned = plannedTimeOf(rational(sums.ev), curve(facts, context), (due) =>
    clock.minutes(begin, eveningOf(calendar, due)),
  );
  return earned === null
    ? noValue(about, "zero-denominator")
    : measured(about, over(earned, rational(actual)));
}

type Point = { readonly due: string; readonly planned: Rational };

/** Planned value by due date, cumulative, ascending. */
function curve({ packages }: EarnedValueFacts, { reporting, today }: Context): Point[] {
  const byDate = new Map<string, Rational>();
  const sum = createSum(createIntake(), reporting);
  for (const work of packages?.items ?? []) {
    if (work.scope === "unapproved-change" || work.dueOn === null) continue;
    const value = sum.add(work.source, "budget", { money: work.budget, on: today });
    if (value === null || value.n === 0n) continue;
    byDate.set(work.dueOn, plus(byDate.get(work.dueOn) ?? rational(0), value));
  }
  let planned = rational(0);
  return [...byDate]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([due, value]) => {
      planned = plus(planned, value);
      return { due, planned };
    });
}

/** The working minutes after which the plan has earned `value`; null without a plan. */
function plannedTimeOf(
  value: Rational,
  points: readonly Point[],
  minutesUntil: (due: string) => number,
): Rational | null {
  if (points.length === 0) return null;
  let before = { time: rational(0), planned: rational(0) };
  for (const { due, planned } of points) {
    const time = rational(minutesUntil(due));
    if (compare(value, planned) < 0) {
      const done = over(minus(value, before.planned), minus(planned, before.planned));
      return plus(before.time, times(done, minus(time, before.time)));
    }
    before = { time, planned };
  }
  return before.time;
}

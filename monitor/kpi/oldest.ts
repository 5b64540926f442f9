import type { Source } from "#/domain/record.ts";
import { civilDays, eveningOf } from "../clocks/civil-days.ts";
import type { Context } from "./context.ts";
import { createIntake, type Listing } from "./intake.ts";
import { amount, type Kpi, measured, noValue } from "./kpi.ts";
import { rational } from "./rational.ts";

/** Something open since a civil date. `since` null: open, and nobody says since when. */
export type OpenSince = {
  readonly source: Source;
  readonly field: string;
  readonly since: string | null;
};

/** Age of the oldest, in business days; the day itself counts once it is over. */
export function oldestInBusinessDays(
  kpi: string,
  open: Listing<OpenSince> | null,
  context: Context,
): Kpi {
  const { calendar, clock, asOf } = context;
  const { known, intake } = read(open);
  const about = { kpi, unit: "business days", asOf, from: [intake] } as const;
  const ages = known.map((since) => clock.minutes(eveningOf(calendar, since), asOf));
  return ages.length === 0
    ? noValue(about, nothing(open))
    : measured(about, rational(largest(ages), clock.dayMinutes));
}

/** Age of the oldest, in civil days. */
export function oldestInDays(kpi: string, open: Listing<OpenSince> | null, context: Context): Kpi {
  const { known, intake } = read(open);
  const about = { kpi, unit: "days", asOf: context.asOf, from: [intake] } as const;
  const ages = known.map((since) => Math.max(0, civilDays(since, context.today)));
  return ages.length === 0 ? noValue(about, nothing(open)) : amount(about, largest(ages));
}

function read(open: Listing<OpenSince> | null) {
  const intake = createIntake();
  const known = intake
    .list(open)
    .flatMap(({ source, field, since }) => intake.need(source, field, since) ?? []);
  return { known, intake };
}

const nothing = (open: Listing<OpenSince> | null) =>
  open !== null && open.items.length === 0 ? "none-found" : "missing-input";

const largest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);

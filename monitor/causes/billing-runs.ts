import { addBusinessDays, isBusinessDay } from "#/domain/business-time.ts";
import type { FieldsOf } from "#/domain/operating-model.ts";
import { percentile } from "../kpi/percentile.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { billOf } from "./bill.ts";
import { addDays, daysBetween } from "./payment-habit.ts";
import { changesOf, fieldsAt } from "./record-history.ts";

export type RunCycle = FieldsOf<"project">["billingRun"];

/** When the firm bills, learnt from when it did. */
export type BillingRuns = {
  /** The cycle that an invoice was drafted under. */
  readonly cycleOf: (invoice: TwinRecord<"invoice">) => RunCycle;
  /** The first run after that instant, as a date; null: the firm never had such a run. */
  readonly next: (ready: string, cycle: RunCycle) => string | null;
  /** The cycle of most invoices. */
  readonly usual: RunCycle;
  /** On invoices that went out: mean absolute error in calendar days, and how many. */
  readonly error: number | null;
  readonly cases: number;
};

/** A weekday with a smaller share of the invoices is an exception and no run day. */
const runDayShare = 0.15;
const known = new WeakMap<FirmView, BillingRuns>();

export function billingRuns(view: FirmView): BillingRuns {
  let runs = known.get(view);
  if (!runs) known.set(view, (runs = learn(view)));
  return runs;
}

type Went = {
  readonly cycle: RunCycle;
  readonly ready: string | null;
  readonly on: string;
  readonly weekday: number;
  readonly minute: number;
};

function learn(view: FirmView): BillingRuns {
  const { calendar } = view;
  const cycleOf = (invoice: TwinRecord<"invoice">): RunCycle => {
    const { draftedAt, project } = billOf(view, invoice);
    return (
      (project && fieldsAt(view, project, draftedAt).billingRun) ??
      project?.fields.billingRun ??
      "twice_weekly"
    );
  };
  const went = view.all("invoice").flatMap((invoice): Went[] => {
    const { out } = billOf(view, invoice);
    if (out === null) return [];
    const local = Temporal.Instant.from(out).toZonedDateTimeISO(calendar.zone);
    return [
      {
        cycle: cycleOf(invoice),
        ready: readyAt(view, invoice),
        on: local.toPlainDate().toString(),
        weekday: local.dayOfWeek,
        minute: local.hour * 60 + local.minute,
      },
    ];
  });
  const weekly = went.filter(({ cycle }) => cycle === "twice_weekly");
  const days = new Set(
    [...Map.groupBy(weekly, ({ weekday }) => weekday)]
      .filter(([, own]) => own.length >= weekly.length * runDayShare)
      .map(([weekday]) => weekday),
  );
  const runs = percentile(
    went.map(({ minute }) => minute),
    50,
  );
  const ends = periodEnds(view);
  const ordinal = commonest(
    went
      .filter(({ cycle }) => cycle === "monthly")
      .flatMap(({ on }) => {
        const end = ends.known.findLast((one) => one < on);
        return end === undefined ? [] : [businessDaysTo(view, end, on)];
      }),
  );
  const next = (ready: string, cycle: RunCycle): string | null => {
    const local = Temporal.Instant.from(ready).toZonedDateTimeISO(calendar.zone);
    const late = local.hour * 60 + local.minute >= (runs ?? calendar.closesAt);
    const first = addDays(local.toPlainDate().toString(), late ? 1 : 0);
    if (cycle === "monthly")
      return ordinal === null ? null : monthlyRun(view, { first, ordinal, ends });
    return days.size === 0 ? null : weeklyRun(view, first, days);
  };
  const errors = went.flatMap(({ ready, cycle, on }) => {
    const told = ready === null ? null : next(ready, cycle);
    return told === null ? [] : [Math.abs(daysBetween(told, on))];
  });
  return {
    cycleOf,
    next,
    usual: weekly.length * 2 >= went.length ? "twice_weekly" : "monthly",
    error:
      errors.length === 0 ? null : errors.reduce((sum, error) => sum + error, 0) / errors.length,
    cases: errors.length,
  };
}

/** When an invoice was put on a run: the moment that its run became known, else its approval. */
export function readyAt(view: FirmView, invoice: TwinRecord<"invoice">): string | null {
  const told = (field: "billingRunOn" | "approvedOn") =>
    changesOf(view, invoice, field).findLast(({ value }) => value !== null)?.at ?? null;
  return told("billingRunOn") ?? told("approvedOn");
}

/** A run day on a holiday moves to the next business day; so a run may come from the week before. */
function weeklyRun(view: FirmView, first: string, days: ReadonlySet<number>): string {
  for (let day = addDays(first, -7); ; day = addDays(day, 1)) {
    if (!days.has(Temporal.PlainDate.from(day).dayOfWeek)) continue;
    const run = openDay(view, day);
    if (run >= first) return run;
  }
}

function monthlyRun(
  view: FirmView,
  { first, ordinal, ends }: { first: string; ordinal: number; ends: PeriodEnds },
): string | null {
  for (const end of ends.from(addDays(first, -62))) {
    const run = addBusinessDays(view.calendar, end, ordinal);
    if (run >= first) return run;
  }
  return null;
}

type PeriodEnds = {
  readonly known: readonly string[];
  readonly from: (date: string) => readonly string[];
};

/** The ends of billed periods on record, and after the last of them the same day of later months. */
function periodEnds(view: FirmView): PeriodEnds {
  const ends = [
    ...new Set(view.all("invoice").flatMap(({ fields: { periodEnd } }) => periodEnd ?? [])),
  ].toSorted();
  const last = ends.at(-1);
  if (last === undefined) return { known: [], from: () => [] };
  const weekday = Temporal.PlainDate.from(last).dayOfWeek;
  const lastOfMonth = (date: string) => {
    const { month } = Temporal.PlainDate.from(date);
    return Temporal.PlainDate.from(date).add({ days: 7 }).month !== month;
  };
  const byWeekday = ends.every(
    (end) => Temporal.PlainDate.from(end).dayOfWeek === weekday && lastOfMonth(end),
  );
  const later = Array.from({ length: 24 }, (_, index) => {
    const month = Temporal.PlainDate.from(last)
      .with({ day: 1 })
      .add({ months: index + 1 });
    const close = month.with({ day: month.daysInMonth });
    return (
      byWeekday ? close.subtract({ days: (close.dayOfWeek - weekday + 7) % 7 }) : close
    ).toString();
  });
  const all = [...ends, ...later];
  return { known: ends, from: (date) => all.filter((end) => end >= date) };
}

const openDay = (view: FirmView, date: string): string =>
  isBusinessDay(view.calendar, Temporal.PlainDate.from(date))
    ? date
    : addBusinessDays(view.calendar, date, 1);

function businessDaysTo(view: FirmView, from: string, to: string): number {
  let count = 0;
  for (let day = addDays(from, 1); day <= to; day = addDays(day, 1))
    if (isBusinessDay(view.calendar, Temporal.PlainDate.from(day))) count += 1;
  return count;
}

function commonest(values: readonly number[]): number | null {
  const [most] = [...Map.groupBy(values, (value) => value)].toSorted(
    ([one, its], [other, theirs]) => theirs.length - its.length || one - other,
  );
  return most?.[0] ?? null;
}

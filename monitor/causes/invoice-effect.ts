import { addBusinessDays, isBusinessDay } from "#/domain/business-time.ts";
import type { DateEstimate, InvoiceEffect } from "#/domain/what-if.ts";
import { firmClock } from "../civil-time.ts";
import type { Observed } from "../kpi/intake.ts";
import { observed } from "../observed.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { type Alteration, type Pick, type Ready, readyWith } from "./altered-path.ts";
import { billingRuns, type RunCycle } from "./billing-runs.ts";
import { dayOf } from "./draft-conditions.ts";
import type { InvoicePath } from "./invoice-path.ts";
import { addDays, daysBetween, type PaymentHabit, paymentHabit } from "./payment-habit.ts";

export type Effect = {
  readonly effect: InvoiceEffect;
  readonly read: readonly Observed[];
  readonly assumptions: readonly string[];
  readonly gaps: readonly string[];
};

const picks: readonly Pick[] = ["middle", "low", "high"];

/** What an alteration does to one invoice: when it is ready, when it goes out, when the money comes. */
export function effectOn(
  view: FirmView,
  path: InvoicePath,
  {
    alteration,
    offCycle = false,
  }: { readonly alteration: Alteration; readonly offCycle?: boolean },
): Effect {
  const { invoice } = path;
  const runs = billingRuns(view);
  const cycle = runs.cycleOf(invoice);
  const cash = cashOf(view, invoice);
  const follow = (ready: Ready, how: RunCycle | "at once"): string => {
    const day = dayOf(ready.at, view.calendar.zone);
    return how === "at once" ? day : (runs.next(ready.at, how) ?? day);
  };
  const other: RunCycle | "at once" = cycle === runs.usual ? "at once" : runs.usual;
  const timeline = (alter: Alteration, changed: boolean) =>
    picks.map((pick) => {
      const ready = readyWith(view, path, { alteration: alter, pick });
      return { ready, issue: follow(ready, changed && offCycle ? other : cycle) };
    });
  const [was, is] = [timeline({}, false), timeline(alteration, true)];
  const { issuedOn, paidOn } = invoice.fields;
  const moved = is.some(({ issue }, index) => issue !== was[index]?.issue);
  const runError = { error: runs.error, cases: runs.cases };
  const ready = {
    before: estimate(
      was.map(({ ready: { at } }) => dayOf(at, view.calendar.zone)),
      path.readyAt === null ? { error: null, cases: was[0]?.ready.cases ?? 0 } : null,
    ),
    after: estimate(
      is.map(({ ready: { at } }) => dayOf(at, view.calendar.zone)),
      path.readyAt !== null && !moved ? null : { error: null, cases: is[0]?.ready.cases ?? 0 },
    ),
  };
  const issue = {
    before: path.out !== null && issuedOn ? onRecord(issuedOn) : estimate(issues(was), runError),
    after:
      path.out !== null && issuedOn && !moved ? onRecord(issuedOn) : estimate(issues(is), runError),
  };
  const money = (from: DateEstimate): DateEstimate => {
    const days = [cash.lateness, cash.low, cash.high];
    const out = [from.on, from.earliest, from.latest];
    return estimate(
      out.map((day, index) =>
        nextOpen(view, addDays(day, cash.termDays + (days[index] ?? cash.lateness))),
      ),
      { error: cash.error, cases: cash.cases },
    );
  };
  const paid = {
    before: paidOn !== null ? onRecord(paidOn) : money(issue.before),
    after: paidOn !== null && !moved ? onRecord(paidOn) : money(issue.after),
  };
  const clock = firmClock(view.calendar);
  const [before, after] = [was[0]?.ready.at ?? view.asOf, is[0]?.ready.at ?? view.asOf];
  const saved = clock.minutes(after, before) - clock.minutes(before, after);
  const { system, type, id } = invoice.source;
  return {
    effect: {
      invoice: { system, type, id },
      ready,
      issue,
      cash: paid,
      savedDays: saved / clock.dayMinutes,
      cashDaysEarlier: daysBetween(paid.after.on, paid.before.on),
    },
    read: [...cash.read, ...runRead(view, invoice)],
    assumptions: [cash.assumption, ...(offCycle ? [offCycleWords(other)] : [])],
    gaps: [...path.gaps, ...(runs.cases === 0 ? ["No billing run has been seen yet."] : [])],
  };
}

const issues = (timeline: readonly { readonly issue: string }[]) =>
  timeline.map(({ issue }) => issue);

const offCycleWords = (how: RunCycle | "at once"): string =>
  how === "at once"
    ? "It is taken to go out on the day it is ready, without waiting for a run."
    : "It is taken to go out with the run that most invoices of the firm go with.";

const onRecord = (on: string): DateEstimate => ({
  on,
  earliest: on,
  latest: on,
  basis: "record",
  measuredErrorDays: null,
  cases: 0,
});

function estimate(
  [on = "", ...others]: readonly string[],
  how: { readonly error: number | null; readonly cases: number } | null,
): DateEstimate {
  const sorted = [on, ...others].toSorted();
  return {
    on,
    earliest: sorted[0] ?? on,
    latest: sorted.at(-1) ?? on,
    basis: how === null ? "record" : "estimate",
    measuredErrorDays: how?.error ?? null,
    cases: how?.cases ?? 0,
  };
}

type Cash = {
  readonly termDays: number;
  readonly lateness: number;
  readonly low: number;
  readonly high: number;
  readonly error: number | null;
  readonly cases: number;
  readonly read: readonly Observed[];
  readonly assumption: string;
};

/** How long after the issue the money comes: the term, and how late this client is. */
function cashOf(view: FirmView, { source, fields }: TwinRecord<"invoice">): Cash {
  const client = view.get("client", fields.clientId);
  const own =
    fields.issuedOn !== null && fields.dueOn !== null
      ? daysBetween(fields.issuedOn, fields.dueOn)
      : null;
  const term = {
    termDays: own ?? client?.fields.paymentTermDays ?? 0,
    read: [
      observed(source, "issuedOn", fields.issuedOn),
      observed(source, "dueOn", fields.dueOn),
      observed(source, "paidOn", fields.paidOn),
      ...(client
        ? [observed(client.source, "paymentTermDays", client.fields.paymentTermDays)]
        : []),
    ],
  };
  if (fields.paidOn !== null && fields.dueOn !== null) {
    const lateness = daysBetween(fields.dueOn, fields.paidOn);
    return {
      ...term,
      lateness,
      low: lateness,
      high: lateness,
      error: null,
      cases: 1,
      assumption: `The client pays as late as it did: ${lateness} days after the due date.`,
    };
  }
  const habit = paymentHabit(view, fields.clientId);
  const overdue =
    fields.dueOn === null
      ? Number.NEGATIVE_INFINITY
      : daysBetween(fields.dueOn, dayOf(view.asOf, view.calendar.zone));
  const late = (days: number) => Math.max(days, overdue);
  return {
    ...term,
    lateness: late(habit?.middle ?? 0),
    low: late(habit?.low ?? 0),
    high: late(habit?.high ?? 0),
    error: habit?.error ?? null,
    cases: habit?.cases ?? 0,
    assumption: habitWords(habit),
  };
}

const habitWords = (habit: PaymentHabit | null): string =>
  habit === null
    ? "Nobody has paid yet, so payment on the due date is assumed."
    : `${habit.of === "client" ? "This client pays" : "The firm's clients pay"} ${habit.middle} days after the due date in the middle of ${habit.cases} cases.`;

const runRead = (view: FirmView, { source, fields }: TwinRecord<"invoice">): Observed[] => {
  const project = view.get("project", fields.projectId);
  return [
    observed(source, "billingRunOn", fields.billingRunOn),
    ...(project ? [observed(project.source, "billingRun", project.fields.billingRun)] : []),
  ];
};

const nextOpen = ({ calendar }: FirmView, date: string): string =>
  isBusinessDay(calendar, Temporal.PlainDate.from(date))
    ? date
    : addBusinessDays(calendar, date, 1);

import { addBusinessDays } from "#/domain/business-time.ts";
import type { Money } from "#/domain/money.ts";
import type { ChangeOrder, Milestone, Source } from "#/domain/record.ts";
import { civilDays } from "../clocks/civil-days.ts";
import type { Context } from "./context.ts";
import { countOf } from "./count-of.ts";
import type { Receivable } from "./days-sales-outstanding.ts";
import { createSum } from "./exchange-rate.ts";
import { createIntake, type Listing, standingOn } from "./intake.ts";
import { type Kpi, noValue, quotient } from "./kpi.ts";
import { oldestInBusinessDays, oldestInDays } from "./oldest.ts";

type OpenChange = Pick<ChangeOrder, "source" | "state" | "amount" | "raisedOn">;

const isOpen = ({ state }: OpenChange): boolean =>
  state === "draft" || state === "proposed" || state === "client_review";

/** Age of the oldest change order nobody has decided, in business days since it was raised. */
export const openChangeAge = (orders: Listing<OpenChange> | null, context: Context): Kpi =>
  oldestInBusinessDays(
    "open-change-age",
    orders && {
      source: orders.source,
      items: orders.items
        .filter(isOpen)
        .map(({ source, raisedOn }) => ({ source, field: "raisedOn", since: raisedOn })),
    },
    context,
  );

/** Value of the undecided change orders as a share of the budget at completion. */
export function openChangeShare(
  orders: Listing<OpenChange> | null,
  bac: Kpi,
  context: Context,
): Kpi {
  const intake = createIntake();
  const sum = createSum(intake, context.reporting);
  for (const order of intake.list(orders).filter(isOpen))
    sum.add(order.source, "amount", { money: order.amount, on: order.raisedOn ?? context.today });
  const about = {
    kpi: "open-change-share",
    unit: "percent",
    asOf: context.asOf,
    from: [intake, standingOn(bac)],
  } as const;
  const open = orders === null ? null : sum.minor();
  return open === null || bac.numerator === null
    ? noValue(about, "missing-input")
    : quotient(about, open, bac.numerator);
}

/** A sign in a note that work outside the contract was asked for. */
export type ScopeCue = { readonly source: Source; readonly field: string; readonly on: string };

/** Days in which a cue should have led to a change order. */
export const changeOrderGraceDays = 14;

/** What can cover a cue. `decidedOn` null: it is still open. */
type CoveringChange = Pick<OpenChange, "raisedOn"> & { readonly decidedOn?: string | null };

/**
 * Cues older than 14 civil days with no change order raised within 14 days of them, before or after,
 * and none that was open at the time.
 */
export const uncoveredScopeCues = (
  cues: Listing<ScopeCue> | null,
  orders: Listing<CoveringChange> | null,
  context: Context,
): Kpi =>
  countOf(
    "uncovered-scope-cues",
    cues && {
      source: cues.source,
      items: cues.items
        .filter(({ on }) => civilDays(on, context.today) > changeOrderGraceDays)
        .map(({ source, field, on }) => ({
          source,
          field,
          value: on,
          holds: orders === null ? null : !orders.items.some((order) => coversCue(on, order)),
        })),
    },
    context,
  );

const coversCue = (cue: string, { raisedOn, decidedOn }: CoveringChange): boolean => {
  if (raisedOn === null) return false;
  const after = civilDays(cue, raisedOn);
  if (Math.abs(after) <= changeOrderGraceDays) return true;
  // Raised before: it covers the cue as long as nobody had decided it.
  return after < 0 && decidedOn !== undefined && (decidedOn === null || decidedOn >= cue);
};

/** Age of the oldest delivery that is not accepted, in business days; acceptance by silence counts. */
export const unacceptedAge = (
  milestones: Listing<
    Pick<Milestone, "source" | "deliveredOn" | "acceptedOn" | "deemedAcceptedAfterDays">
  > | null,
  context: Context,
): Kpi =>
  oldestInBusinessDays(
    "unaccepted-age",
    milestones && {
      source: milestones.source,
      items: milestones.items.flatMap(
        ({ source, deliveredOn, acceptedOn, deemedAcceptedAfterDays }) => {
          if (deliveredOn === null || acceptedOn !== null || deliveredOn >= context.today)
            return [];
          const deemed =
            deemedAcceptedAfterDays !== null &&
            addBusinessDays(context.calendar, deliveredOn, deemedAcceptedAfterDays) < context.today;
          return deemed ? [] : [{ source, field: "deliveredOn", since: deliveredOn }];
        },
      ),
    },
    context,
  );

/** Value that is ready to be billed and is not; `readyOn` null: nobody says since when. */
export type UnbilledValue = { readonly source: Source; readonly readyOn: string | null };

export const unbilledReadyAge = (values: Listing<UnbilledValue> | null, context: Context): Kpi =>
  oldestInDays(
    "unbilled-ready-age",
    values && {
      source: values.source,
      items: values.items.map(({ source, readyOn }) => ({
        source,
        field: "readyOn",
        since: readyOn,
      })),
    },
    context,
  );

/** An invoice of the month, and whether something blocks it; null: nobody has checked. */
export type MonthInvoice = {
  readonly source: Source;
  readonly value: Money | null;
  readonly on: string;
  readonly blocked: boolean | null;
};

/** Value of the blocked invoices as a share of the month's invoices. */
export function blockedInvoiceShare(invoices: Listing<MonthInvoice> | null, context: Context): Kpi {
  const intake = createIntake();
  const { reporting, asOf } = context;
  const [all, blocked] = [createSum(intake, reporting), createSum(createIntake(), reporting)];
  let judged = 0;
  const listed = intake.list(invoices);
  for (const { source, value, on, blocked: held } of listed) {
    if (intake.need(source, "blocked", held) === null) {
      intake.need(source, "value", value);
      continue;
    }
    if (all.add(source, "value", { money: value, on }) === null) continue;
    judged += 1;
    if (held) blocked.add(source, "value", { money: value, on });
  }
  const about = { kpi: "blocked-invoice-share", unit: "percent", asOf, from: [intake] } as const;
  return invoices === null || (judged === 0 && listed.length > 0)
    ? noValue(about, "missing-input")
    : quotient(about, blocked.minor() ?? 0n, all.minor() ?? 0n);
}

/** Civil days by which the longest overdue receivable is past its due day. */
export const overdueReceivableDays = (
  receivables: Listing<Receivable> | null,
  context: Context,
): Kpi =>
  oldestInDays(
    "overdue-receivable-days",
    receivables && {
      source: receivables.source,
      items: receivables.items
        .filter(({ open, dueOn }) => open?.minor !== 0 && (dueOn === null || dueOn < context.today))
        .map(({ source, dueOn }) => ({ source, field: "dueOn", since: dueOn })),
    },
    context,
  );

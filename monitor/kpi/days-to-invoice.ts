import type { Source } from "#/domain/record.ts";
import { civilDays, eveningOf } from "../clocks/civil-days.ts";
import type { Context } from "./context.ts";
import { type Distribution, distribution } from "./distribution.ts";
import { createIntake, type Listing } from "./intake.ts";
import { type About, type Kpi, measured, noValue } from "./kpi.ts";
import { median } from "./percentile.ts";

/** One invoice's clock. Time and materials start at period close, fixed fees at acceptance. */
export type InvoiceClock = {
  readonly source: Source;
  readonly basis: "period-close" | "acceptance";
  /** Period end or acceptance date. */
  readonly startsOn: string | null;
  /** null: not issued yet. */
  readonly issuedOn: string | null;
};

/** `civilDays` is the median in civil days, the unit DSO is counted in. */
export type DaysToInvoice = Distribution & { readonly civilDays: Kpi };

/** From period close or acceptance to issue, in business days; unissued ones with their age so far. */
export function daysToInvoice(
  invoices: Listing<InvoiceClock> | null,
  context: Context,
): DaysToInvoice {
  const intake = createIntake();
  const started = intake.list(invoices).flatMap((invoice) => {
    const start = intake.need(invoice.source, "startsOn", invoice.startsOn);
    intake.saw(invoice.source, "issuedOn", invoice.issuedOn);
    const duration = start === null ? null : span(start, invoice.issuedOn, context);
    if (start === null || duration === null) return [];
    const end = duration.pending ? context.today : (invoice.issuedOn ?? context.today);
    return [{ ...duration, days: Math.max(0, civilDays(start, end)) }];
  });
  const all = distribution("days-to-invoice", started, { context, from: [intake] });
  const middle = median(started.map(({ days }) => days));
  const about: About = {
    kpi: "days-to-invoice-civil",
    unit: "days",
    asOf: context.asOf,
    from: [intake],
    notes: all.p50.notes,
  };
  return {
    ...all,
    civilDays:
      middle === null ? noValue(about, all.p50.reason ?? "none-found") : measured(about, middle),
  };
}

/** One delivery that waits for the client. */
export type Delivery = {
  readonly source: Source;
  /** null: not delivered; then it does not wait for acceptance. */
  readonly deliveredOn: string | null;
  readonly acceptedOn: string | null;
};

/** From delivery to acceptance, in business days; the wait before the invoice clock even starts. */
export function daysToAcceptance(
  deliveries: Listing<Delivery> | null,
  context: Context,
): Distribution {
  const intake = createIntake();
  const durations = intake.list(deliveries).flatMap((delivery) => {
    if (delivery.deliveredOn === null) return [];
    intake.need(delivery.source, "deliveredOn", delivery.deliveredOn);
    intake.saw(delivery.source, "acceptedOn", delivery.acceptedOn);
    return span(delivery.deliveredOn, delivery.acceptedOn, context) ?? [];
  });
  return distribution("days-to-acceptance", durations, { context, from: [intake] });
}

/** Days end with their evening. null: it has not begun. */
function span(from: string, to: string | null, { calendar, clock, asOf, today }: Context) {
  if (from >= today) return null;
  const pending = to === null || to >= today;
  const end = pending || to === null ? asOf : eveningOf(calendar, to);
  return { minutes: clock.minutes(eveningOf(calendar, from), end), pending };
}

import { dayMs } from "../forecast/case-history.ts";
import type { DayRange } from "../forecast/conformal.ts";
import { forecastCase, type NoForecast } from "../forecast/forecast-case.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { forecastProcess, type ProcessForecast, refusal, withinSeen } from "./forecast-process.ts";
import { processCases } from "./process-cases.ts";
import { paymentMarks } from "./process-definition.ts";
import type { MeasuredForecasts } from "./snapshots.ts";
import type { ForecastModels } from "./train-forecasts.ts";

export type CashForecast = {
  readonly kind: "cash";
  readonly invoiceId: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** null: it is issued already. */
  readonly issue: ProcessForecast | null;
  /** From now until the money is there. */
  readonly remaining: ProcessForecast["remaining"];
  readonly expectedAt: ProcessForecast["expectedAt"];
  readonly support: number;
  /** Of the whole way; null where it is forecast in two: then `parts` say how good each has been. */
  readonly measured: MeasuredForecasts | null;
  readonly parts: {
    readonly issue: MeasuredForecasts | null;
    readonly payment: MeasuredForecasts | null;
  };
  readonly trainedThrough: string;
  readonly evidence: ProcessForecast["evidence"];
};

/**
 * When one invoice goes out and when its money comes. An invoice that is not issued is forecast in two:
 * what holds it now says nothing of how its client pays. The middles are added, and the ranges as
 * those of two things that do not depend on each other.
 */
export function forecastCash(
  models: ForecastModels,
  view: FirmView,
  invoiceId: string,
): CashForecast | NoForecast {
  const invoice = view.get("invoice", invoiceId);
  if (invoice === null) return no("there is no such invoice");
  const { fields } = invoice;
  if (fields.paidOn !== null) return no("it is paid already");
  const known = { models, view, invoice };
  if (fields.issuedOn !== null) {
    const cash = forecastProcess(models, view, { process: "invoice-payment", id: invoiceId });
    return cash.kind === "no-forecast" ? cash : answer(known, { issue: null, cash });
  }
  const issue = forecastProcess(models, view, { process: "invoice-issue", id: invoiceId });
  if (issue.kind === "no-forecast") return issue;
  const payment = paymentOnceIssued(known);
  return payment.kind === "no-forecast"
    ? payment
    : answer(known, { issue, cash: joined(view.asOf, { issue, payment }) });
}

type Known = {
  readonly models: ForecastModels;
  readonly view: FirmView;
  readonly invoice: TwinRecord<"invoice">;
};
type Payment = { readonly remaining: DayRange; readonly support: number };

/** How long the client would take if it were issued today. */
function paymentOnceIssued({
  models,
  view,
  invoice,
}: Known): (Payment & { kind: "payment" }) | NoForecast {
  const trained = models.processes["invoice-payment"];
  const refused = refusal(trained);
  if (refused !== null) return no(refused);
  const { time, model, calibration, definition } = trained;
  // As the firm's own system calls the step with which payment begins.
  const activity = processCases(view, definition, time)[0]?.history.steps[0]?.activity;
  if (activity === undefined) return no("no invoice was ever issued");
  const asOf = time.point(view.asOf);
  const step = { activity, at: asOf, ...paymentMarks(invoice.fields, view) };
  const forecast = forecastCase(model, { id: invoice.id, steps: [step] }, { asOf, calibration });
  if (forecast.kind === "no-forecast") return forecast;
  const remaining = withinSeen(forecast.remaining, { trained, waitedDays: 0 });
  return { kind: "payment", remaining, support: forecast.support };
}

function answer(
  { models, view, invoice: { id, fields } }: Known,
  { issue, cash }: { readonly issue: ProcessForecast | null; readonly cash: ProcessForecast },
): CashForecast {
  const { remaining, expectedAt, support, measured, trainedThrough, evidence } = cash;
  return {
    kind: "cash",
    invoiceId: id,
    amountMinor: fields.totalCents,
    currency: view.get("project", fields.projectId)?.fields.currency ?? view.currency,
    issue,
    remaining,
    expectedAt,
    support,
    measured,
    parts: {
      issue: models.processes["invoice-issue"].measured,
      payment: models.processes["invoice-payment"].measured,
    },
    trainedThrough,
    evidence,
  };
}

function joined(
  asOf: string,
  { issue, payment }: { readonly issue: ProcessForecast; readonly payment: Payment },
): ProcessForecast {
  const issued = calendarDays(asOf, issue);
  const paid = payment.remaining;
  const p50 = issued.p50 + paid.p50;
  const p10 = Math.max(0, p50 - Math.hypot(issued.p50 - issued.p10, paid.p50 - paid.p10));
  const p90 = p50 + Math.hypot(issued.p90 - issued.p50, paid.p90 - paid.p50);
  const at = (days: number) => new Date(Date.parse(asOf) + days * dayMs).toISOString();
  return {
    ...issue,
    process: "invoice-payment",
    remaining: { p10, p50, p90, unit: "days" },
    expectedAt: { p10: at(p10), p50: at(p50), p90: at(p90) },
    breach: null,
    support: Math.min(payment.support, issue.support),
    measured: null,
  };
}

/** Business days until the issue, as days of the calendar. */
function calendarDays(asOf: string, { expectedAt, remaining }: ProcessForecast): DayRange {
  const days = (key: keyof DayRange): number => {
    const at = expectedAt[key];
    return at === null ? remaining[key] : (Date.parse(at) - Date.parse(asOf)) / dayMs;
  };
  return { p10: days("p10"), p50: days("p50"), p90: days("p90") };
}

const no = (reason: string): NoForecast => ({ kind: "no-forecast", reason });

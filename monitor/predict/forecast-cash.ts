import type { NoForecast } from "../forecast/forecast-case.ts";
import type { FirmView } from "../twin/firm-view.ts";
import { forecastProcess, type ProcessForecast } from "./forecast-process.ts";
import type { ForecastModels } from "./train-forecasts.ts";

export type CashForecast = {
  readonly kind: "cash";
  readonly invoiceId: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** null: it is issued already. */
  readonly issue: ProcessForecast | NoForecast | null;
  readonly cash: ProcessForecast;
};

/**
 * When one invoice goes out and when its money comes. An invoice that is not issued is forecast to its
 * payment at once, and not by adding two ranges: what is slow to issue may be quick to pay.
 */
export function forecastCash(
  models: ForecastModels,
  view: FirmView,
  invoiceId: string,
): CashForecast | NoForecast {
  const invoice = view.get("invoice", invoiceId);
  if (invoice === null) return { kind: "no-forecast", reason: "there is no such invoice" };
  const { fields } = invoice;
  if (fields.paidOn !== null) return { kind: "no-forecast", reason: "it is paid already" };
  const issued = fields.issuedOn !== null;
  const cash = forecastProcess(models, view, {
    process: issued ? "invoice-payment" : "invoice-cash",
    id: invoiceId,
  });
  if (cash.kind === "no-forecast") return cash;
  return {
    kind: "cash",
    invoiceId,
    amountMinor: fields.totalCents,
    currency: view.get("project", fields.projectId)?.fields.currency ?? view.currency,
    issue: issued
      ? null
      : forecastProcess(models, view, { process: "invoice-issue", id: invoiceId }),
    cash,
  };
}

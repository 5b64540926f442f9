import type { NoForecast } from "../forecast/forecast-case.ts";
import type { FirmView } from "../twin/firm-view.ts";
import { forecastProcess, type ProcessForecast } from "./forecast-process.ts";
import type { ForecastModels } from "./train-forecasts.ts";

/** When one pending approval will be decided, and how likely it is to pass its limit. */
export function forecastApproval(
  models: ForecastModels,
  view: FirmView,
  id: string,
): ProcessForecast | NoForecast {
  const approval = view.get("approval", id);
  return approval === null
    ? { kind: "no-forecast", reason: "there is no such approval" }
    : forecastProcess(models, view, { process: `approval-${approval.fields.kind}`, id });
}

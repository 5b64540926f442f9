import { observe } from "#/domain/evidence.ts";
import { formatMoney } from "#/domain/money.ts";
import { fieldsOf } from "#/monitor/portfolio/basis.ts";
import { forecastApproval } from "#/monitor/predict/forecast-approval.ts";
import { forecastCash } from "#/monitor/predict/forecast-cash.ts";
import type { ProcessForecast } from "#/monitor/predict/forecast-process.ts";
import { forecastProject } from "#/monitor/predict/forecast-project.ts";
import type { ForecastModels } from "#/monitor/predict/train-forecasts.ts";
import type { FirmView, TwinRecord } from "#/monitor/twin/firm-view.ts";
import type { Figure } from "../operations-services.ts";
import { type Citations, rounded } from "./figures.ts";
import type { FirmNow } from "./firm-picture.ts";

type About = { readonly id: string; readonly citations: Citations };
type Refusal = { readonly kind: "no-forecast"; readonly reason: string };

type Dated = Pick<ProcessForecast, "expectedAt" | "measured" | "evidence"> & {
  readonly remaining: { readonly unit: string };
};

/** No value yet; what is said of it stands on the state of what it is about. */
const blank = (name: string, label: string, { asOf, evidence }: Subject): Figure => ({
  name,
  label,
  value: null,
  unit: "",
  currency: null,
  text: "no forecast",
  reason: null,
  range: null,
  coverage: null,
  asOf,
  evidence,
});

type Subject = Pick<Figure, "asOf" | "evidence">;

function subjectOf(
  view: FirmView,
  kind: "project" | "invoice" | "approval",
  { id, citations }: About,
): Subject {
  const record: TwinRecord | null = view.get(kind, id);
  const field = kind === "project" ? "status" : "state";
  const basis = record ? fieldsOf(record, field as never) : [];
  return { asOf: view.asOf, evidence: citations.of(basis) };
}

const refused = (figure: Figure, { reason }: Refusal): Figure => ({
  ...figure,
  reason: `No forecast: ${reason}.`,
});

/** When something will probably have happened, in civil days, with the range and the measured error. */
function dateFigure(figure: Figure, forecast: Dated | Refusal, citations: Citations): Figure {
  if ("reason" in forecast) return refused(figure, forecast);
  const { expectedAt, measured, evidence } = forecast;
  const day = (at: string | null): string => at?.slice(0, 10) ?? "not foreseeable";
  return {
    ...figure,
    value: day(expectedAt.p50),
    unit: "date",
    text: day(expectedAt.p50),
    range: [day(expectedAt.p10), day(expectedAt.p90)],
    reason: measured ? errorText(measured.meanDays, measured.cases, forecast.remaining.unit) : null,
    evidence: citations.add(evidence),
  };
}

const errorText = (days: number, cases: number, unit: string): string =>
  `Such forecasts missed by ${rounded(days, 1)} ${unit} on average, measured on ${cases} past cases of this firm.`;

/** The end of a project and what its people will have cost. */
export function projectForecastFigures(
  models: ForecastModels,
  { view }: FirmNow,
  about: About,
): Figure[] {
  const { id, citations } = about;
  const found = forecastProject(models, view, id);
  const subject = subjectOf(view, "project", about);
  const end = blank("project-end", "Probable end", subject);
  const cost = blank("cost-at-completion", "Probable cost at the end", subject);
  if (found.kind === "no-forecast") return [refused(end, found)];
  const evidence = citations.add(found.evidence);
  const endFigure: Figure =
    "kind" in found.end
      ? refused(end, found.end)
      : {
          ...end,
          value: found.end.p50,
          unit: "date",
          text: found.end.p50,
          range: [found.end.p10, found.end.p90],
          reason: found.end.measured
            ? errorText(found.end.measured.meanDays, found.end.support, "business days")
            : null,
          evidence,
        };
  if ("kind" in found.cost) return [endFigure, refused(cost, found.cost)];
  const { chosen, low, high, currency, measuredError } = found.cost;
  const money = (minor: number): string => formatMoney({ minor: Math.round(minor), currency });
  return [
    endFigure,
    {
      ...cost,
      value: Math.round(chosen),
      unit: "minor units",
      currency,
      text: money(chosen),
      range: [money(low), money(high)],
      reason:
        measuredError === null
          ? null
          : `Such estimates missed by ${rounded(measuredError * 100, 0)} % on average, on this firm's finished projects.`,
      evidence,
    },
  ];
}

/** When an invoice goes out and when its money comes. */
export function cashFigures(models: ForecastModels, { view }: FirmNow, about: About): Figure[] {
  const { id, citations } = about;
  const found = forecastCash(models, view, id);
  const subject = subjectOf(view, "invoice", about);
  const cash = blank("cash-date", "Probable payment", subject);
  if (found.kind === "no-forecast") return [refused(cash, found)];
  const issue = found.issue
    ? [
        dateFigure(
          blank("issue-date", "Probable issue of the invoice", subject),
          found.issue,
          citations,
        ),
      ]
    : [];
  const invoice = view.get("invoice", id);
  const evidence = invoice
    ? [
        observe(invoice.source, "issuedOn", invoice.fields.issuedOn),
        observe(invoice.source, "totalCents", invoice.fields.totalCents),
      ]
    : [];
  return [...issue, dateFigure(cash, { ...found, evidence }, citations)];
}

/** When a request will be decided, and how likely it is to pass its limit. */
export function approvalFigures(models: ForecastModels, { view }: FirmNow, about: About): Figure[] {
  const { id, citations } = about;
  const found = forecastApproval(models, view, id);
  const subject = subjectOf(view, "approval", about);
  const decision = dateFigure(
    blank("decision-date", "Probable decision", subject),
    found,
    citations,
  );
  if (found.kind === "no-forecast" || found.breach === null) return [decision];
  const { limitDays, share } = found.breach;
  return [
    decision,
    {
      ...blank("breach-chance", `Chance to take longer than ${limitDays} working days`, subject),
      value: Math.round(share * 100),
      unit: "percent",
      text: `${Math.round(share * 100)} %`,
      evidence: decision.evidence,
    },
  ];
}

/** One sentence a figure: `Probable payment: 2027-01-14 (80 %: 2027-01-07 to 2027-02-02).` */
export const forecastStatement = ({ label, text, range, reason, evidence, value }: Figure) => ({
  text:
    value === null
      ? `${label}: ${reason ?? "no forecast"}`
      : `${label}: ${text}${range ? ` (80 times in 100 between ${range[0]} and ${range[1]})` : ""}.${reason ? ` ${reason}` : ""}`,
  evidence,
});

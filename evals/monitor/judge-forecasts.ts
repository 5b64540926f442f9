import { businessDays } from "#/monitor/clocks/civil-days.ts";
import { dayMs, lastAt } from "#/monitor/forecast/case-history.ts";
import { forecastCash } from "#/monitor/predict/forecast-cash.ts";
import { forecastProcess } from "#/monitor/predict/forecast-process.ts";
import { forecastProject } from "#/monitor/predict/forecast-project.ts";
import { processCase, processCases } from "#/monitor/predict/process-cases.ts";
import type { ProcessId } from "#/monitor/predict/process-definition.ts";
import { type ForecastModels, trainForecasts } from "#/monitor/predict/train-forecasts.ts";
import type { FirmView } from "#/monitor/twin/firm-view.ts";
import type { EvalFirm } from "./eval-firm.ts";
import type { Judged } from "./judged.ts";
import { shownRow as row } from "./shown-row.ts";

/** One forecast and what the records said later. Days of its process. */
export type JudgedProcessForecast = {
  readonly process: ProcessId;
  readonly id: string;
  /** Share of the history after which it was asked. */
  readonly asked: number;
  readonly error: number | null;
  readonly dummyError: number | null;
  readonly held: boolean;
  readonly width: number;
  readonly breach: { readonly expected: number; readonly actual: number } | null;
};
export type JudgedEnd = {
  readonly error: number;
  readonly reported: number;
  readonly held: boolean;
};

export type JudgedCost = {
  readonly error: number;
  /** Inside the spread of the estimates; inside the range learnt from finished projects. */
  readonly inSet: boolean;
  readonly inRange: boolean | null;
};

export type JudgedCash = { readonly error: number; readonly held: boolean };

export type ForecastTrial = {
  readonly cash: readonly JudgedCash[];
  readonly forecasts: readonly JudgedProcessForecast[];
  readonly refused: ReadonlyMap<ProcessId, number>;
  readonly ends: readonly JudgedEnd[];
  readonly costs: readonly JudgedCost[];
};

/** Asked after these shares of the history about what was open then. */
const askAt = [0.7, 0.72, 0.74, 0.76, 0.78, 0.8, 0.82, 0.84] as const;

/**
 * Rows over all processes and for each of them. The product learns every night, so the bar is on
 * models learnt from what was known on the day that was asked; learnt once, at 70 % of the history, is
 * shown beside it.
 */
export const judgeForecasts = (firm: EvalFirm): Judged[] =>
  forecastRows({
    learntDaily: [tryForecasts(firm, { learn: "daily" })],
    learntOnce: [tryForecasts(firm, { learn: "once" })],
  });

/** Asks for forecasts as of days of the past and looks up what came of them. */
export function tryForecasts(
  firm: EvalFirm,
  { learn }: { readonly learn: "daily" | "once" },
): ForecastTrial {
  const from = Date.parse(`${firm.firm.since}T00:00:00Z`);
  const to = Date.parse(firm.firm.now);
  const instant = (share: number) => new Date(from + share * (to - from)).toISOString();
  const forecasts: JudgedProcessForecast[] = [];
  const refused = new Map<ProcessId, number>();
  const ends: JudgedEnd[] = [];
  const costs: JudgedCost[] = [];
  let models: ForecastModels | null = null;
  const cash: JudgedCash[] = [];
  let turn = 0;
  for (const view of firm.replay(askAt.map(instant))) {
    if (models === null || learn === "daily") models = trainForecasts(view);
    const asked = askAt[turn] ?? 1;
    turn += 1;
    const trial = { view, models, now: firm.now, asked };
    forecasts.push(...askProcesses(trial, refused));
    cash.push(...askCash(trial));
    if (turn === 1) askProjects(trial, { ends, costs });
  }
  return { forecasts, refused, cash, ends, costs };
}

type Trial = {
  readonly view: FirmView;
  readonly models: ForecastModels;
  readonly now: FirmView;
  readonly asked: number;
};

function askProcesses(
  { view, models, now, asked }: Trial,
  refused: Map<ProcessId, number>,
): JudgedProcessForecast[] {
  return Object.values(models.processes).flatMap(({ definition, time, p50 }) => {
    const process = definition.id;
    const at = time.point(view.asOf);
    return processCases(view, definition, time).flatMap(({ ended, history: { id } }) => {
      if (ended) return [];
      const later = processCase(now, id, { process: definition, time });
      if (!later) return [];
      const forecast = forecastProcess(models, view, { process, id });
      if (forecast.kind === "no-forecast") {
        refused.set(process, (refused.get(process) ?? 0) + 1);
        return [];
      }
      const { p10, p50: middle, p90 } = forecast.remaining;
      const until = later.ended ? lastAt(later.history) : time.point(now.asOf);
      const actual = Math.max(0, until - at) / dayMs;
      // Still open and inside its range: nobody knows yet.
      if (!later.ended && actual <= p90) return [];
      const total = forecast.waitedDays + actual;
      const dummy = Math.max(0, (p50 ?? 0) - forecast.waitedDays);
      return [
        {
          process,
          id,
          asked,
          error: later.ended ? Math.abs(actual - middle) : null,
          dummyError: later.ended ? Math.abs(actual - dummy) : null,
          held: actual >= p10 && actual <= p90,
          width: p90 - p10,
          breach:
            forecast.breach && forecast.waitedDays < forecast.breach.limitDays
              ? {
                  expected: forecast.breach.share,
                  actual: Number(total > forecast.breach.limitDays),
                }
              : null,
        },
      ];
    });
  });
}

/** Money of invoices that were not issued when it was asked for. */
function askCash({ view, models, now }: Trial): JudgedCash[] {
  return view.all("invoice").flatMap(({ id, fields }) => {
    if (fields.issuedOn !== null) return [];
    const forecast = forecastCash(models, view, id);
    const paidOn = now.get("invoice", id)?.fields.paidOn ?? null;
    if (forecast.kind === "no-forecast" || paidOn === null) return [];
    // The records know the day, and money is there in the morning.
    const days = (Date.parse(`${paidOn}T09:00:00Z`) - Date.parse(view.asOf)) / dayMs;
    const { p10, p50, p90 } = forecast.remaining;
    return [{ error: Math.abs(days - p50), held: days >= p10 - 0.5 && days <= p90 + 0.5 }];
  });
}

function askProjects(
  { view, models, now }: Trial,
  { ends, costs }: { ends: JudgedEnd[]; costs: JudgedCost[] },
): void {
  for (const { id } of view.all("project")) {
    const forecast = forecastProject(models, view, id);
    const completedOn = now.get("project", id)?.fields.completedOn ?? null;
    if (forecast.kind === "no-forecast" || completedOn === null) continue;
    const { end, cost } = forecast;
    if (!("kind" in end))
      ends.push({
        error: Math.abs(businessDays(view.calendar, end.p50, completedOn)),
        reported: Math.abs(businessDays(view.calendar, forecast.reportedEndOn, completedOn)),
        held: completedOn >= end.p10 && completedOn <= end.p90,
      });
    if ("kind" in cost) continue;
    const final = finalCost(now, id);
    if (final > 0)
      costs.push({
        error: Math.abs(cost.chosen - final) / final,
        inSet: final >= cost.low && final <= cost.high,
        inRange: cost.learnt && final >= cost.learnt.p10 && final <= cost.learnt.p90,
      });
  }
}

const finalCost = (now: FirmView, projectId: string): number =>
  now.by("timesheet-week", "projectId", projectId).reduce((sum, { fields }) => {
    const rate = now.get("person", fields.personId)?.fields.hourlyCostCents ?? 0;
    return sum + ((fields.loggedMinutes - fields.offPlanMinutes) * rate) / 60;
  }, 0);

/** The trials of several firms as one table. */
export function forecastRows({
  learntDaily: trials,
  learntOnce,
}: {
  readonly learntDaily: readonly ForecastTrial[];
  readonly learntOnce: readonly ForecastTrial[];
}): Judged[] {
  const all = trials.flatMap(({ forecasts }) => forecasts);
  const once = learntOnce.flatMap(({ forecasts }) => forecasts);
  const atCut = once.filter(({ asked }) => asked === askAt[0]);
  const processes = [...new Set(all.map(({ process }) => process))].toSorted();
  const refused = trials.flatMap((trial) => [...trial.refused.values()]);
  const asked = all.length + refused.reduce((sum, count) => sum + count, 0);
  const cash = trials.flatMap((trial) => trial.cash);
  const ends = trials.flatMap((trial) => trial.ends);
  const costs = trials.flatMap((trial) => trial.costs);
  const ranged = costs.flatMap(({ inRange }) => inRange ?? []);
  return [
    ...rowsOf("all processes", all),
    ...processes.flatMap((id) =>
      rowsOf(
        id,
        all.filter(({ process }) => process === id),
      ),
    ),
    row(
      "learnt once at 70 %: 80 % range holds",
      mean(once, ({ held }) => Number(held)),
      once.length,
    ),
    row(
      "learnt and asked at 70 %: 80 % range holds",
      mean(atCut, ({ held }) => Number(held)),
      atCut.length,
    ),
    row("forecasts refused, share", asked === 0 ? null : 1 - all.length / asked, asked),
    row(
      "cash of what is not issued, MAE days",
      mean(cash, ({ error }) => error),
      cash.length,
    ),
    row(
      "cash of what is not issued, 80 % range holds",
      mean(cash, ({ held }) => Number(held)),
      cash.length,
    ),
    row(
      "project end, MAE business days",
      mean(ends, ({ error }) => error),
      ends.length,
    ),
    row(
      "project end, MAE of the lead's own date",
      mean(ends, (one) => one.reported),
      ends.length,
    ),
    row(
      "project end, 80 % range holds",
      mean(ends, ({ held }) => Number(held)),
      ends.length,
    ),
    row(
      "project cost of people, mean absolute share",
      mean(costs, ({ error }) => error),
      costs.length,
    ),
    row(
      "project cost of people inside the set",
      mean(costs, ({ inSet }) => Number(inSet)),
      costs.length,
    ),
    row(
      "project cost of people inside the learnt 80 % range",
      mean(ranged, (held) => Number(held)),
      ranged.length,
    ),
  ];
}

/** The one promise made of these forecasts. Nothing judged is no pass. */
const withinBar = ({ value, ...rest }: Judged): Judged => ({
  ...rest,
  value,
  bar: "0.75-0.85",
  pass: value !== null && value >= 0.75 && value <= 0.85,
});

function rowsOf(name: string, judged: readonly JudgedProcessForecast[]): Judged[] {
  const ended = judged.filter(({ error }) => error !== null);
  const breaches = judged.flatMap(({ breach }) => breach ?? []);
  const base = mean(breaches, ({ actual }) => actual) ?? 0;
  const coverage = row(
    `${name}: 80 % range holds`,
    mean(judged, ({ held }) => Number(held)),
    judged.length,
  );
  return [
    name === "all processes" ? withinBar(coverage) : coverage,
    row(
      `${name}: MAE days`,
      mean(ended, ({ error }) => error ?? 0),
      ended.length,
    ),
    row(
      `${name}: MAE days of the median`,
      mean(ended, ({ dummyError }) => dummyError ?? 0),
      ended.length,
    ),
    row(
      `${name}: width days`,
      mean(judged, ({ width }) => width),
      judged.length,
    ),
    ...(breaches.length === 0
      ? []
      : [
          row(
            `${name}: Brier of the breach`,
            mean(breaches, ({ expected, actual }) => (expected - actual) ** 2),
            breaches.length,
          ),
          row(
            `${name}: Brier of the base rate`,
            mean(breaches, ({ actual }) => (base - actual) ** 2),
            breaches.length,
          ),
        ]),
  ];
}

const mean = <Item>(items: readonly Item[], of: (item: Item) => number): number | null =>
  items.length === 0 ? null : items.reduce((sum, item) => sum + of(item), 0) / items.length;

import type { BackTest, JudgedForecast } from "./back-test.ts";
import type { DayRange } from "./conformal.ts";
import { driftNote, recentCoverage } from "./forecast-record.ts";

/** How good the forecasts of one process are: shown beside every one of them. Days; instants in UTC. */
export type PredictReport = {
  readonly protocol: string;
  readonly modelVersion: string;
  readonly trainedThrough: string;
  readonly trainCases: number;
  readonly testCases: number;
  readonly forecasts: number;
  readonly testedFrom: string;
  readonly testedTo: string;
  readonly meanAbsoluteDays: number;
  readonly dummyMeanAbsoluteDays: number;
  readonly nextStepRight: number;
  readonly coverage: number;
  readonly meanWidthDays: number;
  /** Share of forecasts the product would not have shown. They count in all numbers above. */
  readonly refusedShare: number;
  /** As of the last forecast judged. */
  readonly drift: string | null;
};

export const errorDays = ({ actualDays, raw }: JudgedForecast): number =>
  Math.abs(actualDays - raw.p50);
export const rangeHolds = ({ p10, p90 }: DayRange, days: number): boolean =>
  days >= p10 && days <= p90;
export const meanOf = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0) / Math.max(1, items.length);

export function predictReport({ model, split, judged, shown }: BackTest): PredictReport {
  const testedTo = judged.at(-1)?.madeAt ?? split.cutAt;
  return {
    protocol: split.protocol,
    modelVersion: model.version,
    trainedThrough: iso(split.cutAt),
    trainCases: split.train.length,
    testCases: new Set(judged.map(({ caseId }) => caseId)).size,
    forecasts: judged.length,
    testedFrom: iso(judged[0]?.madeAt ?? split.cutAt),
    testedTo: iso(testedTo),
    meanAbsoluteDays: meanOf(judged, errorDays),
    dummyMeanAbsoluteDays: meanOf(judged, (one) => Math.abs(one.actualDays - one.dummyDays)),
    nextStepRight: meanOf(judged, ({ nextRight }) => Number(nextRight)),
    coverage: meanOf(judged, (one) => Number(rangeHolds(one.rolling, one.actualDays))),
    meanWidthDays: meanOf(judged, ({ rolling }) => rolling.p90 - rolling.p10),
    refusedShare: meanOf(judged, ({ refused }) => Number(refused)),
    drift: driftNote(recentCoverage(shown, testedTo)),
  };
}

const iso = (at: number): string => new Date(at).toISOString();

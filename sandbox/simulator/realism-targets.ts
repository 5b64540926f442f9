import type { FirmMeasures } from "./measure-firm.ts";

/** Where a measure of a firm of size M must lie, on the mean of five seeds. */
export type RealismTarget = {
  readonly measure: keyof FirmMeasures;
  readonly low: number;
  readonly high: number;
};

/** Within 15 per cent of what real firms report or public logs show. */
const near = (measure: keyof FirmMeasures, target: number): RealismTarget => ({
  measure,
  low: target * 0.85,
  high: target * 1.15,
});
const between = (measure: keyof FirmMeasures, low: number, high: number): RealismTarget => ({
  measure,
  low,
  high,
});

export const realismTargets: readonly RealismTarget[] = [
  near("onTimeShare", 0.74),
  near("slipMedian", 12),
  near("utilisation", 0.675),
  near("marginShare", 0.36),
  near("contractMedian", 90_000),
  near("projectWeeksMedian", 14),
  near("lineWaitMedian", 0.85),
  near("lineWaitP90", 3.1),
  near("budgetWaitMedian", 1.8),
  near("budgetWaitP90", 4.6),
  near("acceptanceMedian", 6),
  near("acceptanceP90", 17),
  near("paidLateShare", 0.475),
  near("paymentLatenessMedian", 9),
  near("expenseLagMedian", 5.6),
  near("notesPerProjectWeek", 2.5),
  near("timeAndMaterialsShare", 0.45),
  near("fixedShare", 0.35),
  near("retainerShare", 0.2),
  near("effortMedian", 1.03),
  between("leakageShare", 0.03, 0.07),
  between("returnedShare", 0.1, 0.12),
  between("utilisationSpread", 0.07, 0.14),
  between("slipP90", 25, 48),
  between("daysToInvoiceMedian", 3, 9),
  between("daysToInvoiceP90", 20, 45),
  between("daysSalesOutstanding", 30, 48),
  between("timeByMondayShare", 0.75, 0.92),
  between("lateInvoiceShare", 0.3, 0.6),
];

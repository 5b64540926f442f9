import type { Source } from "#/domain/record.ts";
import { createIntake } from "../kpi/intake.ts";
import { type Kpi, type KpiReason, type KpiUnit, measured, noValue } from "../kpi/kpi.ts";
import { decimal, over, rational } from "../kpi/rational.ts";
import { source } from "../sample-facts.ts";
import type { HealthMeasures, MeasureName } from "./health-measures.ts";
import { measureNames } from "./health-measures.ts";
import type { HealthFacts } from "./project-health.ts";

/* For tests: a measure with a value in its own unit, or without one, on so many of its inputs. */

export const asOf = "2026-11-23T10:00:00Z";

export type Sample = {
  readonly value: number | KpiReason;
  readonly present?: number;
  readonly required?: number;
  readonly system?: Source["system"];
};

const percents: readonly MeasureName[] = [
  "slipPercent",
  "overdueTaskShare",
  "hoursUsed",
  "percentComplete",
  "marginErosion",
  "workAtRiskShare",
  "utilisationVariance",
  "openChangeShare",
  "reworkRate",
  "blockedInvoiceShare",
  "timesheetCompliance",
];

export function measure(name: MeasureName, sample: Sample): Kpi {
  const { value, present = 1, required = present, system = "psa" } = sample;
  const intake = createIntake();
  for (let index = 0; index < required; index += 1) {
    const from = source(system, "record", `${name}-${index}`);
    if (index < present) intake.saw(from, name, typeof value === "number" ? value : null);
    else intake.need(from, name, null);
  }
  const percent = percents.includes(name);
  const unit: KpiUnit = percent ? "percent" : "count";
  const about = { kpi: name, unit, asOf, from: [intake] };
  if (typeof value !== "number") return noValue(about, value);
  return measured(about, percent ? over(decimal(value), rational(100)) : decimal(value));
}

/** A project in perfect order. */
export const calm: Readonly<Record<MeasureName, number | KpiReason>> = {
  spi: 1,
  spiTime: 1,
  slipBusinessDays: 0,
  slipPercent: 0,
  overdueTaskShare: 0,
  milestoneMoves: 0,
  cpi: 1,
  hoursUsed: 50,
  percentComplete: 50,
  marginErosion: 0,
  workAtRiskShare: 0,
  unfilledRoleStart: "none-found",
  overloadedWeeks: 0,
  leavingWithoutCover: 0,
  utilisationVariance: 0,
  openChangeAge: "none-found",
  openChangeShare: 0,
  uncoveredScopeCues: 0,
  unacceptedAge: "none-found",
  reworkRate: 0,
  severeTicketsPastLimit: 0,
  unbilledReadyAge: "none-found",
  blockedInvoiceShare: 0,
  overdueReceivableDays: "none-found",
  timesheetCompliance: 100,
  sponsorSilence: 1,
  lowSatisfactionSigns: 0,
  unmitigatedSponsorChanges: 0,
  oldestPendingApproval: "none-found",
  itemsWithoutOwner: 0,
  itemsWithoutDate: 0,
  brokenDependencies: 0,
  milestonesAfterGoLive: 0,
  staleItems: 0,
};

export type Changes = Partial<Record<MeasureName, Sample | number | null>>;

/** The calm project with some measures changed; null: not measured at all. */
export function measures(changes: Changes = {}): HealthMeasures {
  const entries = measureNames.map((name) => {
    const change = changes[name];
    if (change === null) return [name, null] as const;
    if (change === undefined) return [name, measure(name, { value: calm[name] })] as const;
    return [name, measure(name, typeof change === "number" ? { value: change } : change)] as const;
  });
  return Object.fromEntries(entries) as HealthMeasures;
}

export const healthFacts = (
  changes: Changes = {},
  rest: Partial<HealthFacts> = {},
): HealthFacts => ({
  project: { system: "psa", type: "project", id: "P-1" },
  asOf,
  measures: measures(changes),
  lastRead: { psa: asOf, erp: asOf, crm: asOf, messenger: asOf },
  reported: null,
  previous: null,
  scheduled: true,
  history: [],
  ...rest,
});

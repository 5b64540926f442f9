import type { Kpi } from "../kpi/kpi.ts";

/** What the health rules look at. Each is one KPI of `kpi/`. */
export const measureNames = [
  "spi",
  "spiTime",
  "slipBusinessDays",
  "slipPercent",
  "overdueTaskShare",
  "milestoneMoves",
  "cpi",
  "hoursUsed",
  "percentComplete",
  "marginErosion",
  "workAtRiskShare",
  "unfilledRoleStart",
  "overloadedWeeks",
  "leavingWithoutCover",
  "utilisationVariance",
  "openChangeAge",
  "openChangeShare",
  "uncoveredScopeCues",
  "unacceptedAge",
  "reworkRate",
  "severeTicketsPastLimit",
  "unbilledReadyAge",
  "blockedInvoiceShare",
  "overdueReceivableDays",
  "timesheetCompliance",
  "sponsorSilence",
  "lowSatisfactionSigns",
  "unmitigatedSponsorChanges",
  "oldestPendingApproval",
  "itemsWithoutOwner",
  "itemsWithoutDate",
  "brokenDependencies",
  "milestonesAfterGoLive",
  "staleItems",
] as const;
export type MeasureName = (typeof measureNames)[number];

/** null: it could not be measured at all, because its source is not connected or not read. */
export type HealthMeasures = Readonly<Record<MeasureName, Kpi | null>>;

/** Somebody working above this share of the available time is overloaded (RES-2). */
export const overloadPercent = 110;

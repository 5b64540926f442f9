import type { MeasureName } from "#/monitor/health/health-measures.ts";
import { measureProject } from "#/monitor/portfolio/measure-project.ts";
import type { TwinRecord } from "#/monitor/twin/firm-view.ts";
import type { Figure } from "../operations-services.ts";
import { type Citations, figureOf } from "./figures.ts";
import type { FirmNow } from "./firm-picture.ts";

/** What a delivery lead looks at first, in that order. */
const shown: readonly (readonly [MeasureName, string])[] = [
  ["percentComplete", "Complete"],
  ["hoursUsed", "Hours used"],
  ["cpi", "Cost performance"],
  ["spi", "Schedule performance"],
  ["marginErosion", "Margin lost since the sale"],
  ["slipBusinessDays", "Slip of the next contractual milestone"],
  ["workAtRiskShare", "Work on unsigned change"],
  ["unbilledReadyAge", "Oldest ready value that is not billed"],
  ["overdueReceivableDays", "Longest overdue receivable"],
  ["timesheetCompliance", "Timesheet compliance"],
  ["oldestPendingApproval", "Oldest pending approval"],
  ["sponsorSilence", "Days since the sponsor was heard"],
];

export function projectFigures(
  { view }: FirmNow,
  project: TwinRecord<"project">,
  citations: Citations,
): Figure[] {
  const measures = measureProject(view, project.id);
  return shown.flatMap(([name, label]) => {
    const kpi = measures[name];
    return kpi === null ? [] : [figureOf(kpi, label, citations)];
  });
}

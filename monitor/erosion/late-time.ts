import { businessDays, civilDays, dateIn } from "../clocks/civil-days.ts";
import type { Observed } from "../kpi/intake.ts";
import { rational, rounded } from "../kpi/rational.ts";
import type { FirmView } from "../twin/firm-view.ts";
import type { ProjectEffort } from "./project-effort.ts";

/** Handed in more than this many business days after it was due, and no longer ago than that. */
const late = { businessDays: 5, withinDays: 30 } as const;

/**
 * Cost of weeks that came in late last month. A margin that was looked at before them fell when they
 * came, though nothing had happened then.
 */
export function lateTime(
  view: FirmView,
  { weeks }: ProjectEffort,
): { readonly code: "MAR-12"; readonly minor: number; readonly inputs: readonly Observed[] } {
  const today = dateIn(view.calendar.zone, view.asOf);
  let cost = 0n;
  const inputs: Observed[] = [];
  for (const { record, person } of weeks) {
    const { submittedOn, dueOn, loggedMinutes } = record.fields;
    if (submittedOn === null || civilDays(submittedOn, today) > late.withinDays) continue;
    if (businessDays(view.calendar, dueOn, submittedOn) <= late.businessDays) continue;
    cost += BigInt(loggedMinutes) * BigInt(person.fields.hourlyCostCents);
    inputs.push({ source: record.source, field: "submittedOn", value: submittedOn });
  }
  return { code: "MAR-12", minor: -Number(rounded(rational(cost, 60))), inputs };
}

import type { Source } from "#/domain/record.ts";
import type { Context } from "./context.ts";
import { createIntake, type Listing } from "./intake.ts";
import { type Kpi, noValue, quotient } from "./kpi.ts";

/** A period of civil dates, both ends included. */
export type Period = { readonly from: string; readonly to: string };

/** Close to domain's Milestone; `due` is the baseline date. */
export type DueMilestone = {
  readonly source: Source;
  readonly due: string | null;
  readonly acceptedOn: string | null;
};

/**
 * Accepted by the baseline date, of all that were due in the period. An open milestone counts as
 * soon as its day is over, so waiting does not look like punctuality.
 */
export function onTimeMilestones(
  milestones: Listing<DueMilestone> | null,
  period: Period,
  { asOf, today }: Context,
): Kpi {
  const intake = createIntake();
  let [due, onTime] = [0, 0];
  for (const milestone of intake.list(milestones)) {
    const day = intake.need(milestone.source, "due", milestone.due);
    if (day === null || day < period.from || day > period.to || day >= today) continue;
    due += 1;
    intake.saw(milestone.source, "acceptedOn", milestone.acceptedOn);
    if (milestone.acceptedOn !== null && milestone.acceptedOn <= day) onTime += 1;
  }
  const about = { kpi: "on-time-milestones", unit: "percent", asOf, from: [intake] } as const;
  return milestones === null ? noValue(about, "missing-input") : quotient(about, onTime, due);
}

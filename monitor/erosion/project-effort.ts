import { dateIn } from "../clocks/civil-days.ts";
import type { Observed } from "../kpi/intake.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";

/** Minutes, and minutes times cents per hour: 1/60 of a cent, so that every sum stays whole. */
export type EffortSum = { readonly minutes: number; readonly sixtiethCents: bigint };

/** One person's week on the project, with what an hour of theirs costs. */
export type WorkedWeek = {
  readonly record: TwinRecord<"timesheet-week">;
  readonly person: TwinRecord<"person">;
  readonly inPlanMinutes: number;
  readonly offPlanMinutes: number;
  /** Chargeable, of the minutes in the plan. */
  readonly billableMinutes: number;
};

export type ProjectEffort = {
  readonly weeks: readonly WorkedWeek[];
  readonly inPlan: EffortSum;
  readonly offPlan: EffortSum;
  /** Expected of people for weeks that are over and not handed in: the cost is behind. */
  readonly owed: EffortSum;
  /** Weeks whose person we do not know, so that their cost is missing. */
  readonly unknownCost: number;
  readonly inputs: readonly Observed[];
};

/**
 * The work on one project, handed in by the view's instant, at cost. `through` (a civil date) leaves
 * out the weeks that begin later.
 */
export function projectEffort(
  view: FirmView,
  projectId: string,
  { through }: { readonly through?: string } = {},
): ProjectEffort {
  const today = dateIn(view.calendar.zone, view.asOf);
  const weeks: WorkedWeek[] = [];
  const inputs: Observed[] = [];
  const sums = { inPlan: zero(), offPlan: zero(), owed: zero() };
  let unknownCost = 0;
  for (const record of view.by("timesheet-week", "projectId", projectId)) {
    const { fields, source } = record;
    if (through !== undefined && fields.week > through) continue;
    const person = view.get("person", fields.personId);
    if (person === null) {
      unknownCost += 1;
      continue;
    }
    const rate = person.fields.hourlyCostCents;
    if (fields.state === "missing" || fields.state === "rejected") {
      if (fields.dueOn < today && fields.expectedMinutes > 0) {
        add(sums.owed, fields.expectedMinutes, rate);
        inputs.push({ source, field: "expectedMinutes", value: fields.expectedMinutes });
      }
      continue;
    }
    const offPlanMinutes = Math.min(fields.offPlanMinutes, fields.loggedMinutes);
    const inPlanMinutes = fields.loggedMinutes - offPlanMinutes;
    const billableMinutes = Math.min(fields.billableMinutes, inPlanMinutes);
    add(sums.inPlan, inPlanMinutes, rate);
    add(sums.offPlan, offPlanMinutes, rate);
    weeks.push({ record, person, inPlanMinutes, offPlanMinutes, billableMinutes });
    inputs.push({ source, field: "loggedMinutes", value: fields.loggedMinutes });
  }
  return { weeks, ...sums, unknownCost, inputs };
}

type Adding = { minutes: number; sixtiethCents: bigint };
const zero = (): Adding => ({ minutes: 0, sixtiethCents: 0n });
function add(sum: Adding, minutes: number, centsPerHour: number): void {
  sum.minutes += minutes;
  sum.sixtiethCents += BigInt(minutes) * BigInt(centsPerHour);
}

export const joined = (one: EffortSum, other: EffortSum): EffortSum => ({
  minutes: one.minutes + other.minutes,
  sixtiethCents: one.sixtiethCents + other.sixtiethCents,
});

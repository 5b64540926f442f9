import { type Calendar, type Day, mondayOf } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import type { InterventionKind } from "./intervention-kinds.ts";
import type { ProjectPlan } from "./staffing-plan.ts";

/** One thing that moved the plan, in business days, felt from its day on. */
export type Slip = {
  readonly kind: InterventionKind | "chance" | "effort";
  readonly from: Day;
  readonly businessDays: number;
  readonly source: string | null;
};
export type Week = {
  readonly monday: Day;
  /** Worked time as a multiple of the planned share. */
  readonly intensity: number;
  readonly paused: boolean;
};
export type MilestoneDelivery = {
  readonly id: string;
  readonly name: string;
  readonly share: number;
  readonly contractual: boolean;
  readonly baseline: Day;
  /** The day by which the client must have accepted. */
  readonly due: Day;
  readonly delivered: Day;
};

/** How the work really went. Dates may lie after today: then they are still to come. */
export type Delivery = {
  readonly start: Day;
  readonly plannedEnd: Day;
  readonly end: Day;
  readonly effortRatio: number;
  readonly slips: readonly Slip[];
  readonly weeks: readonly Week[];
  readonly milestones: readonly MilestoneDelivery[];
  /** Business days between the last baseline and the last delivery. */
  readonly lateness: number;
};

/** Contractual time to accept, in business days. */
const acceptanceDays = 10;
/** A team cannot work more than this above plan; beyond it the work takes longer instead. */
const densest = 1.3;

export function deliver({ setting, circumstances }: Cast, plan: ProjectPlan): Delivery {
  const { calendar } = setting;
  const draws = setting.draws.of("delivery", plan.id);
  const ever = (kind: InterventionKind) => circumstances.ever(kind, plan.id);
  const signature = ever("late-signature");
  const handoff = ever("handoff-stalls");
  const shift = Math.ceil(((signature?.strength ?? 0) + (handoff?.strength ?? 0)) / 5) * 7;
  const start = plan.start + shift;
  const pause = ever("client-pauses");
  const pauseWeeks = pause ? Math.round(pause.strength / 5) : 0;
  const plannedEnd = plan.plannedEnd + pauseWeeks * 7;

  const tail = draws.chance("tail", 0.085);
  const natural = tail
    ? Math.min(4, 1.25 * (1 - draws.uniform("pareto")) ** (-1 / 2.2))
    : draws.lognormal("effort", 1.02, 0.11);
  const factor = ["estimate-missed", "sold-too-low", "work-redone"] as const;
  const effortRatio = factor.reduce((ratio, kind) => ratio * (ever(kind)?.strength ?? 1), natural);
  const overrunDays = Math.max(0, (effortRatio / densest - 1) * plan.weeks * 5 * 0.45);

  const slips: Slip[] = [
    ...(["key-person-rolls-off", "client-input-late", "technical-block"] as const).flatMap(
      (kind) => {
        const change = ever(kind);
        return change
          ? [{ kind, from: change.from, businessDays: change.strength, source: change.id }]
          : [];
      },
    ),
    ...(shift > 0
      ? [
          {
            kind: signature ? ("late-signature" as const) : ("handoff-stalls" as const),
            from: plan.start,
            businessDays: (shift / 7) * 5,
            source: (signature ?? handoff)?.id ?? null,
          },
        ]
      : []),
    ...(overrunDays > 0
      ? [
          {
            kind: "effort" as const,
            from: start + Math.round(plan.weeks * 3),
            businessDays: overrunDays,
            source: factor.map(ever).find((change) => change !== null)?.id ?? null,
          },
        ]
      : []),
    ...(draws.chance("late", 0.13) && overrunDays === 0
      ? [
          {
            kind: "chance" as const,
            from: start + Math.round(draws.uniform("late from") * plan.weeks * 5),
            businessDays: draws.lognormal("slip", 10.5, 0.95),
            source: null,
          },
        ]
      : []),
  ];
  const total = slips.reduce((sum, slip) => sum + slip.businessDays, 0);
  const end = total < 0.5 ? plannedEnd : calendar.addDays(plannedEnd, Math.round(total));
  const workWeeks = Math.max(1, Math.round((mondayOf(end) - start) / 7) + 1 - pauseWeeks);
  const intensity = Math.min(1.6, (effortRatio * plan.weeks) / workWeeks);
  const pausedFrom = pause ? mondayOf(pause.from) : 0;
  const weeks = Array.from({ length: workWeeks + pauseWeeks }, (_, index): Week => {
    const monday = start + index * 7;
    const paused = pauseWeeks > 0 && monday >= pausedFrom && monday < pausedFrom + pauseWeeks * 7;
    return { monday, paused, intensity: paused ? 0 : intensity };
  });
  const milestones = milestonesOf({
    plan,
    draws,
    calendar,
    slips,
    names: setting.pack.deliverables,
    paused: { from: pausedFrom, weeks: pauseWeeks },
  });
  const last = milestones.at(-1);
  const lateness = last ? calendar.businessDaysIn(last.baseline, last.delivered) : 0;
  return { start, plannedEnd, end, effortRatio, slips, weeks, milestones, lateness };
}

type Basis = {
  readonly plan: ProjectPlan;
  readonly draws: ReturnType<Cast["setting"]["draws"]["of"]>;
  readonly calendar: Calendar;
  readonly slips: readonly Slip[];
  readonly names: readonly string[];
  readonly paused: { readonly from: Day; readonly weeks: number };
};

function milestonesOf({ plan, draws, calendar, slips, names, paused }: Basis): MilestoneDelivery[] {
  const contractual = plan.billing === "fixed";
  const count = contractual
    ? Math.min(5, Math.max(2, Math.round(plan.weeks / 5)))
    : Math.min(4, Math.max(1, Math.round(plan.weeks / 7)));
  const length = calendar.businessDaysIn(plan.start, plan.plannedEnd);
  const shares = Array.from(
    { length: count },
    (_, index) => 1 + 0.3 * draws.uniform(`share/${index}`) + (index === count - 1 ? 0.3 : 0),
  );
  const total = shares.reduce((sum, share) => sum + share, 0);
  let previous = 0;
  return shares.map((share, index) => {
    const fraction = (index + 1) / count;
    const agreed = calendar.addDays(plan.start, Math.round(length * fraction));
    // A pause that the client asked for moves the agreed date along.
    const baseline =
      paused.weeks > 0 && agreed >= paused.from
        ? calendar.addDays(agreed, paused.weeks * 5)
        : agreed;
    const slipped = slips.reduce((sum, slip) => {
      if (slip.from > baseline) return sum;
      return sum + (slip.kind === "effort" ? slip.businessDays * fraction ** 2 : slip.businessDays);
    }, 0);
    const noise = Math.min(4, Math.abs(1.3 * draws.normal(`noise/${index}`)));
    const delivered = Math.max(
      calendar.addDays(baseline, Math.round(slipped - (slipped > 0.5 ? 0 : noise))),
      previous + 1,
    );
    previous = delivered;
    return {
      id: `${plan.id}-M${index + 1}`,
      name: names[(index + plan.weeks) % names.length] ?? `Stage ${index + 1}`,
      share: share / total,
      contractual,
      baseline,
      due: contractual ? calendar.addDays(baseline, acceptanceDays) : baseline,
      delivered: calendar.isBusinessDay(delivered) ? delivered : calendar.addDays(delivered, 0),
    };
  });
}

import { at, dayOf, type Moment } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import type { Delivery, MilestoneDelivery } from "./delivery.ts";
import type { Log } from "./events.ts";
import type { ProjectPlan } from "./staffing-plan.ts";

export type AcceptedMilestone = MilestoneDelivery & {
  readonly amountCents: number;
  readonly deliveredAt: Moment;
  readonly acceptedAt: Moment;
  readonly bySilence: boolean;
  /** The change of circumstances behind a slow acceptance. */
  readonly source: string | null;
};

/** Plans, delivers and has the client accept every milestone. Forecasts move as the lead sees the slip. */
export function acceptMilestones(
  cast: Cast,
  log: Log,
  { plan, delivery }: { plan: ProjectPlan; delivery: Delivery },
): AcceptedMilestone[] {
  return delivery.milestones.map((milestone) => {
    const accepted = clientAccepts(cast, plan, milestone);
    writeMilestone(cast, log, { plan, delivery, milestone: accepted });
    return accepted;
  });
}

function clientAccepts(
  { setting, circumstances }: Cast,
  plan: ProjectPlan,
  milestone: MilestoneDelivery,
): AcceptedMilestone {
  const { calendar } = setting;
  const draws = setting.draws.of("milestone", milestone.id);
  const deliveredAt = calendar.add(
    at(milestone.delivered, 9 * 60),
    0.5 + 0.45 * draws.uniform("hour"),
  );
  const amountCents = milestone.contractual
    ? Math.round((plan.valueCents * milestone.share) / 100) * 100
    : 0;
  const common = { ...milestone, amountCents, deliveredAt };
  if (!milestone.contractual)
    return { ...common, acceptedAt: deliveredAt + 30, bySilence: false, source: null };
  const client = circumstances.on("acceptance-slower", plan.client.id, milestone.delivered);
  const waits = circumstances.on("acceptance-waits", plan.id, milestone.delivered);
  const redone = circumstances.on("work-redone", plan.id, milestone.delivered);
  const days =
    draws.lognormal("acceptance", 5.6, 0.72) *
      plan.client.acceptanceFactor *
      (client?.strength ?? 1) +
    (waits?.strength ?? 0) +
    (redone ? 8 : 0);
  const silence = plan.client.deemedAcceptedAfterDays;
  const bySilence = silence !== null && silence < days;
  const acceptedAt = calendar.add(deliveredAt, Math.min(days, silence ?? days, 120));
  return { ...common, acceptedAt, bySilence, source: (waits ?? client ?? redone)?.id ?? null };
}

function writeMilestone(
  cast: Cast,
  log: Log,
  {
    plan,
    delivery,
    milestone,
  }: { plan: ProjectPlan; delivery: Delivery; milestone: AcceptedMilestone },
): void {
  const { calendar } = cast.setting;
  const { id, baseline, delivered } = milestone;
  const links = { project: plan.id, client: plan.client.id };
  const created = at(plan.start - 10, 11 * 60);
  log.opened("milestone", id, {
    when: { occurred: created },
    fields: {
      projectId: plan.id,
      name: milestone.name,
      baselineOn: calendar.date(baseline),
      forecastOn: calendar.date(baseline),
      due: milestone.contractual ? calendar.date(milestone.due) : null,
      deliveredOn: null,
      acceptedOn: null,
      deemedAcceptedAfterDays: plan.client.deemedAcceptedAfterDays,
      amountCents: milestone.amountCents,
      contractual: milestone.contractual,
    },
    links,
  });
  for (const move of forecastMoves(cast, { plan, delivery }, milestone))
    log.changed("milestone", id, {
      what: "forecast",
      when: { occurred: move.at },
      fields: { forecastOn: calendar.date(move.forecast) },
      links,
    });
  log.changed("milestone", id, {
    what: "delivered",
    when: { occurred: milestone.deliveredAt },
    links,
    fields: { deliveredOn: calendar.date(delivered), forecastOn: calendar.date(delivered) },
  });
  log.changed("milestone", id, {
    what: "accepted",
    when: { occurred: milestone.acceptedAt, recorded: milestone.acceptedAt + 45 },
    links,
    fields: { acceptedOn: calendar.date(dayOf(milestone.acceptedAt)) },
  });
}

/** Each slip reaches the forecast in two or three steps, a week or so after it began. */
function forecastMoves(
  cast: Cast,
  { plan, delivery }: { plan: ProjectPlan; delivery: Delivery },
  { id, baseline, delivered }: AcceptedMilestone,
): { at: Moment; forecast: number }[] {
  const { calendar, draws: root } = cast.setting;
  const late = calendar.businessDaysIn(baseline, delivered);
  if (late < 2) return [];
  const draws = root.of("forecast", id);
  const began =
    delivery.slips
      .filter(({ from }) => from <= baseline)
      .toSorted((one, other) => one.from - other.from)[0]?.from ?? baseline - 10;
  const steps = late > 12 ? 3 : late > 5 ? 2 : 1;
  return Array.from({ length: steps }, (_, step) => {
    const share = (step + 1) / steps;
    const seen = Math.max(began, plan.start + 5) + draws.between(`lag/${step}`, 5, 11) + step * 9;
    return {
      at: calendar.add(at(seen, 16 * 60), 0.05),
      forecast: calendar.addDays(baseline, Math.round(late * share)),
    };
  }).filter(
    (move) =>
      dayOf(move.at) < delivered &&
      !cast.circumstances.on("plan-untended", plan.id, dayOf(move.at)),
  );
}

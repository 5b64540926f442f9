import type { ApprovalOutcome } from "./approval.ts";
import { at, type Day, dayOf, type Moment, mondayOf } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import { decideApproval } from "./decide-approval.ts";
import type { Delivery } from "./delivery.ts";
import type { Log } from "./events.ts";
import type { ProjectPlan } from "./staffing-plan.ts";

/** A wish of the client beyond the contract; `number` is null where it was done as a favour. */
export type ChangeRequest = {
  readonly id: string;
  readonly number: string | null;
  readonly minutes: number;
  readonly amountCents: number;
  readonly workFrom: Day;
  readonly raisedAt: Moment;
  readonly decidedAt: Moment;
  readonly agreed: boolean;
  readonly approval: ApprovalOutcome | null;
  readonly source: string | null;
};

const titles = [
  "Second site",
  "Extra interface",
  "More training days",
  "Additional report",
  "Longer test phase",
  "Further data cleansing",
] as const;

/** Changes of scope: about one in three project months; some get an order, some late, some never. */
export function changeScope(
  cast: Cast,
  log: Log,
  work: { plan: ProjectPlan; delivery: Delivery },
): ChangeRequest[] {
  const { plan, delivery } = work;
  if (plan.billing === "retainer") return [];
  const draws = cast.setting.draws.of("scope", plan.id);
  const months = (delivery.end - delivery.start) / 30.4;
  const count = Math.min(9, draws.poisson("changes", 0.35 * months));
  const spread = (name: string): Day =>
    delivery.start + 7 + Math.round(draws.uniform(name) * 0.8 * (delivery.end - delivery.start));
  const wishes: Wish[] = Array.from({ length: count }, (_, index) => ({
    index,
    asked: spread(`day/${index}`),
    size: 0.02 + 0.05 * draws.uniform(`size/${index}`),
    form: draws.weighted<Wish["form"]>(`form/${index}`, [
      ["order", 55],
      ["late order", 30],
      ["favour", 15],
    ]),
    source: null,
    extraDays: 0,
  }));
  const absorbed = cast.circumstances.ever("scope-absorbed", plan.id);
  if (absorbed)
    wishes.push({
      index: count + 1,
      asked: absorbed.from,
      size: absorbed.strength,
      form: "favour",
      source: absorbed.id,
      extraDays: 0,
    });
  const unsigned = cast.circumstances.ever("change-unsigned", plan.id);
  if (unsigned)
    wishes.push({
      index: count,
      asked: unsigned.from,
      size: 0.07,
      form: "order",
      source: unsigned.id,
      extraDays: unsigned.strength,
    });
  return wishes.map((wish) => playWish(cast, log, { ...work, wish }));
}

type Wish = {
  readonly index: number;
  readonly asked: Day;
  readonly size: number;
  readonly form: "order" | "late order" | "favour";
  readonly source: string | null;
  readonly extraDays: number;
};

function playWish(
  cast: Cast,
  log: Log,
  { plan, wish }: { plan: ProjectPlan; wish: Wish },
): ChangeRequest {
  const { calendar } = cast.setting;
  const id = `CO-${plan.id}-${wish.index + 1}`;
  const draws = cast.setting.draws.of("change", id);
  const minutes = Math.round((plan.budgetMinutes * wish.size) / 60) * 60;
  const amountCents = Math.round((plan.valueCents * wish.size) / 100_00) * 100_00;
  const asked = calendar.add(at(wish.asked, 10 * 60), 0.2);
  const workFirst =
    wish.form !== "order" || wish.source !== null || draws.chance("work first", 0.45);
  if (wish.form === "favour")
    return {
      id,
      number: null,
      minutes,
      amountCents,
      workFrom: mondayOf(wish.asked),
      raisedAt: asked,
      decidedAt: asked,
      agreed: false,
      approval: null,
      source: wish.source,
    };

  const raisedAt =
    wish.form === "order" ? asked : calendar.add(asked, draws.lognormal("formalised", 12, 0.4));
  const number = `CR-${plan.id.slice(1)}-${wish.index + 1}`;
  const links = { project: plan.id, client: plan.client.id };
  const base = {
    projectId: plan.id,
    number,
    title: draws.pick("title", titles),
    amountCents,
    minutes,
    raisedOn: calendar.date(dayOf(raisedAt)),
  };
  log.opened("change-order", id, {
    what: "raised",
    when: { occurred: raisedAt },
    links,
    fields: { ...base, state: "draft", sentOn: null, decidedOn: null, workStartedOn: null },
  });
  const approval = decideApproval(cast, log, {
    id: `AP-${id}`,
    kind: "change_order",
    subjectType: "change-order",
    subjectId: id,
    projectId: plan.id,
    clientId: plan.client.id,
    amountCents,
    requesterId: plan.leadId,
    approverId: financeLead(cast, plan),
    pace: "budget",
    requestedAt: raisedAt,
  });
  const sent = approval.decidedAt;
  log.changed("change-order", id, {
    what: "sent",
    when: { occurred: sent },
    fields: { state: "client_review", sentOn: calendar.date(dayOf(sent)) },
    links,
  });
  const slower =
    cast.circumstances.on("acceptance-slower", plan.client.id, dayOf(sent))?.strength ?? 1;
  const decidedAt = calendar.add(
    sent,
    draws.lognormal("client", 4, 0.7) * plan.client.acceptanceFactor ** 0.5 * slower +
      wish.extraDays,
  );
  const agreed = draws.chance("agreed", 0.86);
  const workFrom = workFirst ? mondayOf(wish.asked) : mondayOf(dayOf(decidedAt)) + 7;
  const started = calendar.add(at(workFrom, 9 * 60), 0);
  const work = () =>
    log.changed("change-order", id, {
      what: "work-started",
      when: { occurred: Math.max(started, raisedAt), recorded: Math.max(started, raisedAt) },
      fields: { workStartedOn: calendar.date(workFrom) },
      links,
    });
  const decide = () =>
    log.changed("change-order", id, {
      what: agreed ? "approved" : "declined",
      when: { occurred: decidedAt, recorded: decidedAt + 30 },
      fields: {
        state: agreed ? "approved" : "rejected",
        decidedOn: calendar.date(dayOf(decidedAt)),
      },
      links,
    });
  if (workFirst) work();
  decide();
  if (!workFirst && agreed) work();
  return {
    id,
    number,
    minutes,
    amountCents,
    workFrom,
    raisedAt,
    decidedAt,
    agreed,
    approval,
    source: wish.source,
  };
}

/** The finance lead who looks after this project. */
export function financeLead(cast: Cast, plan: ProjectPlan): string {
  const leads = cast.people.filter(({ role }) => role === "finance_lead");
  const index = Number(plan.id.slice(1)) % leads.length;
  return leads[index]?.id ?? plan.leadId;
}

/** Weeks over which a change is worked. */
export const changeWeeks = 3;

/** Minutes of change work by week. Work that waits for a decision that never comes is not done. */
export function offPlanWork(
  changes: readonly ChangeRequest[],
  delivery: Delivery,
): Map<Day, { minutes: number }> {
  const work = new Map<Day, { minutes: number }>();
  for (const change of changes) {
    if (!workDone(change)) continue;
    for (let week = 0; week < changeWeeks; week += 1) {
      const monday = Math.min(
        change.workFrom + week * 7,
        delivery.weeks.at(-1)?.monday ?? change.workFrom,
      );
      const minutes = (work.get(monday)?.minutes ?? 0) + change.minutes / changeWeeks;
      work.set(monday, { minutes });
    }
  }
  return work;
}

export const workDone = (change: ChangeRequest): boolean =>
  change.number === null || change.agreed || change.workFrom < dayOf(change.decidedAt);

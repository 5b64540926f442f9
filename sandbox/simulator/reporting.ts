import { at, type Calendar, type Moment } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import type { Delivery } from "./delivery.ts";
import type { Log } from "./events.ts";
import type { ProjectPlan } from "./staffing-plan.ts";
import type { Sheet } from "./timesheets.ts";

/** How a project really stood at the end of a week. */
export type TrueState = {
  readonly day: number;
  /** 0 … 1 of the work. */
  readonly complete: number;
  readonly burn: number;
  /** Business days of slip that have come so far. */
  readonly slip: number;
  readonly level: "green" | "amber" | "red";
};

/** Tells every Friday what the lead reports, and returns what was true. */
export function report(
  cast: Cast,
  log: Log,
  work: { plan: ProjectPlan; delivery: Delivery; sheets: readonly Sheet[] },
): TrueState[] {
  const { plan, delivery, sheets } = work;
  const { calendar } = cast.setting;
  const lead = cast.person(plan.leadId);
  const total = sheets.reduce(
    (sum, { loggedMinutes, offPlanMinutes }) => sum + loggedMinutes - offPlanMinutes,
    0,
  );
  const weekly = Map.groupBy(sheets, ({ week }) => week);
  const states: TrueState[] = [];
  let inPlan = 0;
  let logged = 0;
  for (const { monday } of delivery.weeks) {
    for (const sheet of weekly.get(monday) ?? []) {
      logged += sheet.loggedMinutes;
      inPlan += sheet.loggedMinutes - sheet.offPlanMinutes;
    }
    const complete = total === 0 ? 0 : Math.min(1, inPlan / total);
    const burn = logged / plan.budgetMinutes;
    const slip = delivery.slips.reduce(
      (sum, { from, businessDays, kind }) =>
        sum + (from > monday ? 0 : kind === "effort" ? businessDays * complete : businessDays),
      0,
    );
    const level =
      slip > 10 || burn - complete > 0.2
        ? "red"
        : slip > 5 || burn - complete > 0.1
          ? "amber"
          : "green";
    states.push({ day: monday + 4, complete, burn, slip, level });
  }
  states.forEach((state, week) => {
    if (cast.circumstances.on("plan-untended", plan.id, state.day) || delivery.weeks[week]?.paused)
      return;
    const rosy = cast.circumstances.on("rosy-reporting", plan.id, state.day) !== null;
    const seen = states[Math.max(0, week - 2)] ?? state;
    const planned = Math.min(0.97, (week + 1) / plan.weeks);
    const complete = rosy
      ? Math.max(state.complete, planned)
      : Math.min(1, state.complete * (1 + lead.optimism));
    writeReport(cast, log, {
      plan,
      delivery,
      calendar,
      when: calendar.add(at(state.day, 15 * 60 + 30), 0.02),
      day: state.day,
      percent: Math.min(week === states.length - 1 ? 100 : 98, Math.round(complete * 100)),
      level: rosy ? "green" : seen.level,
      slip: rosy ? 0 : seen.slip,
    });
  });
  writeTasks(cast, log, { plan, delivery });
  return states;
}

type Report = {
  readonly plan: ProjectPlan;
  readonly delivery: Delivery;
  readonly calendar: Calendar;
  readonly when: Moment;
  readonly day: number;
  readonly percent: number;
  readonly level: "green" | "amber" | "red";
  readonly slip: number;
};

function writeReport(
  _cast: Cast,
  log: Log,
  { plan, delivery, calendar, when, day, percent, level, slip }: Report,
): void {
  const forecast = calendar.addDays(delivery.plannedEnd, Math.round(slip));
  const remainingMinutes = Math.round((plan.budgetMinutes * (100 - percent)) / 6000) * 60;
  const fields = {
    reportedOn: calendar.date(day),
    percentComplete: percent,
    reportedHealth: level,
    forecastEndOn: calendar.date(forecast),
  };
  log.opened("progress-report", `PG-${plan.id}-${calendar.date(day)}`, {
    when: { occurred: when },
    fields: { ...fields, projectId: plan.id, remainingMinutes, authorId: plan.leadId },
    links: { project: plan.id, person: plan.leadId },
  });
  log.changed("project", plan.id, {
    what: "reported",
    when: { occurred: when },
    fields,
    links: { client: plan.client.id },
  });
}

/** Three tasks to a milestone; what waits for the client or for a machine is written down as blocked. */
function writeTasks(
  cast: Cast,
  log: Log,
  { plan, delivery }: { plan: ProjectPlan; delivery: Delivery },
): void {
  const { calendar, draws: root } = cast.setting;
  const draws = root.of("tasks", plan.id);
  let before = plan.start;
  let dependsOn: string | null = null;
  for (const [index, milestone] of delivery.milestones.entries()) {
    for (let step = 0; step < 3; step += 1) {
      const id = `TK-${milestone.id}-${step + 1}`;
      const share = (step + 1) / 3;
      const due = calendar.addDays(before + Math.round((milestone.baseline - before) * share), 0);
      const late = calendar.businessDaysIn(
        milestone.baseline,
        Math.max(milestone.baseline, milestone.delivered),
      );
      const links = { project: plan.id, milestone: milestone.id };
      const waiting = delivery.slips.find(
        ({ kind, from }) =>
          (kind === "client-input-late" || kind === "technical-block") &&
          from >= before &&
          from <= milestone.baseline &&
          step === 1,
      );
      const usual = Math.min(
        milestone.delivered,
        calendar.addDays(
          due,
          Math.round(late * share) + draws.between(`drift/${index}/${step}`, -1, 1) + 1,
        ),
      );
      const done = waiting
        ? Math.max(usual, calendar.addDays(waiting.from, Math.round(waiting.businessDays)))
        : usual;
      const byClient = waiting?.kind === "client-input-late";
      const untended = cast.circumstances.on("plan-untended", plan.id, done);
      log.opened("task", id, {
        when: { occurred: at(plan.start - 7, 12 * 60) },
        links,
        fields: {
          projectId: plan.id,
          name: `${milestone.name} ${["outline", "build", "review"][step] ?? "step"}`,
          dueOn: calendar.date(due),
          doneOn: null,
          state: "open",
          owner: byClient ? "client" : "us",
          blockedReason: null,
          dependsOnTaskId: dependsOn,
        },
      });
      if (waiting) {
        const from = calendar.add(at(waiting.from, 10 * 60), 0.3);
        log.changed("task", id, {
          what: "blocked",
          when: { occurred: from },
          links,
          fields: {
            state: "blocked",
            blockedReason: byClient
              ? "No access and no extract from the client yet"
              : "Test environment does not come up",
          },
        });
      }
      log.changed("task", id, {
        what: "done",
        when: { occurred: at(untended ? untended.until : Math.max(done, plan.start), 17 * 60) },
        links,
        fields: {
          state: "done",
          doneOn: calendar.date(Math.max(done, plan.start)),
          blockedReason: null,
        },
      });
      dependsOn = id;
    }
    before = milestone.baseline;
  }
}

import type { ApprovalOutcome } from "./approval.ts";
import { at, type Day, dayOf, endOfDay, type Moment } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import { decideApproval } from "./decide-approval.ts";
import type { Delivery } from "./delivery.ts";
import type { Log } from "./events.ts";
import { availableMinutes, type SimulatedPerson } from "./people.ts";
import type { ProjectPlan, Seat } from "./staffing-plan.ts";

/** One person's week on one project, with what was worked and when the office knew. */
export type Sheet = {
  readonly id: string;
  readonly person: SimulatedPerson;
  readonly week: Day;
  readonly expectedMinutes: number;
  readonly loggedMinutes: number;
  readonly billableMinutes: number;
  readonly offPlanMinutes: number;
  readonly due: Day;
  readonly submittedAt: Moment;
  readonly approval: ApprovalOutcome;
  /** The change of habit behind a late submission. */
  readonly source: string | null;
};

/** Minutes of work outside the plan, by week; `billed` ones are charged by a change order. */
export type OffPlanWork = ReadonlyMap<Day, { readonly minutes: number }>;

export type TimeBooking = {
  readonly plan: ProjectPlan;
  readonly delivery: Delivery;
  readonly offPlan: OffPlanWork;
};

/** All timesheets of a project, as they were worked, submitted and approved. */
export function bookTime(cast: Cast, log: Log, booking: TimeBooking): Sheet[] {
  return booking.plan.seats.flatMap((seat) => bookSeat(cast, log, { ...booking, seat }));
}

function bookSeat(
  cast: Cast,
  log: Log,
  { plan, delivery, offPlan, seat }: TimeBooking & { seat: Seat },
): Sheet[] {
  const { calendar } = cast.setting;
  const sheets: Sheet[] = [];
  for (const { monday, intensity } of delivery.weeks) {
    if (monday > calendar.lastDay - 120) break;
    const person = sitting(cast, { plan, seat }, monday);
    if (person === null) continue;
    const available = availableMinutes(person, monday, calendar);
    const expectedMinutes = intensity === 0 ? 0 : toQuarter(available * seat.share);
    if (expectedMinutes === 0) continue;
    const draws = cast.setting.draws.of("time", `${plan.id}/${person.id}`);
    const extra =
      (offPlan.get(monday)?.minutes ?? 0) *
      (seat.share / plan.seats.reduce((sum, { share }) => sum + share, 0));
    const unplanned = cast.circumstances.on("scope-absorbed", plan.id, monday)
      ? expectedMinutes * 0.12
      : 0;
    const offPlanMinutes = toQuarter(extra + unplanned);
    const worked = expectedMinutes * intensity * draws.lognormal(`worked/${monday}`, 1, 0.07);
    const loggedMinutes = Math.max(15, toQuarter(worked)) + offPlanMinutes;
    const unbillable = cast.circumstances.on("unbillable-work", plan.id, monday);
    const idle = unbillable ? unbillable.strength : 0;
    const billableMinutes =
      plan.seats[0] === seat && plan.billing === "fixed"
        ? loggedMinutes
        : toQuarter((loggedMinutes - offPlanMinutes) * (1 - idle));
    sheets.push(
      handIn(cast, log, {
        plan,
        person,
        monday,
        minutes: { expectedMinutes, loggedMinutes, billableMinutes, offPlanMinutes },
      }),
    );
  }
  return sheets;
}

/** Who works on this seat in that week: nobody while a key person is being replaced. */
export function sitting(
  cast: Cast,
  { plan, seat }: { plan: ProjectPlan; seat: Seat },
  monday: Day,
): SimulatedPerson | null {
  const key = plan.seats[1] ?? plan.seats[0];
  if (seat === key && cast.circumstances.on("key-person-rolls-off", plan.id, monday)) return null;
  if (seat !== key && seat !== plan.seats[2]) return cast.person(seat.personId);
  const mix = cast.circumstances.on("senior-mix", plan.id, monday);
  if (!mix) return cast.person(seat.personId);
  const seniors = cast.people.filter(
    ({ role, grade }) => role === "consultant" && grade === "principal",
  );
  const taken = new Set(plan.seats.map(({ personId }) => personId));
  const free = seniors.filter(({ id }) => !taken.has(id));
  return (
    free[(plan.weeks + plan.seats.indexOf(seat)) % Math.max(1, free.length)] ??
    cast.person(seat.personId)
  );
}

const toQuarter = (minutes: number): number => Math.round(minutes / 15) * 15;

type Filled = {
  readonly plan: ProjectPlan;
  readonly person: SimulatedPerson;
  readonly monday: Day;
  readonly minutes: Pick<
    Sheet,
    "expectedMinutes" | "loggedMinutes" | "billableMinutes" | "offPlanMinutes"
  >;
};

function handIn(cast: Cast, log: Log, { plan, person, monday, minutes }: Filled): Sheet {
  const { calendar } = cast.setting;
  const id = `TS-${plan.id}-${person.id}-${calendar.date(monday)}`;
  const due = calendar.addDays(monday + 7, 0);
  const { submittedAt, source } = submission(cast, person, monday);
  const approverId = person.id === plan.leadId ? (person.managerId ?? plan.leadId) : plan.leadId;
  const links = { project: plan.id, person: person.id };
  log.opened("timesheet-week", id, {
    what: "expected",
    when: { occurred: at(monday, 6 * 60) },
    fields: {
      projectId: plan.id,
      personId: person.id,
      week: calendar.date(monday),
      expectedMinutes: minutes.expectedMinutes,
      loggedMinutes: 0,
      billableMinutes: 0,
      offPlanMinutes: 0,
      state: "missing",
      dueOn: calendar.date(due),
      submittedOn: null,
      approvedOn: null,
      approverId,
    },
    links,
  });
  log.changed("timesheet-week", id, {
    what: "submitted",
    when: { occurred: submittedAt },
    fields: { ...minutes, state: "submitted", submittedOn: calendar.date(dayOf(submittedAt)) },
    links,
  });
  const approval = decideApproval(cast, log, {
    id: `AP-${id}`,
    kind: "timesheet",
    subjectType: "timesheet-week",
    subjectId: id,
    projectId: plan.id,
    clientId: plan.client.id,
    amountCents: null,
    requesterId: person.id,
    approverId,
    pace: "line",
    requestedAt: submittedAt,
    sitting: calendar.date(dayOf(submittedAt)),
    haste: cast.setting.periodEnds.includes(monday + 6) ? 0.6 : 1,
  });
  log.changed("timesheet-week", id, {
    what: "approved",
    when: { occurred: approval.decidedAt },
    fields: { state: "approved", approvedOn: calendar.date(dayOf(approval.decidedAt)) },
    links: { ...links, "person:approver": approval.decidedBy },
  });
  return { id, person, week: monday, ...minutes, due, submittedAt, approval, source };
}

/** A person hands in all sheets of a week together: this depends on the person and never on a project. */
function submission(
  cast: Cast,
  person: SimulatedPerson,
  monday: Day,
): { submittedAt: Moment; source: string | null } {
  const { calendar, draws: root, periodEnds } = cast.setting;
  const draws = root.of("person time", person.id);
  const change = cast.circumstances.on("time-habit", person.id, monday);
  const friday = at(monday + 4, 15 * 60 + draws.between(`minute/${monday}`, 0, 110));
  if (change) {
    const lag = draws.lognormal(`lag/${monday}`, change.strength, 0.35);
    return { submittedAt: calendar.add(at(monday + 7, 9 * 60), lag), source: change.id };
  }
  // Everybody is chased at the end of a billing period.
  const closing = periodEnds.includes(monday + 6);
  const promptness = closing ? (1 + person.promptness) / 2 : person.promptness;
  if (draws.uniform(`prompt/${monday}`) < promptness) {
    const early = draws.chance(`friday/${monday}`, 0.7);
    return {
      submittedAt: early
        ? businessTime(cast, friday)
        : calendar.add(at(monday + 7, 9 * 60), 0.1 + 0.5 * draws.uniform(`monday/${monday}`)),
      source: null,
    };
  }
  const [median, spread] = person.lateLag;
  const chased = closing ? 0.55 : 1;
  const lag = Math.min(60, draws.lognormal(`lag/${monday}`, median, spread) * chased);
  return {
    submittedAt: businessTime(
      cast,
      Math.max(friday, endOfDay(monday + 4) + Math.round(lag * 1440) - 720),
    ),
    source: null,
  };
}

const businessTime = ({ setting: { calendar } }: Cast, moment: Moment): Moment =>
  calendar.add(moment, 0.01);

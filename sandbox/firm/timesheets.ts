import type { Habit, ProjectBlueprint } from "./blueprint.ts";
import type { Timesheet } from "./firm.ts";
import { addBusinessDays, addDays, type FirmDays, firstWeek, workedDays } from "./firm-days.ts";
import { randomStream } from "./random-stream.ts";

/** One row per person booked on the project and week, the running week included. */
export const timesheetsOf = (plan: ProjectBlueprint, seed: string, days: FirmDays): Timesheet[] =>
  Object.entries(plan.team).flatMap(([person, hours]) =>
    Array.from({ length: 1 - firstWeek }, (_, index) => firstWeek + index).map((offset) =>
      timesheetFrom({ plan, person, hours, offset, seed, days }),
    ),
  );

type Booking = {
  plan: ProjectBlueprint;
  person: string;
  hours: number;
  /** Weeks from the anchor's week. */
  offset: number;
  seed: string;
  days: FirmDays;
};

function timesheetFrom({ plan, person, hours, offset, seed, days }: Booking): Timesheet {
  const week = days.week(offset);
  const id = `TS-${plan.id.slice(4)}-${person}-${week}`;
  const did = plan.habits?.find((h) => h.person === person && h.weeks.includes(offset))?.did;
  const untouched: Timesheet = {
    id,
    projectId: plan.id,
    person,
    week,
    expectedMinutes: did === "was-on-leave" ? 0 : hours * 60,
    leaveMinutes: did === "was-on-leave" ? hours * 60 : 0,
    loggedMinutes: 0,
    state: "not_started",
    // The second day of the next week.
    dueOn: addDays(week, 8),
    submittedOn: null,
    approvedOn: null,
    approver: null,
    note: null,
    version: 1,
  };
  if (did === "logged-nothing" || did === "was-on-leave") return untouched;
  if (offset === 0) return running(untouched, days.anchor);
  return submitted(untouched, { did, lead: plan.lead, seed, anchor: days.anchor });
}

function running(row: Timesheet, anchor: string): Timesheet {
  // The anchor's own day is not booked yet.
  const done = workedDays(row.week, addDays(anchor, -1));
  if (done === 0) return row;
  const loggedMinutes = (row.expectedMinutes * done) / 5;
  return { ...row, state: "open", loggedMinutes, version: 1 + done };
}

function submitted(
  row: Timesheet,
  { did, lead, seed, anchor }: { did?: Habit["did"]; lead: string; seed: string; anchor: string },
): Timesheet {
  const random = randomStream(seed, `timesheet ${row.id}`);
  const overtime = random.oneIn(6) ? random.between(1, 8) * 15 : 0;
  const submittedOn = addDays(row.week, 4);
  const sent: Timesheet = {
    ...row,
    state: "pending_approval",
    loggedMinutes: row.expectedMinutes + overtime,
    submittedOn,
    version: 3,
  };
  const approvedOn = addBusinessDays(submittedOn, random.between(0, 1));
  if (did === "waits-for-approval" || approvedOn > anchor) return sent;
  return { ...sent, state: "approved", approvedOn, approver: lead, version: 4 };
}

import type { FirmRecord } from "#/sandbox/simulator/records.ts";
import {
  type Case,
  type Colour,
  handedIn,
  ladder,
  signed,
  sum,
  worst,
} from "./health-oracle-records.ts";

/*
 * Schedule and budget by earned value, as the guide says it. Where the guide leaves room: the plan is
 * the planned cost, spread over the milestones by business days; progress is the lead's percentage,
 * but no further than the first milestone that is not delivered; costs are hours handed in and what
 * the client does not pay back; signed changes enlarge the budget; a report counts for two weeks.
 */

type Money = {
  readonly budget: number;
  readonly planned: number;
  readonly earned: number;
  /** null: hours are owed and not one is known. */
  readonly cost: number | null;
  readonly unsignedCost: number;
  readonly usedMinutes: number;
  readonly stages: readonly { readonly due: string; readonly value: number }[];
  /** Last progress report, when it is fresh. */
  readonly freshReportOn: string | null;
  readonly tooYoung: boolean;
};

export function moneyOf({ firm, project }: Case): Money {
  const { time } = firm;
  const { today } = time;
  const milestones = firm
    .of("milestone", "projectId", project.id)
    .toSorted((a, b) => (`${a.baselineOn} ${a.id}` < `${b.baselineOn} ${b.id}` ? -1 : 1));
  const ends = milestones.map(({ baselineOn, deliveredOn }) => ({
    due: baselineOn,
    done: deliveredOn,
  }));
  if (ends.length === 0) ends.push({ due: project.plannedEndOn, done: project.completedOn });
  const dayBefore = time.plus(project.plannedStartOn, -1);
  const whole = time.workdays(dayBefore, ends.at(-1)?.due ?? project.plannedEndOn);
  const reached = ends.map(({ due }, index) =>
    index === ends.length - 1 || whole === 0
      ? project.plannedCostCents
      : Math.floor((project.plannedCostCents * Math.max(0, time.workdays(dayBefore, due))) / whole),
  );
  const stages = ends.map(({ due, done }, index) => ({
    due,
    done,
    value: (reached[index] ?? 0) - (reached[index - 1] ?? 0),
  }));
  const orders = firm.of("change-order", "projectId", project.id).filter(signed);
  const perMinute =
    project.budgetMinutes === 0 ? 0 : project.plannedCostCents / project.budgetMinutes;
  const extra = sum(orders, ({ minutes }) => Math.round(minutes * perMinute));
  const budget = project.plannedCostCents + extra;
  const fresh =
    project.reportedOn !== null && time.daysBetween(project.reportedOn, today) <= 14
      ? project.reportedOn
      : null;
  const isDue = (due: string): boolean => due < today && due <= (fresh ?? today);
  const firstOpen = stages.find(({ done }) => done === null);
  const reach =
    extra + sum(stages, (stage) => (stage.done !== null || stage === firstOpen ? stage.value : 0));
  const sheets = firm
    .of("timesheet-week", "projectId", project.id)
    .filter(handedIn)
    .toSorted((a, b) => (`${a.week} ${a.id}` < `${b.week} ${b.id}` ? -1 : 1));
  const rate = ({ personId }: FirmRecord<"timesheet-week">): number =>
    firm.records.find("person", personId)?.hourlyCostCents ?? 0;
  const paid = firm
    .of("expense", "projectId", project.id)
    .filter(({ rebillable, state }) => !rebillable && state !== "rejected");
  const owed = firm
    .of("timesheet-week", "projectId", project.id)
    .some(
      ({ state, dueOn, expectedMinutes }) =>
        state === "missing" && dueOn < today && expectedMinutes > 0,
    );
  let room = sum(orders, ({ minutes }) => minutes);
  const unsignedCost = sum(sheets, (sheet) => {
    const covered = Math.min(room, sheet.offPlanMinutes);
    room -= covered;
    return ((sheet.offPlanMinutes - covered) * rate(sheet)) / 60;
  });
  return {
    budget,
    planned:
      sum(stages, ({ due, value }) => (isDue(due) ? value : 0)) +
      (isDue(project.plannedEndOn) ? extra : 0),
    earned: Math.min(Math.round((budget * Math.round(project.percentComplete)) / 100), reach),
    cost:
      sheets.every(({ loggedMinutes }) => loggedMinutes === 0) && paid.length === 0 && owed
        ? null
        : sum(sheets, (sheet) => (sheet.loggedMinutes * rate(sheet)) / 60) +
          sum(paid, ({ amountCents }) => amountCents),
    unsignedCost,
    usedMinutes: sum(sheets, ({ loggedMinutes }) => loggedMinutes),
    stages: [...stages, { due: project.plannedEndOn, value: extra }]
      .filter(({ value }) => value > 0)
      .toSorted((a, b) => (a.due < b.due ? -1 : a.due > b.due ? 1 : 0)),
    freshReportOn: fresh,
    tooYoung:
      project.reportedOn === null &&
      time.daysBetween(project.kickoffOn ?? project.plannedStartOn, today) <= 14,
  };
}

const lowIsBad = (index: number | null): Colour =>
  index === null
    ? "not-applicable"
    : ladder(
        index,
        (x) => x < 0.95,
        (x) => x < 0.85,
      );

/** SPI and SPI(t); whichever is worse. */
export function sch1(about: Case, money: Money): Colour {
  if (money.tooYoung) return "not-applicable";
  const spi = money.planned === 0 ? null : money.earned / money.planned;
  return worst([lowIsBad(spi), lowIsBad(spiOverTime(about, money))]);
}

/** Time that the plan gives the work earned, over the time it has taken. */
function spiOverTime({ firm: { time }, project }: Case, money: Money): number | null {
  const start = time.plus(project.plannedStartOn, -1);
  const sinceStart = time.minutesSince(start);
  const evening = (date: string): number => time.minutesFromEveningToEvening(start, date);
  const taken =
    project.completedOn !== null && project.completedOn < time.today
      ? evening(project.completedOn)
      : money.freshReportOn === null
        ? sinceStart
        : Math.min(sinceStart, evening(money.freshReportOn));
  if (taken === 0 || money.stages.length === 0) return null;
  let [left, from] = [money.earned, 0];
  for (const due of new Set(money.stages.map((stage) => stage.due))) {
    const value = sum(money.stages, (stage) => (stage.due === due ? stage.value : 0));
    const until = evening(due);
    if (left < value) return (from + ((until - from) * left) / value) / taken;
    left -= value;
    from = until;
  }
  return from / taken;
}

/** Cost performance; nothing can be said before 2 % of the budget is spent. */
export function bud1(money: Money): Colour {
  if (money.tooYoung) return "not-applicable";
  if (money.cost === null) return "unknown";
  if (money.budget === 0 || money.cost < money.budget * 0.02) return "not-applicable";
  return lowIsBad(money.earned / money.cost);
}

export function bud2({ project }: Case, money: Money): Colour {
  if (project.budgetMinutes === 0 && money.budget === 0) return "not-applicable";
  const used = project.budgetMinutes === 0 ? 0 : money.usedMinutes / project.budgetMinutes;
  const done = money.budget === 0 ? 1 : money.earned / money.budget;
  if (used >= 0.9 && done < 0.8) return "red";
  return used >= 0.8 && done < 0.7 ? "amber" : "green";
}

/** Margin when sold less the margin now expected, in points. */
export function bud3(about: Case, money: Money): Colour {
  const { firm, project } = about;
  if (money.cost === null) return "unknown";
  if (project.contractValueCents === 0) return "unknown";
  const report = firm
    .of("progress-report", "projectId", project.id)
    .filter(({ reportedOn }) => reportedOn <= firm.time.today)
    .toSorted((a, b) => (a.reportedOn < b.reportedOn ? 1 : -1))[0];
  const perMinute =
    project.budgetMinutes === 0 ? 0 : project.plannedCostCents / project.budgetMinutes;
  const judgeable = money.budget > 0 && money.cost >= money.budget * 0.02 && money.earned > 0;
  const atCompletion =
    report && firm.time.daysBetween(report.reportedOn, firm.time.today) <= 14
      ? money.cost + Math.round(report.remainingMinutes * perMinute)
      : judgeable
        ? (money.budget * money.cost) / money.earned
        : money.cost + money.budget - money.earned;
  const changes = sum(
    firm.of("change-order", "projectId", project.id).filter(signed),
    ({ amountCents }) => amountCents,
  );
  const revenue = revenueOf(about, report ?? null) + changes;
  if (revenue === 0) return "not-applicable";
  const sold = 1 - project.plannedCostCents / project.contractValueCents;
  const now = (revenue - atCompletion) / revenue;
  return ladder(
    (sold - now) * 100,
    (x) => x >= 3,
    (x) => x >= 7,
  );
}

/** A price, or for time and materials the hours so far and the hours still to come. */
function revenueOf({ firm, project }: Case, report: FirmRecord<"progress-report"> | null): number {
  if (project.billing !== "time_and_materials") return project.contractValueCents;
  const seats = firm.of("assignment", "projectId", project.id);
  const worked = sum(
    firm.of("timesheet-week", "projectId", project.id).filter(handedIn),
    (sheet) => {
      const seat = seats.find(({ personId }) => personId === sheet.personId);
      const card = firm.records.find("person", sheet.personId)?.hourlyRateCents ?? 0;
      return (sheet.billableMinutes * (seat?.hourlyRateCents ?? card)) / 60;
    },
  );
  const writtenDown = sum(firm.of("invoice", "projectId", project.id), ({ id }) =>
    sum(firm.of("invoice-line", "invoiceId", id), ({ writtenDownCents }) => writtenDownCents),
  );
  const price =
    project.budgetMinutes === 0 ? 0 : project.contractValueCents / project.budgetMinutes;
  const rest = (report?.remainingMinutes ?? project.budgetMinutes) * price;
  const cap = firm.of("contract", "projectId", project.id)[0]?.authorisedMinutes ?? null;
  const forecast = worked - writtenDown + rest;
  return cap === null ? forecast : Math.min(forecast, cap * price);
}

export const bud4 = (money: Money): Colour =>
  money.cost === null
    ? "unknown"
    : money.budget === 0
      ? "not-applicable"
      : ladder(
          (100 * money.unsignedCost) / money.budget,
          (x) => x >= 2,
          (x) => x >= 5,
        );

/** A change nobody has decided: how old, and how large against the budget. */
export function sco1({ firm, project }: Case, money: Money): Colour {
  const open = firm
    .of("change-order", "projectId", project.id)
    .filter(({ state }) => state === "draft" || state === "proposed" || state === "client_review");
  const oldest = Math.max(0, ...open.map(({ raisedOn }) => firm.time.minutesSince(raisedOn) / 480));
  const share = money.budget === 0 ? 0 : sum(open, ({ amountCents }) => amountCents) / money.budget;
  return oldest > 20 || share > 0.1 ? "red" : oldest > 10 ? "amber" : "green";
}

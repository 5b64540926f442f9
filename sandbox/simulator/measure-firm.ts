import { availableMinutes } from "./people.ts";
import { costOf } from "./project-margin.ts";
import type { FirmRun } from "./run-firm.ts";

/** The numbers by which a synthetic firm is compared with real ones. */
export type FirmMeasures = Readonly<
  Record<
    | "projects"
    | "projectWeeksMedian"
    | "contractMedian"
    | "onTimeShare"
    | "slipMedian"
    | "slipP90"
    | "effortMedian"
    | "utilisation"
    | "utilisationSpread"
    | "marginShare"
    | "leakageShare"
    | "daysToInvoiceMedian"
    | "daysToInvoiceP90"
    | "lateInvoiceShare"
    | "lineWaitMedian"
    | "lineWaitP90"
    | "budgetWaitMedian"
    | "budgetWaitP90"
    | "returnedShare"
    | "acceptanceMedian"
    | "acceptanceP90"
    | "paidLateShare"
    | "paymentLatenessMedian"
    | "daysSalesOutstanding"
    | "timeByMondayShare"
    | "expenseLagMedian"
    | "notesPerProjectWeek"
    | "timeAndMaterialsShare"
    | "fixedShare"
    | "retainerShare",
    number
  >
>;

export function median(values: readonly number[]): number {
  return quantileOf(values, 0.5);
}
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);
const share = <T>(values: readonly T[], holds: (value: T) => boolean): number =>
  values.filter(holds).length / values.length;

/** Measured on the finished runs, so that nothing is cut off at the anchor; utilisation within the history. */
export function measureFirm({ cast, projects, purchases }: FirmRun): FirmMeasures {
  const { calendar, firstDay, today } = cast.setting;
  const lateProjects = projects.filter(({ delivery }) => delivery.lateness > 2);
  const sheets = projects.flatMap((run) => run.sheets);
  const invoices = projects.flatMap((run) => run.invoices);
  const approvals = [...projects.flatMap((run) => run.approvals), ...purchases];
  const wait = (kinds: readonly string[]): number[] =>
    approvals
      .filter(({ request }) => kinds.includes(request.kind))
      .map(({ request, firstDecidedAt }) => calendar.between(request.requestedAt, firstDecidedAt));
  const line = wait(["timesheet", "expense"]);
  const budget = wait(["invoice", "change_order"]);
  const utilisation = utilisations();
  const accepted = projects.flatMap((run) =>
    run.milestones.filter(({ contractual }) => contractual),
  );
  const acceptance = accepted.map(({ deliveredAt, acceptedAt }) =>
    calendar.between(deliveredAt, acceptedAt),
  );
  const cents = (of: (run: FirmRun["projects"][number]) => number): number => sum(projects.map(of));
  const revenue = cents((run) => sum(run.invoices.map(({ netCents }) => netCents)));
  const earned = cents((run) => sum(run.invoices.map(({ earnedCents }) => earnedCents)));
  const toInvoice = invoices.map(({ clock, issuedAt }) => Math.max(0, (issuedAt - clock) / 1440));
  const lateness = invoices.map(({ issuedAt, paidAt, clientId }) => {
    const terms = cast.clients.find(({ id }) => id === clientId)?.paymentTermDays ?? 30;
    return Math.floor(paidAt / 1440) - Math.floor(issuedAt / 1440) - terms;
  });
  const gross = sum(invoices.map(({ netCents }) => netCents));
  return {
    projects: projects.length,
    projectWeeksMedian: median(projects.map(({ plan }) => plan.weeks)),
    contractMedian: median(
      projects
        .filter(({ plan }) => plan.billing !== "retainer")
        .map(({ plan }) => plan.valueCents / 100),
    ),
    onTimeShare: 1 - lateProjects.length / projects.length,
    slipMedian: median(lateProjects.map(({ delivery }) => delivery.lateness)),
    slipP90: quantileOf(
      lateProjects.map(({ delivery }) => delivery.lateness),
      0.9,
    ),
    effortMedian: median(projects.map(({ delivery }) => delivery.effortRatio)),
    utilisation:
      sum(utilisation.map(({ worked }) => worked)) /
      sum(utilisation.map(({ available }) => available)),
    utilisationSpread: deviation(utilisation.map(({ worked, available }) => worked / available)),
    marginShare: (revenue - cents(costOf)) / revenue,
    leakageShare: (earned - revenue) / earned,
    daysToInvoiceMedian: median(toInvoice),
    daysToInvoiceP90: quantileOf(toInvoice, 0.9),
    lateInvoiceShare: share(
      invoices,
      ({ clock, issuedAt }) => calendar.between(clock, issuedAt) > 5,
    ),
    lineWaitMedian: median(line),
    lineWaitP90: quantileOf(line, 0.9),
    budgetWaitMedian: median(budget),
    budgetWaitP90: quantileOf(budget, 0.9),
    returnedShare: share(
      approvals.filter(({ request }) => request.kind !== "timesheet"),
      ({ spans, decision }) =>
        decision === "rejected" || spans.some(({ what }) => what === "incomplete"),
    ),
    acceptanceMedian: median(acceptance),
    acceptanceP90: quantileOf(acceptance, 0.9),
    paidLateShare: share(lateness, (days) => days > 0),
    paymentLatenessMedian: median(lateness.filter((days) => days > 0)),
    daysSalesOutstanding:
      sum(
        invoices.map(({ netCents, issuedAt, paidAt }) => (netCents * (paidAt - issuedAt)) / 1440),
      ) / gross,
    timeByMondayShare: share(sheets, ({ submittedAt, due }) => submittedAt < (due + 1) * 1440),
    expenseLagMedian: median(
      projects.flatMap((run) =>
        run.expenses.map(({ incurredAt, submittedAt }) => (submittedAt - incurredAt) / 1440),
      ),
    ),
    notesPerProjectWeek:
      sum(projects.map((run) => run.notes.length)) /
      sum(
        projects.map(
          ({ delivery }) => delivery.weeks.filter(({ monday }) => monday <= today).length,
        ),
      ),
    timeAndMaterialsShare: share(projects, ({ plan }) => plan.billing === "time_and_materials"),
    fixedShare: share(projects, ({ plan }) => plan.billing === "fixed"),
    retainerShare: share(projects, ({ plan }) => plan.billing === "retainer"),
  };

  function utilisations(): { worked: number; available: number }[] {
    const worked = new Map<string, number>();
    for (const { person, week, loggedMinutes } of sheets)
      if (week >= firstDay && week <= today - 7)
        worked.set(person.id, (worked.get(person.id) ?? 0) + loggedMinutes);
    return cast.people
      .filter(({ role }) => role === "consultant" || role === "project_manager")
      .map((person) => {
        let available = 0;
        for (let monday = firstDay; monday <= today - 7; monday += 7)
          available += availableMinutes(person, monday, calendar);
        return { worked: worked.get(person.id) ?? 0, available };
      });
  }
}

function deviation(values: readonly number[]): number {
  const mean = sum(values) / values.length;
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length);
}

import { type AcceptedMilestone, acceptMilestones } from "./acceptance.ts";
import { keepAccount } from "./accounts.ts";
import type { ApprovalOutcome } from "./approval.ts";
import { bill } from "./billing.ts";
import { type Cast, createCast } from "./cast.ts";
import { type ChangeRequest, changeScope, offPlanWork } from "./change-orders.ts";
import { askForPurchases, openBooks } from "./company.ts";
import { type Delivery, deliver } from "./delivery.ts";
import { createLog, type Happening } from "./events.ts";
import { type Expense, spend } from "./expenses.ts";
import type { SimulatedInvoice } from "./invoice.ts";
import { type SimulatedNote, writeNotes } from "./notes.ts";
import { createSetting, type SimulationOptions } from "./options.ts";
import { foundProject } from "./project-records.ts";
import { report, type TrueState } from "./reporting.ts";
import { playSideStories } from "./side-stories.ts";
import type { ProjectPlan } from "./staffing-plan.ts";
import { bookTime, type Sheet } from "./timesheets.ts";

/** One project from the won deal to the last payment, the future included. */
export type ProjectRun = {
  readonly plan: ProjectPlan;
  readonly delivery: Delivery;
  readonly sheets: readonly Sheet[];
  readonly milestones: readonly AcceptedMilestone[];
  readonly changes: readonly ChangeRequest[];
  readonly expenses: readonly Expense[];
  readonly invoices: readonly SimulatedInvoice[];
  readonly states: readonly TrueState[];
  readonly notes: readonly SimulatedNote[];
  readonly approvals: readonly ApprovalOutcome[];
  readonly happenings: readonly Happening[];
};

export type FirmRun = {
  readonly cast: Cast;
  readonly projects: readonly ProjectRun[];
  readonly purchases: readonly ApprovalOutcome[];
  readonly happenings: readonly Happening[];
};

/** Runs one project on its own; nothing in it depends on another one. */
export function runProject(cast: Cast, plan: ProjectPlan): ProjectRun {
  const log = createLog();
  const delivery = deliver(cast, plan);
  const work = { plan, delivery };
  foundProject(cast, log, work);
  const changes = changeScope(cast, log, work);
  const milestones = acceptMilestones(cast, log, work);
  const sheets = bookTime(cast, log, { ...work, offPlan: offPlanWork(changes, delivery) });
  const expenses = spend(cast, log, work);
  const invoices = bill(cast, log, { ...work, sheets, milestones, changes, expenses });
  const states = report(cast, log, { ...work, sheets });
  const notes = writeNotes(cast, log, work);
  playSideStories(cast, log, plan);
  const approvals = [
    ...sheets.map(({ approval }) => approval),
    ...changes.flatMap(({ approval }) => approval ?? []),
    ...expenses.map(({ approval }) => approval),
    ...invoices.flatMap(({ approval }) => approval ?? []),
  ];
  return {
    plan,
    delivery,
    sheets,
    milestones,
    changes,
    expenses,
    invoices,
    states,
    notes,
    approvals,
    happenings: log.happenings,
  };
}

/** The whole firm: everything that happened and everything that will. Throws RangeError on bad options. */
export function runFirm(options: SimulationOptions): FirmRun {
  const cast = createCast(createSetting(options));
  const books = createLog();
  openBooks(cast, books);
  const desk = createLog();
  const purchases = askForPurchases(cast, desk);
  const accounts = createLog();
  for (const client of cast.clients) keepAccount(cast, accounts, client);
  const projects = cast.plans.map((plan) => runProject(cast, plan));
  const happenings = [
    books.happenings,
    desk.happenings,
    accounts.happenings,
    ...projects.map((run) => run.happenings),
  ].flat();
  return { cast, projects, purchases, happenings };
}

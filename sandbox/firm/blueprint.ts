import type { ChangeOrder, InvoiceState, Project } from "./firm.ts";
import type { When } from "./firm-days.ts";

/* How a project is described before its dates and its random draws are filled in. */

export type MilestoneBlueprint = {
  id: string;
  name: string;
  due: When;
  delivered?: When;
  accepted?: When;
  silentDays?: number;
  fee: number;
  note?: string;
};

export type ChangeOrderBlueprint = {
  id: string;
  title: string;
  state: ChangeOrder["state"];
  value: number;
  raised: When;
  decided?: When;
  /** When somebody began with it, where that was before anybody agreed. */
  begun?: When;
  note?: string;
};

export type InvoiceBlueprint = {
  id: string;
  reference: string;
  state: InvoiceState;
  billing: "time" | "fixed";
  period?: "last" | "previous";
  /** Euros without tax. */
  lines: readonly { text: string; net: number; milestone?: string; changeOrder?: string }[];
  drafted: When;
  posted?: When;
  approval?: { requested: When; approved?: When; approver?: string };
  billingRun?: When;
  note?: string;
};

/** What one person did with the timesheet of one week, where it was not the usual. */
export type Habit = {
  person: string;
  /** Weeks from the anchor's week. */
  weeks: readonly number[];
  did: "logged-nothing" | "was-on-leave" | "waits-for-approval";
};

export type ProjectBlueprint = {
  id: string;
  client: string;
  name: string;
  code: string;
  lead: string;
  billing: Project["billing"];
  phase?: Project["phase"];
  reported?: Project["reported"];
  note?: string;
  /** The deal it came from, where the CRM still lists that. */
  deal?: string;
  /** Hours a week each person is booked for. */
  team: Readonly<Record<string, number>>;
  habits?: readonly Habit[];
  milestones?: readonly MilestoneBlueprint[];
  changeOrders?: readonly ChangeOrderBlueprint[];
  invoices?: readonly InvoiceBlueprint[];
};

export type DealBlueprint = {
  id: string;
  client: string;
  name: string;
  stage: "new" | "qualified" | "proposal_sent" | "negotiating" | "closed_won" | "closed_lost";
  value: number;
  close: When;
};

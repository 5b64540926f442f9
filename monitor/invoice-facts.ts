import type { BusinessCalendar } from "#/domain/business-time.ts";
import type { TenantId } from "#/domain/ids.ts";
import type { ChangeOrder, Invoice, Milestone, Project, TimesheetWeek } from "#/domain/record.ts";
import type { Moments } from "./moments.ts";

/** Everything known about one invoice at `asOf`. null: that source could not be read. */
export type BillingFacts = {
  readonly invoice: Invoice;
  readonly project: Project | null;
  readonly milestones: readonly Milestone[] | null;
  readonly timesheetWeeks: readonly TimesheetWeek[] | null;
  readonly changeOrders: readonly ChangeOrder[] | null;
  readonly calendar: BusinessCalendar;
  /** Instant in UTC. */
  readonly asOf: string;
  /** The firm's promise to itself, in business days from the clock's start to the issue. */
  readonly targetBusinessDays: number;
  /** Sharper times than the records' dates, where somebody has them. Left out: the end of the day. */
  readonly moments?: Moments;
  /** When the draft passed its last check, where that is known. */
  readonly passedAt?: string | null;
  /** The moment of the run that billed it. Left out: the end of the run's day. */
  readonly outAt?: string | null;
};
export type InvoiceFacts = BillingFacts & { readonly tenant: TenantId };

/** What the invoice bills, as far as the systems say. `period`: no time and no milestone needed. */
export type BillingBasis = "time" | "acceptance" | "period";

export type Scope = {
  readonly basis: BillingBasis;
  /** Neither the ERP nor the PSA says how it is billed; we judged by its lines. */
  readonly basisInferred: boolean;
  readonly milestones: readonly Milestone[];
  readonly changeOrders: readonly ChangeOrder[];
  readonly weeks: readonly TimesheetWeek[];
  /** Inputs we needed and did not get, in our words. */
  readonly gaps: readonly string[];
};

/** The records this invoice stands on, and what is missing among them. */
export function scopeOf(facts: BillingFacts): Scope {
  const { invoice } = facts;
  const { basis, basisInferred } = basisOf(facts);
  const gaps: string[] = [];
  const milestones = pick(linked(facts, "milestoneId"), facts.milestones, {
    gaps,
    noun: "milestone",
    source: "The milestones of the PSA",
  });
  const changeOrders = pick(linked(facts, "changeOrderId"), facts.changeOrders, {
    gaps,
    noun: "change order",
    source: "The change orders of the CRM",
  });
  if (invoice.billing === null && invoice.projectId !== null && facts.project === null)
    gaps.push("The project could not be read, and the ERP does not say how the invoice is billed.");
  if (basis === "time" && invoice.projectId === null && facts.project === null)
    gaps.push("The invoice names no project, so the time it bills cannot be found.");
  if (basis === "time" && facts.timesheetWeeks === null)
    gaps.push("The timesheets of the PSA could not be read.");
  if (basis === "time" && invoice.periodEnd === null)
    gaps.push("The ERP does not say which period the invoice bills.");
  return {
    basis,
    basisInferred,
    milestones,
    changeOrders,
    weeks: basis === "time" ? (facts.timesheetWeeks ?? []).filter((w) => billed(facts, w)) : [],
    gaps,
  };
}

function basisOf({ invoice, project }: BillingFacts): Pick<Scope, "basis" | "basisInferred"> {
  const billing = invoice.billing ?? project?.billing ?? null;
  if (billing === "time_and_materials") return { basis: "time", basisInferred: false };
  if (billing === "fixed") return { basis: "acceptance", basisInferred: false };
  if (billing === "retainer") return { basis: "period", basisInferred: false };
  const byMilestone = invoice.lines.some((line) => line.milestoneId !== null);
  return { basis: byMilestone ? "acceptance" : "time", basisInferred: true };
}

const linked = ({ invoice }: BillingFacts, field: "milestoneId" | "changeOrderId"): string[] =>
  [...new Set(invoice.lines.flatMap((line) => line[field] ?? []))].toSorted();

function pick<T extends { source: { id: string } }>(
  ids: readonly string[],
  records: readonly T[] | null,
  { gaps, noun, source }: { gaps: string[]; noun: string; source: string },
): T[] {
  if (ids.length === 0) return [];
  if (records === null) {
    gaps.push(`${source} could not be read.`);
    return [];
  }
  return ids.flatMap((id) => {
    const found = records.find((record) => record.source.id === id);
    if (!found) gaps.push(`An invoice line bills ${noun} ${id}, which was not found.`);
    return found ?? [];
  });
}

function billed({ invoice, project }: BillingFacts, week: TimesheetWeek): boolean {
  const projectId = invoice.projectId ?? project?.source.id ?? null;
  if (projectId !== null && week.projectId !== projectId) return false;
  const lastDay = Temporal.PlainDate.from(week.week).add({ days: 6 }).toString();
  return (
    (invoice.periodEnd === null || week.week <= invoice.periodEnd) &&
    (invoice.periodStart === null || lastDay >= invoice.periodStart)
  );
}

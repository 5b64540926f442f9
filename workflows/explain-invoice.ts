import type { InvoiceDelay } from "#/domain/assessment.ts";
import { CountersignError, isCountersignError } from "#/domain/errors.ts";
import type { Invoice, Project } from "#/domain/record.ts";
import { attributeInvoiceDelay } from "#/monitor/attribute-invoice-delay.ts";
import type { InvoiceFacts } from "#/monitor/invoice-facts.ts";
import { knowsMore, type TwinDelay } from "./operations/twin-delay.ts";
import type { Reads } from "./reads.ts";
import type { Tenant } from "./store.ts";

export type ExplainNeeds = {
  readonly reads: (tenant: Tenant) => Reads;
  readonly now: () => string;
  readonly log: (message: string, cause: unknown) => void;
  /** The firm's whole picture, where there is one. */
  readonly twinDelay?: TwinDelay | null;
};

/**
 * Reads what one invoice depends on, and attributes its delay. A source that fails becomes a gap. Where
 * the firm's whole picture knows a cause that a single look at the source cannot see, it answers.
 */
export async function explainInvoice(
  tenant: Tenant,
  invoice: Invoice,
  needs: ExplainNeeds,
): Promise<InvoiceDelay> {
  const read = attributeInvoiceDelay(await gatherFacts(tenant, invoice, needs));
  const known =
    read.status === "unknown" ? null : await needs.twinDelay?.(tenant, invoice.source.id);
  return known && knowsMore(known) ? { tenant: tenant.id, ...known } : read;
}

/** The same facts for the look and for the last check before a release. */
export async function gatherFacts(
  tenant: Tenant,
  invoice: Invoice,
  needs: ExplainNeeds,
): Promise<InvoiceFacts> {
  const reads = needs.reads(tenant);
  const { projectId, periodStart, periodEnd } = invoice;
  const known = <T>(read: Promise<T>): Promise<T | null> =>
    read.catch((cause: unknown) => {
      // A defect of ours must surface; only what the source did may become a gap.
      if (isCountersignError(cause) && cause.blame === "bug") throw cause;
      needs.log("a source could not be read for a delayed invoice", cause);
      return null;
    });
  const [project, milestones, timesheetWeeks, changeOrders] = await Promise.all([
    projectId ? known(reads.psa.getProject(projectId)) : null,
    projectId ? known(reads.psa.listMilestones(projectId)) : [],
    projectId && periodStart && periodEnd
      ? known(reads.psa.listTimesheetWeeks({ projectId, from: periodStart, to: periodEnd }))
      : [],
    projectId ? known(reads.crm.listChangeOrders(projectId)) : [],
  ]);
  return {
    tenant: tenant.id,
    invoice,
    project,
    milestones,
    timesheetWeeks,
    changeOrders,
    calendar: tenant.calendar,
    asOf: needs.now(),
    targetBusinessDays: tenant.targetBusinessDays,
  };
}

/**
 * The invoice somebody means: by reference, id, number, or the name of its project or client.
 * Throws UNKNOWN_INVOICE, or AMBIGUOUS_NAME with the candidates.
 */
export async function findInvoice(reads: Reads, query: string): Promise<Invoice> {
  const wanted = query.trim();
  const direct = /^erp:invoice:(.+)$/.exec(wanted)?.[1] ?? wanted;
  const byId = direct ? await reads.erp.getInvoice(direct).catch(onlyUnknown) : null;
  if (byId) return byId;
  const [invoices, projects] = await Promise.all([
    reads.erp.listInvoices(),
    reads.psa.listProjects(),
  ]);
  const needle = plain(wanted);
  const called = invoices.map((invoice) => ({ invoice, ...namesOf(invoice, projects) }));
  const exact = called.filter(({ ids, names }) => [...ids, ...names].includes(needle));
  const part = called.filter(({ names }) => names.some((name) => name.includes(needle)));
  const matches = (exact.length > 0 || needle === "" ? exact : part).map((each) => each.invoice);
  const open = matches.filter((invoice) => ["draft", "approved"].includes(invoice.state));
  const meant = matches.length > 1 && open.length > 0 ? open : matches;
  if (meant.length === 0) throw new CountersignError("UNKNOWN_INVOICE", { invoice: clip(wanted) });
  const [only, another] = meant;
  if (!only || another)
    throw new CountersignError("AMBIGUOUS_NAME", {
      name: clip(wanted),
      candidates: meant.slice(0, 8).map(nameOf).join(", "),
    });
  return only;
}

const onlyUnknown = (error: unknown): null => {
  if (isCountersignError(error) && error.blame === "upstream") return null;
  throw error;
};

/** What an invoice is called, in lower case. A part of a name will do, a part of an id will not. */
function namesOf(
  invoice: Invoice,
  projects: readonly Project[],
): { ids: string[]; names: string[] } {
  const project = projects.find((each) => each.source.id === invoice.projectId);
  const given = (texts: readonly (string | null | undefined)[]): string[] =>
    texts.map(plain).filter((text) => text !== "");
  return {
    ids: given([invoice.number, invoice.reference, invoice.source.id]),
    names: given([invoice.clientName, project?.name, project?.code]),
  };
}

const plain = (text: string | null | undefined): string => (text ?? "").trim().toLowerCase();
const clip = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

/** `INV-1042 (Northwind)`, or the id where the ERP has not numbered it yet. */
export const nameOf = (invoice: Invoice): string =>
  `${invoice.number ?? invoice.reference ?? invoice.source.id}${invoice.clientName ? ` (${invoice.clientName})` : ""}`;

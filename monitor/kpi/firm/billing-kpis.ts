import { fieldsOf, money } from "../../portfolio/basis.ts";
import { blockersBasis, blockersOf, isIssued } from "../../portfolio/billing-blockers.ts";
import { contextOf, projectContext } from "../../portfolio/firm-context.ts";
import { readyValues } from "../../portfolio/measure-billing.ts";

import type { TwinRecord } from "../../twin/firm-view.ts";
import { daysToInvoice, type InvoiceClock } from "../days-to-invoice.ts";
import { type BillableValue, billingReadiness } from "../invoice-quality.ts";
import type { Kpi } from "../kpi.ts";

import { type FirmKpi, firmKpi, type Part, type Question, type ScopeKind } from "./firm-kpi.ts";
import { clocksIn, titleOf } from "./invoice-clocks.ts";
import { placed, projectsIn } from "./selection.ts";

const scopes: readonly ScopeKind[] = ["firm", "client", "project"];

const invoiceDays = (
  kpi: string,
  title: string,
  read: (days: ReturnType<typeof daysToInvoice>) => Kpi,
): FirmKpi =>
  firmKpi<InvoiceClock>({
    kpi,
    title,
    unit: kpi === "days-to-invoice-civil" ? "days" : "business days",
    meaning:
      "From period close, or from acceptance, to the issued invoice; what is not issued counts with its age so far.",
    sourceNote: "Seven civil days is a second-hand target.",
    scopes,
    days: 90,
    additive: false,
    systems: ["erp", "psa"],
    parts: clocksIn,
    formula: (facts, context) => read(daysToInvoice(facts, context)),
  });

/** Ready value, and drafts that wait for something. */
export function billableIn({ view, scope }: Question): Part<BillableValue>[] {
  const { today } = contextOf(view);
  const which = scope.kind === "project" ? "all" : "running";
  return projectsIn(view, scope, which).flatMap((project) => {
    const context = projectContext(view, project.fields.currency);
    const { currency } = context.reporting;
    const drafts = view.by("invoice", "projectId", project.id).filter((each) => !isIssued(each));
    const drafted = new Set(
      drafts.flatMap(({ id }) =>
        view.by("invoice-line", "invoiceId", id).flatMap(({ fields }) => fields.milestoneId ?? []),
      ),
    );
    const undrafted = readyValues(view, { project, context }).values.filter(
      ({ record }) => record.kind === "milestone" && !drafted.has(record.id),
    );
    return [
      ...drafts.map((invoice) =>
        placed(
          view,
          { record: invoice, projectId: project.id, title: titleOf(invoice) },
          {
            fact: {
              source: invoice.source,
              value: money(invoice.fields.netCents, currency),
              on: invoice.fields.draftedOn,
              blockers: blockersOf(view, invoice, today).length,
            },
            basis: blockersBasis(view, invoice),
          },
        ),
      ),
      ...undrafted.map(({ record, amount, readyOn }) => {
        const milestone = record as TwinRecord<"milestone">;
        return placed(
          view,
          { record: milestone, projectId: project.id, title: milestone.fields.name },
          {
            fact: { source: milestone.source, value: amount, on: readyOn, blockers: 0 },
            basis: fieldsOf(
              milestone,
              "amountCents",
              "acceptedOn",
              "deliveredOn",
              "deemedAcceptedAfterDays",
            ),
          },
        );
      }),
    ];
  });
}

export const billingKpis: readonly FirmKpi[] = [
  invoiceDays("days-to-invoice", "Days to invoice, median", ({ p50 }) => p50),
  invoiceDays("days-to-invoice-p90", "Days to invoice, 90th percentile", ({ p90 }) => p90),
  invoiceDays(
    "days-to-invoice-civil",
    "Civil days to invoice, median",
    ({ civilDays }) => civilDays,
  ),
  firmKpi<BillableValue>({
    kpi: "billing-readiness",
    title: "Billing readiness",
    unit: "percent",
    meaning: "Value to be billed that nothing blocks, of all value to be billed.",
    sourceNote: "A judgement, not a standard.",
    scopes,
    days: null,
    additive: true,
    systems: ["erp", "psa", "crm"],
    parts: billableIn,
    formula: billingReadiness,
  }),
];

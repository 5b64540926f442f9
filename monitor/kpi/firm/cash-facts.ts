import { plusDays } from "../../clocks/civil-days.ts";
import { fieldsOf, money, priced } from "../../portfolio/basis.ts";
import { isIssued } from "../../portfolio/billing-blockers.ts";
import { contextOf, projectContext } from "../../portfolio/firm-context.ts";
import { readyValues } from "../../portfolio/measure-billing.ts";
import { projectWork } from "../../portfolio/measure-project.ts";
import type { TwinRecord } from "../../twin/firm-view.ts";
import type { Context } from "../context.ts";
import {
  type Receivable,
  type SalesOutstanding,
  salesOutstanding,
} from "../days-sales-outstanding.ts";
import { type InvoiceClock } from "../days-to-invoice.ts";
import { createSum } from "../exchange-rate.ts";
import type { Listing, Observed } from "../intake.ts";
import { createIntake } from "../intake.ts";

import { type MonthRevenue, type WipItem, workInProgress } from "../work-in-progress.ts";
import { type Part, type Question } from "./firm-kpi.ts";
import { clocksIn } from "./invoice-clocks.ts";
import { placed, projectsIn, recordsIn } from "./selection.ts";

/** One thing that stands between work and money. */
export type CashFact =
  | { readonly kind: "owed"; readonly item: Receivable }
  | {
      readonly kind: "issued";
      readonly source: TwinRecord["source"];
      readonly on: string;
      readonly net: { readonly minor: number; readonly currency: string };
    }
  | { readonly kind: "wip"; readonly item: WipItem }
  | { readonly kind: "clock"; readonly item: InvoiceClock };

type Invoice = TwinRecord<"invoice">;

/** Invoices that are owed, what was issued in the last twelve months, and work that is not billed. */
export function cashIn(question: Question): Part<CashFact>[] {
  const { view, scope } = question;
  const { today } = contextOf(view);
  const since = `${plusDays(`${today.slice(0, 7)}-01`, -330).slice(0, 7)}-01`;
  const of = (invoice: Invoice, fact: CashFact, basis: readonly Observed[]): Part<CashFact> =>
    placed(
      view,
      {
        record: invoice,
        projectId: invoice.fields.projectId,
        title: invoice.fields.number ?? invoice.fields.reference,
      },
      { fact, basis },
    );
  const invoices = recordsIn(view, "invoice", scope).flatMap((invoice): Part<CashFact>[] => {
    const { state, issuedOn, dueOn, totalCents, netCents, projectId } = invoice.fields;
    if (!isIssued(invoice) || issuedOn === null) return [];
    const currency = view.get("project", projectId)?.fields.currency ?? view.currency;
    const owed: CashFact = {
      kind: "owed",
      item: { source: invoice.source, open: money(totalCents, currency), issuedOn, dueOn },
    };
    const issued: CashFact = {
      kind: "issued",
      source: invoice.source,
      on: issuedOn,
      net: money(totalCents, currency),
    };
    const basis = fieldsOf(invoice, "state", "issuedOn", "dueOn", "totalCents");
    return [
      ...(state === "issued" ? [of(invoice, owed, basis)] : []),
      ...(issuedOn >= since && netCents !== 0 ? [of(invoice, issued, basis)] : []),
    ];
  });
  const clocks = clocksIn(question).map(
    (part): Part<CashFact> => ({ ...part, fact: { kind: "clock", item: part.fact } }),
  );
  return [...invoices, ...wipIn(question), ...clocks];
}

/** Billable time after the last issued period, and milestones that are accepted and not billed. */
export function wipIn({ view, scope }: Question): Part<CashFact>[] {
  return projectsIn(view, scope, scope.kind === "project" ? "all" : "running").flatMap(
    (project) => {
      const context = projectContext(view, project.fields.currency);
      const { currency } = context.reporting;
      const ready = readyValues(view, { project, context }).values.flatMap(
        ({ record, readyOn, amount: value }) => {
          if (record.kind !== "milestone") return [];
          const milestone = record as TwinRecord<"milestone">;
          return [
            placed<"milestone", CashFact>(
              view,
              { record: milestone, projectId: project.id, title: milestone.fields.name },
              {
                fact: { kind: "wip", item: { source: milestone.source, value, since: readyOn } },
                basis: fieldsOf(
                  milestone,
                  "amountCents",
                  "acceptedOn",
                  "deliveredOn",
                  "deemedAcceptedAfterDays",
                ),
              },
            ),
          ];
        },
      );
      const work =
        project.fields.billing === "time_and_materials" ? projectWork(view, project.id) : null;
      if (!work) return ready;
      const billedUntil = view
        .by("invoice", "projectId", project.id)
        .flatMap((invoice) => (isIssued(invoice) ? (invoice.fields.periodEnd ?? []) : []))
        .toSorted()
        .at(-1);
      const seats = view.by("assignment", "projectId", project.id);
      const weeks = work.work.costed.flatMap(({ week }) => {
        const end = plusDays(week.fields.week, 6);
        if (billedUntil !== undefined && end <= billedUntil) return [];
        const seat = seats.find(({ fields }) => fields.personId === week.fields.personId);
        const rate =
          seat?.fields.hourlyRateCents ??
          view.get("person", week.fields.personId)?.fields.hourlyRateCents;
        return [
          placed<"timesheet-week", CashFact>(
            view,
            { record: week, projectId: project.id, title: `Week of ${week.fields.week}` },
            {
              fact: {
                kind: "wip",
                item: {
                  source: week.source,
                  value:
                    rate === undefined
                      ? null
                      : money(priced(week.fields.billableMinutes, rate), currency),
                  since: end,
                },
              },
              basis: [
                ...fieldsOf(week, "state", "billableMinutes", "week"),
                ...(seat ? fieldsOf(seat, "hourlyRateCents") : []),
              ],
            },
          ),
        ];
      });
      return [...ready, ...weeks];
    },
  );
}

export const only = <K extends CashFact["kind"]>(facts: Listing<CashFact>, kind: K) =>
  facts.items.filter((fact): fact is Extract<CashFact, { kind: K }> => fact.kind === kind);

/** Twelve months, the running one included. A month without an invoice has no revenue. */
function monthsOf(facts: Listing<CashFact>, { today, reporting }: Context): Listing<MonthRevenue> {
  const issued = only(facts, "issued");
  const months: MonthRevenue[] = [];
  let first = `${today.slice(0, 7)}-01`;
  for (let count = 0; count < 12; count += 1) {
    const own = issued.filter(({ on }) => on.slice(0, 7) === first.slice(0, 7));
    const sum = createSum(createIntake(), reporting);
    for (const { source, on, net } of own) sum.add(source, "totalCents", { money: net, on });
    const minor = own.length === 0 ? 0n : sum.minor();
    months.push({
      source: own[0]?.source ?? facts.source,
      month: first,
      revenue: minor === null ? null : money(Number(minor), reporting.currency),
    });
    first = `${plusDays(first, -1).slice(0, 7)}-01`;
  }
  return { source: facts.source, items: months };
}

export const outstanding = (facts: Listing<CashFact> | null, context: Context): SalesOutstanding =>
  salesOutstanding(
    {
      receivables: facts && {
        source: facts.source,
        items: only(facts, "owed").map(({ item }) => item),
      },
      revenue: facts && monthsOf(facts, context),
    },
    context,
  );

export const inProgress = (facts: Listing<CashFact> | null, context: Context) =>
  workInProgress(
    {
      items: facts && { source: facts.source, items: only(facts, "wip").map(({ item }) => item) },
      // No system of the model keeps provisions.
      provisions: {
        source: facts?.source ?? missing(context),
        amount: money(0, context.reporting.currency),
      },
      revenue: facts && monthsOf(facts, context),
    },
    context,
  );

const missing = ({ asOf }: Context): TwinRecord["source"] => ({
  system: "erp",
  type: "provision",
  id: "none",
  connection: "twin",
  revision: null,
  retrievedAt: asOf,
  url: null,
});

import { civilDays, plusDays } from "../../clocks/civil-days.ts";
import { fieldsOf, money, priced } from "../../portfolio/basis.ts";
import { isIssued } from "../../portfolio/billing-blockers.ts";
import { contextOf, projectContext } from "../../portfolio/firm-context.ts";
import { readyValues } from "../../portfolio/measure-billing.ts";
import { projectWork } from "../../portfolio/measure-project.ts";
import type { TwinRecord } from "../../twin/firm-view.ts";
import type { Context } from "../context.ts";
import {
  cashConversion,
  lockUp,
  type Receivable,
  type SalesOutstanding,
  salesOutstanding,
} from "../days-sales-outstanding.ts";
import { daysToInvoice, type InvoiceClock } from "../days-to-invoice.ts";
import { createSum } from "../exchange-rate.ts";
import type { Listing, Observed } from "../intake.ts";
import { createIntake } from "../intake.ts";
import { amount, type Kpi, noValue } from "../kpi.ts";
import { type MonthRevenue, type WipItem, workInProgress } from "../work-in-progress.ts";
import { clocksIn } from "./billing-kpis.ts";
import { type FirmKpi, firmKpi, type Part, type Question } from "./firm-kpi.ts";
import { placed, projectsIn, recordsIn } from "./selection.ts";

/** One thing that stands between work and money. */
type CashFact =
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
function cashIn(question: Question): Part<CashFact>[] {
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

const only = <K extends CashFact["kind"]>(facts: Listing<CashFact>, kind: K) =>
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

const outstanding = (facts: Listing<CashFact> | null, context: Context): SalesOutstanding =>
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

const inProgress = (facts: Listing<CashFact> | null, context: Context) =>
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

const cash = (
  entry: {
    readonly kpi: string;
    readonly title: string;
    readonly meaning: string;
    readonly sourceNote: string;
  },
  read: (facts: Listing<CashFact> | null, context: Context) => Kpi,
  additive = false,
): FirmKpi =>
  firmKpi<CashFact>({
    ...entry,
    unit: additive ? "minor units" : "days",
    scopes: ["firm", "client", "project"],
    days: 90,
    additive,
    systems: ["erp", "psa", "crm", "hris"],
    parts: cashIn,
    formula: read,
  });

const total =
  (name: "receivables" | "receivables-overdue" | "wip") =>
  (facts: Listing<CashFact> | null, context: Context): Kpi => {
    const intake = createIntake();
    intake.list(facts);
    const sum = createSum(intake, context.reporting);
    const items =
      facts === null
        ? []
        : name === "wip"
          ? only(facts, "wip").map(({ item }) => [item.source, item.value] as const)
          : only(facts, "owed").flatMap(({ item }) =>
              name === "receivables" ||
              (item.dueOn !== null && civilDays(item.dueOn, context.today) > 0)
                ? [[item.source, item.open] as const]
                : [],
            );
    for (const [source, value] of items)
      sum.add(source, "value", { money: value, on: context.today });
    const about = {
      kpi: name,
      unit: "minor units",
      asOf: context.asOf,
      from: [intake],
      currency: context.reporting.currency,
    } as const;
    const minor = facts === null ? null : sum.minor();
    return minor === null ? noValue(about, "missing-input") : amount(about, minor);
  };

const ownFigures = "Levels differ by terms and season; compare with the firm's own past.";
export const cashKpis: readonly FirmKpi[] = [
  cash(
    {
      kpi: "dso",
      title: "Days sales outstanding",
      meaning: "Receivables over the credit revenue of twelve months, in days.",
      sourceNote: "30–45 days is a second-hand figure.",
    },
    (facts, context) => outstanding(facts, context).dso,
  ),
  cash(
    {
      kpi: "dso-best-possible",
      title: "Days sales outstanding, best possible",
      meaning: "The same with receivables that are not overdue: what terms alone cost.",
      sourceNote: ownFigures,
    },
    (facts, context) => outstanding(facts, context).bestPossible,
  ),
  cash(
    {
      kpi: "dso-count-back",
      title: "Days sales outstanding, counted back",
      meaning: "Months counted back until they cover the balance; seasons do not fool it.",
      sourceNote: ownFigures,
    },
    (facts, context) => outstanding(facts, context).countBack,
  ),
  cash(
    {
      kpi: "wip-days",
      title: "Days of work in progress",
      meaning: "Unbilled work over a year's revenue, in days. No provisions are recorded.",
      sourceNote: "A documented formula; 45 and 60 days are judgements.",
    },
    (facts, context) => inProgress(facts, context).days,
  ),
  ...(["0-30", "31-60", "61-90", "90+"] as const).map((bucket) =>
    cash(
      {
        kpi: `wip-${bucket}`,
        title: `Work in progress, ${bucket} days old`,
        meaning: "Unbilled work by its age.",
        sourceNote: ownFigures,
      },
      (facts, context) => inProgress(facts, context).buckets[bucket],
      true,
    ),
  ),
  cash(
    {
      kpi: "wip",
      title: "Work in progress",
      meaning: "Billable work that is not billed, at the agreed price.",
      sourceNote: ownFigures,
    },
    total("wip"),
    true,
  ),
  cash(
    {
      kpi: "receivables",
      title: "Receivables",
      meaning: "Issued and not paid.",
      sourceNote: ownFigures,
    },
    total("receivables"),
    true,
  ),
  cash(
    {
      kpi: "receivables-overdue",
      title: "Overdue receivables",
      meaning: "Issued, not paid, and past the due day.",
      sourceNote: ownFigures,
    },
    total("receivables-overdue"),
    true,
  ),
  cash(
    {
      kpi: "lock-up",
      title: "Lock-up",
      meaning: "Days of work in progress and days sales outstanding together.",
      sourceNote: ownFigures,
    },
    (facts, context) => lockUp(inProgress(facts, context).days, outstanding(facts, context).dso),
  ),
  cash(
    {
      kpi: "cash-conversion",
      title: "Cash conversion",
      meaning: "Median civil days to invoice and days sales outstanding together.",
      sourceNote: ownFigures,
    },
    (facts, context) =>
      cashConversion(
        daysToInvoice(
          facts && { source: facts.source, items: only(facts, "clock").map(({ item }) => item) },
          context,
        ).civilDays,
        outstanding(facts, context).dso,
      ),
  ),
];

import { civilDays } from "../../clocks/civil-days.ts";

import type { Context } from "../context.ts";
import { cashConversion, lockUp } from "../days-sales-outstanding.ts";
import { daysToInvoice } from "../days-to-invoice.ts";
import { createSum } from "../exchange-rate.ts";
import type { Listing } from "../intake.ts";
import { createIntake } from "../intake.ts";
import { amount, type Kpi, noValue } from "../kpi.ts";

import { type CashFact, cashIn, inProgress, only, outstanding } from "./cash-facts.ts";
import { type FirmKpi, firmKpi } from "./firm-kpi.ts";

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

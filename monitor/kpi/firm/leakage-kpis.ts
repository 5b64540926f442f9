import { money } from "../../portfolio/basis.ts";

import type { Kpi } from "../kpi.ts";
import { type EarnedItem, type Leakage, leakage, leakageCauses } from "../leakage.ts";
import { type Realisation, realisation, type SettledTime } from "../realisation.ts";
import { earnedIn } from "./earned-items.ts";
import { type FirmKpi, firmKpi, type Part, type Question, type ScopeKind } from "./firm-kpi.ts";
import { placed } from "./selection.ts";
import { contractRate, lineBasis, timeLines } from "./time-lines.ts";

const scopes: readonly ScopeKind[] = ["firm", "client", "project"];

function settledIn(question: Question): Part<SettledTime>[] {
  const { view } = question;
  return timeLines(question).map((each) => {
    const { invoice, line, currency } = each;
    const { minutes, hourlyRateCents, netCents, writtenDownCents } = line.fields;
    const rate = contractRate(view, each)?.fields.hourlyRateCents ?? hourlyRateCents;
    const cut = hourlyRateCents ? Math.round((writtenDownCents * 60) / hourlyRateCents) : 0;
    return placed(
      view,
      { record: line, projectId: invoice.fields.projectId, title: line.fields.text },
      {
        fact: {
          source: line.source,
          on: invoice.fields.issuedOn ?? invoice.fields.draftedOn,
          workedMinutes: minutes,
          billedMinutes: minutes === null ? null : minutes - cut,
          standardRate: rate === null ? null : money(rate, currency),
          billed: money(netCents, currency),
        },
        basis: lineBasis(view, each),
      },
    );
  });
}

const realised = (name: keyof Realisation, title: string, meaning: string): FirmKpi =>
  firmKpi<SettledTime>({
    kpi: { realisation: "realisation", writeDown: "write-down", rateDiscount: "rate-discount" }[
      name
    ],
    title,
    unit: name === "realisation" ? "percent" : "minor units",
    meaning,
    sourceNote: "Bands are a judgement, set per firm.",
    scopes,
    days: 90,
    // Each whole is rounded once, so amounts may differ from their parts by a minor unit.
    additive: false,
    systems: ["erp", "crm", "psa"],
    parts: settledIn,
    formula: (facts, context) => realisation(facts, context)[name],
  });

const leaking = (kpi: string, title: string, read: (found: Leakage) => Kpi | null): FirmKpi =>
  firmKpi<EarnedItem>({
    kpi,
    title,
    unit: kpi === "leakage-share" ? "percent" : "minor units",
    meaning:
      "Earned at contract prices and not billed: time, prices, write-downs, milestones, unsigned changes.",
    sourceNote: "About 5 % between sold and earned is a second-hand figure.",
    scopes,
    days: 90,
    additive: true,
    systems: ["psa", "erp", "crm", "hris"],
    parts: earnedIn,
    formula: (facts, context) => {
      const found = leakage(facts, context);
      return read(found) ?? { ...found.amount, kpi, value: 0, numerator: 0 };
    },
  });

/** What of the earned value reached an invoice, and at which price. */
export const leakageKpis: readonly FirmKpi[] = [
  realised("realisation", "Realisation", "Billed fees of billable hours at contract prices."),
  realised("writeDown", "Written down", "Value of the hours that were not billed."),
  realised(
    "rateDiscount",
    "Below the contract's price",
    "Value lost on the price of the hours that were billed.",
  ),
  leaking("leakage", "Leakage", ({ amount }) => amount),
  leaking("leakage-share", "Leakage, share of what was earned", ({ share }) => share),
  ...leakageCauses
    .filter((cause) => cause !== "other" && cause !== "expense-not-rebilled")
    .map((cause) =>
      leaking(`leakage-${cause}`, `Leakage: ${cause.replaceAll("-", " ")}`, (found) =>
        found.amount.value === null ? found.amount : (found.byCause.get(cause) ?? null),
      ),
    ),
];

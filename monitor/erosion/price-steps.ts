import type { Observed } from "../kpi/intake.ts";
import { minus, over, plus, type Rational, rational, times } from "../kpi/rational.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import type { BridgeStep, Position } from "./bridge.ts";
import type { EffortForecast } from "./effort-forecast.ts";
import type { WorkedWeek } from "./project-effort.ts";

export type SoldProject = {
  readonly project: TwinRecord<"project">;
  readonly reckoned: EffortForecast;
  readonly sold: Position;
};

const none = rational(0);

/** Minor units for which a minute was sold. */
export const soldRate = ({ project, sold }: Pick<SoldProject, "project" | "sold">): Rational =>
  rational(sold.revenueMinor, project.fields.budgetMinutes);

/**
 * Rate, mix and write-downs, and what the work of the plan will bring in with all of them. Hours are
 * sold under time and materials only; elsewhere the price stands whatever they are.
 */
export function priceSteps(
  view: FirmView,
  facts: SoldProject,
): { readonly steps: readonly BridgeStep[]; readonly revenue: Rational } {
  const { project, reckoned } = facts;
  const lines = view
    .by("invoice", "projectId", project.id)
    .flatMap((invoice) => view.by("invoice-line", "invoiceId", invoice.id));
  const hourly = project.fields.billing === "time_and_materials";
  const rates = ratesOf(view, { project, lines });
  const contract = hourly
    ? blendedRate(reckoned.effort.weeks, { rates, sold: soldRate(facts) })
    : null;
  const writeDown = writeDownStep(lines);
  const short = hourly
    ? belowContract(lines, { rates, contractId: project.fields.contractId })
    : null;
  const unbilled = hourly
    ? unbillable(reckoned.effort.weeks, { rates, sold: soldRate(facts) })
    : null;
  const mixCost = times(
    reckoned.minutes,
    minus(reckoned.costPerMinute, reckoned.plannedCostPerMinute),
  );
  const mixRevenue = contract ? times(reckoned.minutes, minus(contract, soldRate(facts))) : none;
  const dearer = compareMargin(mixRevenue, mixCost) < 0;
  const steps: BridgeStep[] = [
    ...(short ? [short] : []),
    {
      part: "mix",
      code: dearer ? "MAR-3" : null,
      title: dearer ? "an hour costs more than planned" : "an hour costs no more than planned",
      revenue: mixRevenue,
      cost: mixCost,
      inputs: reckoned.effort.weeks.map(({ person }) => ({
        source: person.source,
        field: "hourlyCostCents",
        value: person.fields.hourlyCostCents,
      })),
    },
    ...(unbilled ? [unbilled] : []),
    ...(writeDown ? [writeDown] : []),
  ];
  const gross = contract ? times(reckoned.minutes, contract) : fixedRevenue(view, facts);
  const losses = [short, unbilled, writeDown].flatMap((step) => step?.revenue ?? []);
  return { steps, revenue: losses.reduce(plus, gross) };
}

/** The price; under a retainer all fees that were billed, where the work went on beyond the price. */
function fixedRevenue(view: FirmView, { project, sold }: SoldProject): Rational {
  return rational(Math.max(sold.revenueMinor, billedFees(view, project)));
}

/** Fees billed so far under a retainer, in minor units before write-downs; 0 elsewhere. */
export function billedFees(view: FirmView, { id, fields }: TwinRecord<"project">): number {
  return fields.billing !== "retainer"
    ? 0
    : view
        .by("invoice", "projectId", id)
        .flatMap((invoice) => view.by("invoice-line", "invoiceId", invoice.id))
        .reduce((sum, line) => sum + line.fields.netCents + line.fields.writtenDownCents, 0);
}

const compareMargin = (revenue: Rational, cost: Rational): number => {
  const { n } = minus(revenue, cost);
  return n < 0n ? -1 : n > 0n ? 1 : 0;
};

type Line = TwinRecord<"invoice-line">;
type Rates = ReadonlyMap<string, number>;

/** Cents an hour by grade: the contract's, else what this project's invoices charge. */
function ratesOf(
  view: FirmView,
  { project, lines }: { project: TwinRecord<"project">; lines: readonly Line[] },
): Rates {
  const rates = new Map<string, number>();
  for (const { fields } of lines)
    if (fields.grade !== null && fields.hourlyRateCents !== null)
      rates.set(fields.grade, Math.max(fields.hourlyRateCents, rates.get(fields.grade) ?? 0));
  for (const { fields } of contractRates(view, project.fields.contractId))
    rates.set(fields.grade, fields.hourlyRateCents);
  return rates;
}

/** By the day from which they hold, the newest last. */
const contractRates = (view: FirmView, contractId: string | null) =>
  contractId === null
    ? []
    : view
        .by("rate-line", "contractId", contractId)
        .toSorted((a, b) => (a.fields.validFrom < b.fields.validFrom ? -1 : 1));

/** What the contract brings for a minute of the people who really worked; null: nobody did yet. */
function blendedRate(
  weeks: readonly WorkedWeek[],
  { rates, sold }: { readonly rates: Rates; readonly sold: Rational },
): Rational | null {
  let minutes = 0;
  let value = none;
  for (const week of weeks) {
    minutes += week.inPlanMinutes;
    value = plus(value, times(rational(week.inPlanMinutes), rateOf(week, { rates, sold })));
  }
  return minutes === 0 ? sold : over(value, rational(minutes));
}

const rateOf = (
  { person }: WorkedWeek,
  { rates, sold }: { readonly rates: Rates; readonly sold: Rational },
): Rational => {
  const cents = rates.get(person.fields.grade);
  return cents === undefined ? sold : rational(cents, 60);
};

function unbillable(
  weeks: readonly WorkedWeek[],
  how: { readonly rates: Rates; readonly sold: Rational },
): BridgeStep | null {
  let lost = none;
  const inputs: Observed[] = [];
  for (const week of weeks) {
    const minutes = week.inPlanMinutes - week.billableMinutes;
    if (minutes <= 0) continue;
    lost = plus(lost, times(rational(minutes), rateOf(week, how)));
    const { source, fields } = week.record;
    inputs.push({ source, field: "billableMinutes", value: fields.billableMinutes });
  }
  return inputs.length === 0
    ? null
    : {
        part: "volume",
        code: "MAR-6",
        title: "hours of the plan that are not chargeable",
        revenue: minus(none, lost),
        cost: none,
        inputs,
      };
}

function belowContract(
  lines: readonly Line[],
  { rates, contractId }: { readonly rates: Rates; readonly contractId: string | null },
): BridgeStep | null {
  if (contractId === null) return null;
  let lost = none;
  const inputs: Observed[] = [];
  for (const { source, fields } of lines) {
    const agreed = fields.grade === null ? undefined : rates.get(fields.grade);
    if (agreed === undefined || fields.hourlyRateCents === null || fields.minutes === null)
      continue;
    if (fields.hourlyRateCents >= agreed) continue;
    lost = plus(lost, rational(fields.minutes * (agreed - fields.hourlyRateCents), 60));
    inputs.push({ source, field: "hourlyRateCents", value: fields.hourlyRateCents });
  }
  return inputs.length === 0
    ? null
    : {
        part: "rate",
        code: "MAR-4",
        title: "invoice lines below the contract's rate",
        revenue: minus(none, lost),
        cost: none,
        inputs,
      };
}

function writeDownStep(lines: readonly Line[]): BridgeStep | null {
  const written = lines.filter(({ fields }) => fields.writtenDownCents > 0);
  return written.length === 0
    ? null
    : {
        part: "write-down",
        code: "MAR-5",
        title: "work written down on invoices",
        revenue: rational(-written.reduce((sum, { fields }) => sum + fields.writtenDownCents, 0)),
        cost: none,
        inputs: written.map(({ source, fields }) => ({
          source,
          field: "writtenDownCents",
          value: fields.writtenDownCents,
        })),
      };
}

import { dateIn } from "../clocks/civil-days.ts";
import type { Coverage, Observed } from "../kpi/intake.ts";
import { plus, rational, rounded, times } from "../kpi/rational.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import {
  type Bridge,
  type BridgeLine,
  type BridgeShare,
  layBridge,
  type MarginCode,
  marginCauses,
  marginHundredths,
  type Position,
} from "./bridge.ts";
import { type EffortForecast, type EstimateMethod, effortForecast } from "./effort-forecast.ts";
import { lateTime } from "./late-time.ts";
import { priceSteps } from "./price-steps.ts";
import { expenseSteps, scopeSteps } from "./scope-steps.ts";
import { volumeSteps } from "./volume-steps.ts";

export type MarginState = Position & {
  readonly marginMinor: number;
  /** Hundredths of a percent of the revenue; null: nothing is sold. */
  readonly marginHundredths: number | null;
};

export type MarginCause = {
  readonly code: MarginCode;
  readonly title: string;
  /** Effect on the margin; negative. */
  readonly minor: number;
  readonly points: number | null;
  readonly inputs: readonly Observed[];
};

export type MarginBridge = {
  readonly kind: "bridge";
  readonly projectId: string;
  readonly asOf: string;
  readonly currency: string;
  /** As sold. */
  readonly baseline: MarginState;
  /** At the end, by what is known now; change orders that nobody approved are not in it. */
  readonly forecast: MarginState;
  /** Forecast less baseline; negative: the margin erodes. The lines add up to it exactly. */
  readonly varianceMinor: number;
  /** Hundredths of a percentage point. */
  readonly variancePoints: number | null;
  readonly lines: readonly BridgeLine[];
  /** What erodes, the largest first. */
  readonly causes: readonly MarginCause[];
  readonly method: EstimateMethod;
  /** Change orders raised and not decided. Shown, never counted. */
  readonly pendingUpside: { readonly minor: number; readonly inputs: readonly Observed[] };
  /** Cost of weeks that came in late last month: it looks like erosion, and was there all along. */
  readonly apparent: {
    readonly code: "MAR-12";
    readonly minor: number;
    readonly inputs: readonly Observed[];
  };
  readonly coverage: Coverage;
  /** Hours in it are not all handed in or not all approved: it may still move. */
  readonly provisional: boolean;
  readonly inputs: readonly Observed[];
};

export type NoMarginBridge = {
  readonly kind: "unknown";
  readonly projectId: string;
  readonly asOf: string;
  readonly missing: readonly string[];
  readonly coverage: Coverage;
};

/** Less than this share of what is needed, and nothing is said. */
const leastCoveragePercent = 60;

/**
 * Why one project's margin is not what it was when it was sold. Amounts in the project's currency.
 * Costs that the client pays back are left out on both sides. Same view, same bytes.
 */
export function marginBridge(view: FirmView, projectId: string): MarginBridge | NoMarginBridge {
  const unknown = (missing: readonly string[], coverage: Coverage): NoMarginBridge => ({
    kind: "unknown",
    projectId,
    asOf: view.asOf,
    missing,
    coverage,
  });
  const project = view.get("project", projectId);
  if (project === null) return unknown(["the project"], { present: 0, required: 1 });
  const missing = missingOf(view, project);
  const reckoned = effortForecast(view, project);
  if (missing.length > 0 || reckoned === null)
    return unknown([...missing, ...(reckoned ? [] : ["the cost of the people on it"])], {
      present: Math.max(0, needed - missing.length),
      required: needed,
    });
  const coverage = coverageOf(view, project, reckoned);
  if (coverage.present * 100 < coverage.required * leastCoveragePercent)
    return unknown(["weeks of people that are handed in and have a cost"], coverage);
  return build(view, { project, reckoned, coverage });
}

type Known = {
  readonly project: TwinRecord<"project">;
  readonly reckoned: EffortForecast;
  readonly coverage: Coverage;
};

function build(view: FirmView, { project, reckoned, coverage }: Known): MarginBridge {
  const sold = soldPosition(view, project);
  const price = priceSteps(view, { project, reckoned, sold });
  const scope = scopeSteps(view, { project, reckoned });
  const steps = [
    ...price.steps,
    ...volumeSteps(view, { project, reckoned, sold }),
    ...scope.steps,
    ...expenseSteps(view, project),
    {
      part: "fx" as const,
      code: null,
      title: `all amounts of the project are in ${project.fields.currency}`,
      revenue: rational(0),
      cost: rational(0),
      inputs: [{ source: project.source, field: "currency", value: project.fields.currency }],
    },
  ];
  // Reckoned on its own, from hours and rates, so that the residual can show what the lines missed.
  const peopleCost = plus(times(reckoned.minutes, reckoned.costPerMinute), scope.cost);
  const expenses = steps.filter(({ part }) => part === "expense");
  const to: Position = {
    revenueMinor: Number(rounded(plus(price.revenue, scope.revenue))),
    costMinor: Number(rounded(expenses.reduce((sum, { cost }) => plus(sum, cost), peopleCost))),
  };
  const bridge = layBridge(sold, { to, steps });
  return {
    kind: "bridge",
    projectId: project.id,
    asOf: view.asOf,
    currency: project.fields.currency,
    baseline: stateOf(sold),
    forecast: stateOf(to),
    varianceMinor: bridge.minor,
    variancePoints: bridge.points,
    lines: bridge.lines,
    causes: causesOf(bridge),
    method: reckoned.method,
    pendingUpside: scope.pending,
    apparent: lateTime(view, reckoned.effort),
    coverage,
    provisional:
      reckoned.effort.owed.minutes > 0 ||
      reckoned.effort.weeks.some(({ record }) => record.fields.state === "submitted"),
    inputs: [
      {
        source: project.source,
        field: "contractValueCents",
        value: project.fields.contractValueCents,
      },
      ...reckoned.inputs,
      ...bridge.lines.flatMap(({ shares }) => shares.flatMap(({ inputs }) => inputs)),
    ],
  };
}

const stateOf = (position: Position): MarginState => ({
  ...position,
  marginMinor: position.revenueMinor - position.costMinor,
  marginHundredths: marginHundredths(BigInt(position.revenueMinor), BigInt(position.costMinor)),
});

function causesOf({ lines }: Bridge): MarginCause[] {
  const coded = lines.flatMap(({ shares }) =>
    shares.flatMap((share) => (share.code === null ? [] : [{ ...share, code: share.code }])),
  );
  return [...Map.groupBy(coded, ({ code }) => code)]
    .map(([code, shares]) => ({
      code,
      title: marginCauses[code],
      minor: shares.reduce((sum, { minor }) => sum + minor, 0),
      points: pointsOf(shares),
      inputs: shares.flatMap(({ inputs }) => inputs),
    }))
    .filter(({ minor }) => minor < 0)
    .toSorted((a, b) => a.minor - b.minor || (a.code < b.code ? -1 : 1));
}

const pointsOf = (shares: readonly BridgeShare[]): number | null =>
  shares.reduce<number | null>(
    (sum, { points }) => (sum === null || points === null ? null : sum + points),
    0,
  );

/** What the project was sold for and should have cost: the first that its system told of it. */
export function soldPosition(view: FirmView, { id, fields }: TwinRecord<"project">): Position {
  const first = view.history("project", id)[0]?.attributes ?? {};
  const told = (field: "contractValueCents" | "plannedCostCents"): number => {
    const value = first[field];
    return typeof value === "number" && value > 0 ? value : fields[field];
  };
  return { revenueMinor: told("contractValueCents"), costMinor: told("plannedCostCents") };
}

/** Fields and systems without which there is no bridge. */
const needed = 7;
function missingOf(view: FirmView, project: TwinRecord<"project">): string[] {
  const { contractValueCents, plannedCostCents, budgetMinutes } = project.fields;
  return [
    ...(contractValueCents > 0 ? [] : ["the contract's value"]),
    ...(plannedCostCents > 0 ? [] : ["the planned cost"]),
    ...(budgetMinutes > 0 ? [] : ["the budget of hours"]),
    ...(["psa", "hris", "crm", "erp"] as const).flatMap((system) =>
      (view.lastRead[system] ?? null) === null
        ? [`the ${system}, which was never read in full`]
        : [],
    ),
  ];
}

/** Weeks of people that are in, of those that should be. */
function coverageOf(
  view: FirmView,
  project: TwinRecord<"project">,
  { effort }: EffortForecast,
): Coverage {
  const today = dateIn(view.calendar.zone, view.asOf);
  const owed = view
    .by("timesheet-week", "projectId", project.id)
    .filter(
      ({ fields }) =>
        fields.state === "missing" && fields.dueOn < today && fields.expectedMinutes > 0,
    ).length;
  return {
    present: needed + effort.weeks.length,
    required: needed + effort.weeks.length + effort.unknownCost + owed,
  };
}

import type { Observed } from "../kpi/intake.ts";
import { plus, type Rational, rational, times } from "../kpi/rational.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import type { BridgeStep } from "./bridge.ts";
import type { EffortForecast } from "./effort-forecast.ts";

const none = rational(0);

export type ScopeSteps = {
  readonly steps: readonly BridgeStep[];
  /** Of agreed change orders. */
  readonly revenue: Rational;
  /** Of all work outside the plan, and of what is agreed and still to do. */
  readonly cost: Rational;
  readonly pending: { readonly minor: number; readonly inputs: readonly Observed[] };
};

/**
 * Work outside the plan: up to the hours of agreed change orders it is theirs, beyond that nobody
 * pays for it. Orders that are raised and not decided are upside and count for nothing here.
 */
export function scopeSteps(
  view: FirmView,
  { project, reckoned }: { project: TwinRecord<"project">; reckoned: EffortForecast },
): ScopeSteps {
  const orders = view.by("change-order", "projectId", project.id);
  const agreed = orders.filter(
    ({ fields: { state } }) => state === "approved" || state === "executed",
  );
  const open = orders.filter(
    ({ fields: { state } }) =>
      state === "draft" || state === "proposed" || state === "client_review",
  );
  const sum = (list: typeof orders, field: "amountCents" | "minutes") =>
    list.reduce((total, { fields }) => total + fields[field], 0);
  const { offPlan, weeks } = reckoned.effort;
  const worked = offPlan.minutes;
  const ordered = sum(agreed, "minutes");
  const done = project.fields.status === "completed";
  const covered = Math.min(worked, ordered);
  const rate = worked > 0 ? rational(offPlan.sixtiethCents, 60 * worked) : reckoned.costPerMinute;
  const coveredCost = plus(
    times(rational(covered), rate),
    done ? none : times(rational(ordered - covered), rate),
  );
  const unpaidCost = times(rational(worked - covered), rate);
  const revenue = rational(sum(agreed, "amountCents"));
  const amounts = (list: typeof orders): Observed[] =>
    list.map(({ source, fields }) => ({ source, field: "amountCents", value: fields.amountCents }));
  const offPlanInputs = weeks.flatMap(({ record: { source, fields } }) =>
    fields.offPlanMinutes > 0
      ? [{ source, field: "offPlanMinutes", value: fields.offPlanMinutes }]
      : [],
  );
  return {
    steps: [
      ...(agreed.length > 0
        ? [
            {
              part: "scope" as const,
              code: null,
              title: "change orders that were agreed",
              revenue,
              cost: coveredCost,
              inputs: amounts(agreed),
            },
          ]
        : []),
      ...(worked > covered
        ? [
            {
              part: "scope" as const,
              code: "MAR-2" as const,
              title: "work outside the plan without an agreed change order",
              revenue: none,
              cost: unpaidCost,
              inputs: offPlanInputs,
            },
          ]
        : []),
    ],
    revenue,
    cost: plus(coveredCost, unpaidCost),
    pending: { minor: sum(open, "amountCents"), inputs: amounts(open) },
  };
}

/** Expenses and subcontractors that the client does not pay back, rejected claims left out. */
export function expenseSteps(view: FirmView, { id }: TwinRecord<"project">): BridgeStep[] {
  const own = view
    .by("expense", "projectId", id)
    .filter(({ fields }) => !fields.rebillable && fields.state !== "rejected");
  return own.length === 0
    ? []
    : [
        {
          part: "expense",
          code: "MAR-8",
          title: "expenses and subcontractors that nobody pays back",
          revenue: none,
          cost: rational(own.reduce((sum, { fields }) => sum + fields.amountCents, 0)),
          inputs: own.map(({ source, fields }) => ({
            source,
            field: "amountCents",
            value: fields.amountCents,
          })),
        },
      ];
}

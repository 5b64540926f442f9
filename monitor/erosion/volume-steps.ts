import type { Observed } from "../kpi/intake.ts";
import { median } from "../kpi/percentile.ts";
import { compare, minus, type Rational, rational, times } from "../kpi/rational.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { type BridgeStep, type MarginCode, marginCauses } from "./bridge.ts";
import type { EffortForecast } from "./effort-forecast.ts";
import { billedFees, type SoldProject, soldRate } from "./price-steps.ts";
import { projectEffort } from "./project-effort.ts";

const none = rational(0);
/** So many finished projects of one kind of billing make a reference class. A judgement. */
const referenceClass = 8;
const newestFinished = 40;

/**
 * What hours beyond or below the plan do to the margin. Hours that are sold bring their price; others
 * only cost. An overrun falls first to what the records can name, the rest is effort overrun.
 */
export function volumeSteps(view: FirmView, facts: SoldProject): BridgeStep[] {
  const { project, reckoned, sold } = facts;
  const extra = minus(reckoned.minutes, rational(project.fields.budgetMinutes));
  const price = project.fields.billing === "time_and_materials" ? soldRate(facts) : none;
  const stepOf = (minutes: Rational, cause: Named): BridgeStep => ({
    part: "volume",
    ...cause,
    revenue: times(minutes, price),
    cost: times(minutes, reckoned.plannedCostPerMinute),
  });
  const planned: Observed[] = [
    { source: project.source, field: "budgetMinutes", value: project.fields.budgetMinutes },
    { source: project.source, field: "percentComplete", value: project.fields.percentComplete },
  ];
  const fees = billedFees(view, project) - sold.revenueMinor;
  const more: BridgeStep[] =
    fees > 0
      ? [
          {
            part: "volume",
            code: null,
            title: "fees beyond the agreed term",
            revenue: rational(fees),
            cost: none,
            inputs: planned,
          },
        ]
      : [];
  const erodes = extra.n > 0n && compare(price, reckoned.plannedCostPerMinute) < 0;
  if (!erodes)
    return [
      ...more,
      stepOf(extra, {
        code: null,
        title: extra.n > 0n ? "more hours sold than planned" : "fewer hours than planned",
        inputs: planned,
      }),
    ];
  let left = extra;
  const steps: BridgeStep[] = [];
  for (const named of [
    reworked(view, reckoned, project),
    prolonged(view, reckoned, project),
    reference(view, project),
  ]) {
    if (named === null || named.minutes.n <= 0n) continue;
    const minutes = compare(named.minutes, left) < 0 ? named.minutes : left;
    if (minutes.n <= 0n) continue;
    steps.push(stepOf(minutes, named.cause));
    left = minus(left, minutes);
  }
  if (left.n > 0n)
    steps.push(stepOf(left, caused("MAR-1", [...planned, ...reckoned.effort.inputs])));
  return [...more, ...steps];
}

type Named = Pick<BridgeStep, "code" | "title" | "inputs">;
type NamedOverrun = { readonly minutes: Rational; readonly cause: Named };
const caused = (code: MarginCode, inputs: readonly Observed[]): Named => ({
  code,
  title: marginCauses[code],
  inputs,
});

/** Hours of the lead in weeks that began after the agreed end. */
function prolonged(
  view: FirmView,
  { effort }: EffortForecast,
  { fields }: TwinRecord<"project">,
): NamedOverrun | null {
  const contract = fields.contractId === null ? null : view.get("contract", fields.contractId);
  const end = contract?.fields.endsOn ?? fields.plannedEndOn;
  const late = effort.weeks.filter(
    ({ record }) => record.fields.personId === fields.leadId && record.fields.week > end,
  );
  return late.length === 0
    ? null
    : {
        minutes: rational(late.reduce((sum, { inPlanMinutes }) => sum + inPlanMinutes, 0)),
        cause: caused(
          "MAR-9",
          late.map(({ record: { source, fields: week } }) => ({
            source,
            field: "loggedMinutes",
            value: week.loggedMinutes,
          })),
        ),
      };
}

/** Hours between a delivery and the next delivery of the same milestone. */
function reworked(
  view: FirmView,
  { effort }: EffortForecast,
  { id }: TwinRecord<"project">,
): NamedOverrun | null {
  let minutes = 0;
  const inputs: Observed[] = [];
  for (const milestone of view.by("milestone", "projectId", id)) {
    const delivered = view
      .history("milestone", milestone.id)
      .flatMap(({ attributes: { deliveredOn } }) =>
        typeof deliveredOn === "string" ? [deliveredOn] : [],
      );
    const [first, last] = [delivered[0], delivered.at(-1)];
    if (first === undefined || last === undefined || first === last) continue;
    inputs.push({ source: milestone.source, field: "deliveredOn", value: last });
    for (const { record, inPlanMinutes } of effort.weeks)
      if (record.fields.week >= first && record.fields.week < last) minutes += inPlanMinutes;
  }
  return inputs.length === 0
    ? null
    : { minutes: rational(minutes), cause: caused("MAR-7", inputs) };
}

type Reference = { readonly usual: Rational; readonly inputs: readonly Observed[] };
const references = new WeakMap<FirmView, Map<string, Reference | null>>();

/** What finished projects with the same kind of billing took beyond their plan, at the median. */
function reference(view: FirmView, { fields }: TwinRecord<"project">): NamedOverrun | null {
  // The same for every project of one view and one kind of billing: reckoned once.
  const known = references.get(view) ?? new Map<string, Reference | null>();
  references.set(view, known);
  let found = known.get(fields.billing);
  if (found === undefined) known.set(fields.billing, (found = referenceOf(view, fields.billing)));
  if (found === null || compare(found.usual, rational(1000)) <= 0) return null;
  const share = times(minus(found.usual, rational(1000)), rational(1, 1000));
  return {
    minutes: times(rational(fields.budgetMinutes), share),
    cause: caused("MAR-11", found.inputs),
  };
}

function referenceOf(view: FirmView, billing: string): Reference | null {
  const finished = view
    .by("project", "billing", billing)
    .filter(({ fields }) => fields.completedOn !== null && fields.budgetMinutes > 0)
    .toSorted((a, b) =>
      (a.fields.completedOn ?? "") > (b.fields.completedOn ?? "") ? -1 : Number(a.id > b.id),
    )
    .slice(0, newestFinished);
  if (finished.length < referenceClass) return null;
  const usual = median(
    finished.map(({ id, fields }) =>
      Math.round((projectEffort(view, id).inPlan.minutes * 1000) / fields.budgetMinutes),
    ),
  );
  return (
    usual && {
      usual,
      inputs: finished.map(({ source, fields }) => ({
        source,
        field: "budgetMinutes",
        value: fields.budgetMinutes,
      })),
    }
  );
}

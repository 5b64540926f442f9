import { contextOf } from "../portfolio/firm-context.ts";
import type { FirmView } from "../twin/firm-view.ts";
import { approvalKpis } from "./firm/approval-kpis.ts";
import { billingKpis } from "./firm/billing-kpis.ts";
import { cashKpis } from "./firm/cash-kpis.ts";
import { clientKpis } from "./firm/client-kpis.ts";
import { earnedValueKpis } from "./firm/earned-value-kpis.ts";
import {
  type FirmKpi,
  type KpiEntry,
  type KpiPart,
  lastDays,
  type Question,
  type Scope,
} from "./firm/firm-kpi.ts";
import { leakageKpis } from "./firm/leakage-kpis.ts";
import { peopleKpis } from "./firm/people-kpis.ts";
import { processKpis } from "./firm/process-kpis.ts";
import { type Kpi, noValue } from "./kpi.ts";
import type { Period } from "./on-time-milestones.ts";

const kpis: readonly FirmKpi[] = [
  ...earnedValueKpis,
  ...peopleKpis,
  ...billingKpis,
  ...leakageKpis,
  ...cashKpis,
  ...approvalKpis,
  ...processKpis,
  ...clientKpis,
];
const byId = new Map(kpis.map((each) => [each.kpi, each]));

/** Everything that can be measured about the firm, in a fixed order. */
export const kpiCatalogue: readonly KpiEntry[] = kpis.map(
  ({ measure: _measure, drill: _drill, ...entry }) => entry,
);

/** `period` left out: as many days back as the catalogue says. */
export type KpiQuestion = {
  readonly kpi: string;
  readonly scope: Scope;
  readonly period?: Period;
};

/** One number about the firm, a client, a project, a person or an approver. A kpi or scope that the catalogue does not have is no number. */
export function measureKpi(view: FirmView, question: KpiQuestion): Kpi {
  const found = askable(question);
  return found
    ? found.measure(asked(view, question, found))
    : noValue({ kpi: question.kpi, unit: "count", asOf: view.asOf, from: [] }, "missing-input");
}

/**
 * The parts of the number, one level down. Where the catalogue says `additive`, their numerators and
 * denominators add up to those of the whole (of an amount, only the numerators).
 */
export function drill(view: FirmView, question: KpiQuestion): readonly KpiPart[] {
  const found = askable(question);
  return found ? found.drill(asked(view, question, found)) : [];
}

const askable = ({ kpi, scope }: KpiQuestion): FirmKpi | null => {
  const found = byId.get(kpi);
  return found?.scopes.includes(scope.kind) ? found : null;
};

const asked = (view: FirmView, { scope, period }: KpiQuestion, { days }: FirmKpi): Question => ({
  view,
  scope,
  period: period ?? lastDays(contextOf(view).today, days ?? 90),
});

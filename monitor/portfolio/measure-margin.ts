import type { EarnedValue } from "../kpi/earned-value.ts";
import type { Observed } from "../kpi/intake.ts";
import { type ProjectMargin, projectMargin } from "../kpi/project-margin.ts";
import type { FirmView } from "../twin/firm-view.ts";
import { fieldsOf, listed, money, restingOn } from "./basis.ts";
import { newest, type ProjectWork } from "./earned-value-of.ts";
import { billableValue } from "./work-done.ts";

/** Margin of one project against what it was sold at. */
export function marginOf(view: FirmView, about: ProjectWork, set: EarnedValue): ProjectMargin {
  const { project, work, context } = about;
  const { currency } = context.reporting;
  const { fields, source } = project;
  const income = incomeOf(view, about);
  const margin = projectMargin(
    {
      project: source,
      contract: income.forecast === null ? null : money(income.forecast, currency),
      revenueToDate: money(income.billed, currency),
      costToDate: set.ac.numerator === null ? null : money(set.ac.numerator, currency),
      estimateAtCompletion: set.eac,
      baseline: {
        price: money(fields.contractValueCents, currency),
        cost: money(fields.plannedCostCents, currency),
      },
      changeOrders: {
        source: work.orders.source,
        items: work.orders.records.map((order) => ({
          source: order.source,
          state: order.fields.state,
          amount: money(order.fields.amountCents, currency),
          raisedOn: order.fields.raisedOn,
        })),
      },
      provisional: work.costed.some(({ week }) => week.fields.state !== "approved"),
    },
    context,
  );
  const basis = [...fieldsOf(project, "contractValueCents"), ...income.basis, ...set.eac.inputs];
  return {
    toDate: restingOn(margin.toDate, basis),
    forecast: restingOn(margin.forecast, basis),
    erosion: restingOn(margin.erosion, basis),
    pendingUpside: restingOn(margin.pendingUpside, basis),
  };
}

/**
 * A fixed price is what it is. Time and materials earn the billable time so far, less what was
 * written down, and the remaining work at the average price of the contract, up to its cap.
 */
function incomeOf(view: FirmView, { project, work, context }: ProjectWork) {
  const invoices = listed(view, "invoice", ["projectId", project.id]);
  const lines = invoices.records.flatMap(({ id }) => view.by("invoice-line", "invoiceId", id));
  const billed = invoices.records
    .filter(({ fields }) => fields.state === "issued" || fields.state === "paid")
    .reduce((sum, { fields }) => sum + fields.netCents, 0);
  const { billing, contractValueCents, budgetMinutes } = project.fields;
  const basis: Observed[] = [
    ...fieldsOf(project, "billing"),
    invoices.count,
    ...invoices.records.flatMap((each) => fieldsOf(each, "state", "netCents")),
  ];
  if (billing !== "time_and_materials") return { forecast: contractValueCents, billed, basis };
  const seats = listed(view, "assignment", ["projectId", project.id]);
  const report = newest(view.by("progress-report", "projectId", project.id), context.today);
  const contract = view.by("contract", "projectId", project.id)[0] ?? null;
  const cap = contract?.fields.authorisedMinutes ?? null;
  let worked: number | null = 0;
  for (const week of work.costed) {
    const value = billableValue(view, week);
    worked = value === null || worked === null ? null : worked + value;
  }
  const writtenDown = lines.reduce((sum, { fields }) => sum + fields.writtenDownCents, 0);
  const price = budgetMinutes === 0 ? 0 : contractValueCents / budgetMinutes;
  const rest = Math.round((report?.fields.remainingMinutes ?? budgetMinutes) * price);
  const most = cap === null ? Number.MAX_SAFE_INTEGER : Math.round(cap * price);
  return {
    forecast: worked === null ? null : Math.min(most, worked - writtenDown + rest),
    billed,
    basis: [
      ...basis,
      ...lines.flatMap((line) => fieldsOf(line, "writtenDownCents")),
      seats.count,
      ...seats.records.flatMap((seat) => fieldsOf(seat, "personId", "hourlyRateCents")),
      ...work.costed.flatMap(({ week }) => fieldsOf(week, "billableMinutes")),
      ...(contract ? fieldsOf(contract, "authorisedMinutes") : []),
    ],
  };
}

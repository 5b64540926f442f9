import { type Money } from "#/domain/money.ts";
import { type RiskPart, valueAtRisk } from "../health/portfolio.ts";
import type { Context } from "../kpi/context.ts";
import type { Observed } from "../kpi/intake.ts";
import type { Kpi } from "../kpi/kpi.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { fieldsOf, listed, money, restingOn, wereRead } from "./basis.ts";
import { blockersBasis, blockersOf } from "./billing-blockers.ts";
import { earnedValueOf, type ProjectWork } from "./earned-value-of.ts";
import { readyValues } from "./measure-billing.ts";

/** What may be lost on one project, by the reason. */
export type ValueAtStake = {
  readonly parts: readonly {
    readonly reason: "overrun" | "not-billed" | "unsigned-work" | "overdue";
    readonly amount: Money;
  }[];
  readonly total: Kpi;
};

type Stake = ValueAtStake["parts"][number] & { readonly part: RiskPart };

/**
 * The overrun that is forecast, value that is ready or blocked and not billed, work without a signed
 * change order, and balances past their due day. An invoice counts once.
 */
export function valueAtStake(view: FirmView, about: ProjectWork): ValueAtStake {
  const { project, context } = about;
  const earned = earnedValueOf(view, about);
  const overrun = Math.max(0, -(earned.vac.numerator ?? 0));
  const unsigned = earned.workAtRisk.numerator ?? 0;
  const waiting = waitingValue(view, about);
  const overdue = view
    .by("invoice", "projectId", project.id)
    .filter(
      ({ fields }) =>
        fields.state === "issued" && fields.dueOn !== null && fields.dueOn < context.today,
    );
  const stake = stakesIn(context);
  const stakes: Stake[] = [
    ...stake("overrun", project, overrun),
    ...stake("unsigned-work", project, unsigned),
    ...waiting.flatMap(({ record, minor }) => stake("not-billed", record, minor)),
    ...overdue.flatMap((invoice) => stake("overdue", invoice, invoice.fields.totalCents)),
  ];
  const known = wereRead(view, ["psa", "hris", "crm", "erp"]) && earned.ac.numerator !== null;
  const invoices = listed(view, "invoice", ["projectId", project.id]);
  const total = valueAtRisk(
    known ? { source: project.source, items: stakes.map(({ part }) => part) } : null,
    { ...context, reporting: { currency: view.currency, rates: [] } },
  );
  const basis: Observed[] = [
    ...earned.vac.inputs,
    invoices.count,
    ...waiting.flatMap(({ basis: own }) => own),
    ...overdue.flatMap((each) => fieldsOf(each, "state", "dueOn", "totalCents")),
  ];
  return {
    parts: stakes.map(({ reason, amount }) => ({ reason, amount })),
    total: restingOn(total, basis),
  };
}

const stakesIn =
  ({ reporting, today }: Context) =>
  (reason: Stake["reason"], record: Pick<TwinRecord, "source">, minor: number): Stake[] =>
    minor === 0
      ? []
      : [
          {
            reason,
            amount: money(minor, reporting.currency),
            part: {
              source: record.source,
              field: reason,
              amount: money(minor, reporting.currency),
              on: today,
            },
          },
        ];

/** Ready value, and drafts that something blocks although no period of theirs has ended. */
function waitingValue(view: FirmView, { project, context }: ProjectWork) {
  const ready = readyValues(view, { project, context }).values.map(({ record, amount }) => ({
    record,
    minor: amount.minor,
    basis:
      record.kind === "invoice"
        ? fieldsOf(record as TwinRecord<"invoice">, "state", "periodEnd", "netCents")
        : fieldsOf(record as TwinRecord<"milestone">, "acceptedOn", "amountCents"),
  }));
  const counted = new Set(ready.map(({ record }) => record.id));
  const milestones = new Set(
    ready.flatMap(({ record }) => (record.kind === "milestone" ? [record.id] : [])),
  );
  const blocked = view
    .by("invoice", "projectId", project.id)
    .filter(
      (invoice) =>
        !counted.has(invoice.id) &&
        blockersOf(view, invoice, context.today).length > 0 &&
        // Its milestone is in the list already.
        !view
          .by("invoice-line", "invoiceId", invoice.id)
          .some(({ fields }) => fields.milestoneId !== null && milestones.has(fields.milestoneId)),
    )
    .map((record) => ({
      record,
      minor: record.fields.netCents,
      basis: blockersBasis(view, record),
    }));
  return [...ready, ...blocked];
}

/** By when it is decided: the next milestone that is not delivered, else the planned end. */
export function deadlineOf(view: FirmView, { id, fields: plan }: TwinRecord<"project">): string {
  const open = view
    .by("milestone", "projectId", id)
    .flatMap(({ fields }) =>
      fields.deliveredOn === null ? [fields.due ?? fields.baselineOn] : [],
    );
  return open.toSorted()[0] ?? plan.plannedEndOn;
}

import { compareInstants, firmClock, latest } from "../civil-time.ts";
import type { Condition } from "../condition.ts";
import { invoiceConditions } from "../invoice-conditions.ts";
import { scopeOf } from "../invoice-facts.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { billOf } from "./bill.ts";
import { readyAt } from "./billing-runs.ts";
import { factsOf, furtherConditions } from "./invoice-delay.ts";
import { defaultCauseSettings } from "./settings.ts";

/** One thing an invoice had or has to wait for. `end` null: it still waits. */
export type Step = {
  readonly condition: Condition;
  /** From when it holds the invoice back; before that it is merely not finished. */
  readonly start: string;
  readonly end: string | null;
};

/** The way of one invoice in three stretches: everything there, approved, handed over. */
export type InvoicePath = {
  readonly invoice: TwinRecord<"invoice">;
  /** All that must be there before anybody is asked to approve it. */
  readonly upstream: readonly Step[];
  readonly approvals: readonly Step[];
  readonly transfers: readonly Step[];
  readonly draftedAt: string;
  /** When it was ready for its run; null: not yet. */
  readonly readyAt: string | null;
  readonly out: string | null;
  readonly gaps: readonly string[];
};

export function invoicePath(view: FirmView, invoice: TwinRecord<"invoice">): InvoicePath {
  const bill = billOf(view, invoice);
  const facts = factsOf(view, bill, defaultCauseSettings);
  const scope = scopeOf(facts);
  const steps = invoiceConditions(facts, scope, furtherConditions(view, bill)).flatMap(
    (condition): Step[] => {
      const start = condition.blocksFrom ?? condition.metAt;
      if (start === null || condition.cause === "INV-12") return [];
      return [{ condition, start, end: condition.met ? condition.metAt : null }];
    },
  );
  const of = (...causes: readonly string[]) =>
    steps.filter(({ condition }) => causes.includes(condition.cause));
  return {
    invoice,
    upstream: steps.filter(({ condition: { cause } }) => cause !== "INV-8" && cause !== "INV-11"),
    approvals: of("INV-8"),
    transfers: of("INV-11"),
    draftedAt: bill.draftedAt,
    readyAt: readyAt(view, invoice),
    out: bill.out,
    gaps: scope.gaps,
  };
}

/** When the last of the steps was over, not before the draft stood; null: one still waits. */
export function completeAt({ upstream, draftedAt }: InvoicePath): string | null {
  let at: string | null = draftedAt;
  for (const { end } of upstream) {
    if (end === null) return null;
    at = latest(at, end);
  }
  return at;
}

/** Working minutes that a step held the invoice up, where it is over. */
export const heldMinutes = (view: FirmView, { start, end }: Step): number =>
  end === null || compareInstants(end, start) <= 0
    ? 0
    : firmClock(view.calendar).minutes(start, end);

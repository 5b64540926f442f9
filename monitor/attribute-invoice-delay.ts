import type { FirmInvoiceDelay, InvoiceDelay } from "#/domain/assessment.ts";
import { formatMoney } from "#/domain/money.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { Invoice } from "#/domain/record.ts";
import { firmClock } from "./civil-time.ts";
import type { Condition } from "./condition.ts";
import { explainWindow } from "./explain-window.ts";
import { invoiceWindow } from "./invoice-clock.ts";
import { invoiceConditions } from "./invoice-conditions.ts";
import { type BillingFacts, type InvoiceFacts, scopeOf } from "./invoice-facts.ts";
import { cite, type Observed } from "./kpi/intake.ts";
import { observed } from "./observed.ts";
import { rulesVersion } from "./thresholds.ts";

/**
 * Why one invoice is late, with business minutes that add up to the window.
 *
 * Late means the window is longer than the target. An invoice in time has no causes. A late one is
 * late even when a source is missing (the gap is named); anything else with a gap is `unknown`.
 * A void invoice has nothing to issue: on time, without a window. Same facts, same bytes.
 */
export const attributeInvoiceDelay = (facts: InvoiceFacts): InvoiceDelay => ({
  tenant: facts.tenant,
  ...explainDelay(facts, { read: invoiceRead(facts.invoice) }),
});

/** What a caller knows beyond the canonical records. */
export type MoreKnown = {
  /** The fields of the invoice that the answer shows. */
  readonly read: readonly Observed[];
  /** Asked for only where the invoice is late. */
  readonly conditions?: () => readonly Condition[];
  /** Sources that were too old or never read. */
  readonly gaps?: readonly string[];
};

export function explainDelay(
  facts: BillingFacts,
  { read, conditions: others, gaps: unread = [] }: MoreKnown,
): FirmInvoiceDelay {
  const { invoice, calendar } = facts;
  const clock = firmClock(calendar);
  const answer = (
    part: Pick<FirmInvoiceDelay, "status" | "window" | "causes" | "unexplainedMinutes" | "gaps">,
    more: readonly Observed[] = [],
  ): FirmInvoiceDelay => ({
    invoice: subjectOf(facts),
    asOf: facts.asOf,
    ...part,
    minutesPerDay: clock.dayMinutes,
    evidence: cite([...read, ...more]),
    rulesVersion,
  });
  const nothing = { causes: [], unexplainedMinutes: 0 };
  if (invoice.state === "void")
    return answer({ ...nothing, status: "on-time", window: null, gaps: [] });

  const scope = scopeOf(facts);
  const gaps = [...scope.gaps, ...unread];
  const reading = invoiceWindow(facts, scope);
  if ("gap" in reading)
    return answer({
      ...nothing,
      status: "unknown",
      window: null,
      gaps: [...new Set([...gaps, reading.gap])],
    });
  const { window } = reading;
  const shown = {
    start: window.start,
    end: window.end,
    businessMinutes: window.businessMinutes,
  };
  const clockRead = scope.milestones.map((m) => observed(m.source, "due", m.due));
  if (window.businessMinutes <= facts.targetBusinessDays * clock.dayMinutes) {
    const open = window.issued ? [] : gaps;
    const status = open.length === 0 ? "on-time" : "unknown";
    return answer({ ...nothing, status, window: shown, gaps: open }, clockRead);
  }

  const conditions = invoiceConditions(facts, scope, others?.());
  const undated = conditions
    .filter((c) => c.met && c.metAt === null && c.blocksFrom !== null)
    .map((c) => `Its time cannot be counted, the day is missing: ${c.detail}.`);
  const { causes, unexplainedMinutes, read: cited } = explainWindow(clock, window, conditions);
  return answer(
    {
      status: "late",
      window: shown,
      causes,
      unexplainedMinutes,
      gaps: [...gaps, ...undated].toSorted(),
    },
    [...clockRead, ...cited],
  );
}

function subjectOf({ invoice, project }: BillingFacts): FirmInvoiceDelay["invoice"] {
  const { system, type, id } = invoice.source;
  return {
    ref: { system, type, id },
    number: invoice.number,
    reference: invoice.reference,
    clientName: invoice.clientName,
    projectId: invoice.projectId ?? project?.source.id ?? null,
    projectName: project?.name ?? null,
    state: invoice.state,
    net: invoice.net,
  };
}

const invoiceRead = (invoice: Invoice): Observed[] => [
  observed(invoice.source, "state", invoice.state),
  observed(invoice.source, "net", formatMoney(invoice.net)),
  observed(invoice.source, "total", formatMoney(invoice.total)),
  observed(invoice.source, "periodEnd", invoice.periodEnd),
  observed(invoice.source, "issuedOn", invoice.issuedOn),
  ...(invoice.clientName === null
    ? []
    : [observed(invoice.source, "clientName", plainText(invoice.clientName, 200))]),
];

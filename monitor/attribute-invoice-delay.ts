import type { Blocker, Cause, InvoiceDelay } from "#/domain/assessment.ts";
import { businessMinutes, minutesPerDay } from "#/domain/business-time.ts";
import { type Evidence, observe } from "#/domain/evidence.ts";
import { formatMoney } from "#/domain/money.ts";
import { plainText } from "#/domain/plain-text.ts";
import { formatRef, type Invoice } from "#/domain/record.ts";
import { compareInstants, earliest, latest } from "./civil-time.ts";
import { type Condition, causeTitles, dependencyOrder } from "./condition.ts";
import { invoiceWindow, type Window } from "./invoice-clock.ts";
import { invoiceConditions } from "./invoice-conditions.ts";
import { type InvoiceFacts, scopeOf } from "./invoice-facts.ts";
import { savedMinutes } from "./saved-minutes.ts";
import { sweep } from "./sweep.ts";
import { rulesVersion } from "./thresholds.ts";

/**
 * Why one invoice is late, with business minutes that add up to the window.
 *
 * Late means the window is longer than the target. An invoice in time has no causes. A late one is
 * late even when a source is missing (the gap is named); anything else with a gap is `unknown`.
 * A void invoice has nothing to issue: on time, without a window. Same facts, same bytes.
 */
export function attributeInvoiceDelay(facts: InvoiceFacts): InvoiceDelay {
  const { invoice, calendar } = facts;
  const dayMinutes = minutesPerDay(calendar);
  const known = invoiceEvidence(invoice);
  const answer = (
    part: Pick<InvoiceDelay, "status" | "window" | "causes" | "unexplainedMinutes" | "gaps">,
    evidence: readonly Evidence[] = [],
  ): InvoiceDelay => ({
    tenant: facts.tenant,
    invoice: subjectOf(facts),
    asOf: facts.asOf,
    ...part,
    minutesPerDay: dayMinutes,
    evidence: distinct([...known, ...evidence]),
    rulesVersion,
  });
  const nothing = { causes: [], unexplainedMinutes: 0 };
  if (invoice.state === "void")
    return answer({ ...nothing, status: "on-time", window: null, gaps: [] });

  const scope = scopeOf(facts);
  const clock = invoiceWindow(facts, scope);
  if ("gap" in clock)
    return answer({
      ...nothing,
      status: "unknown",
      window: null,
      gaps: [...new Set([...scope.gaps, clock.gap])],
    });
  const { window } = clock;
  const shown = {
    start: window.start,
    end: window.end,
    businessMinutes: window.businessMinutes,
  };
  const clockFacts = scope.milestones.map((m) => observe(m.source, "due", m.due));
  if (window.businessMinutes <= facts.targetBusinessDays * dayMinutes) {
    const gaps = window.issued ? [] : [...scope.gaps];
    const status = gaps.length === 0 ? "on-time" : "unknown";
    return answer({ status, window: shown, causes: [], unexplainedMinutes: 0, gaps }, clockFacts);
  }

  const conditions = invoiceConditions(facts, scope);
  const undated = conditions
    .filter((c) => c.met && c.metAt === null && c.blocksFrom !== null)
    .map((c) => `Its time cannot be counted, the day is missing: ${c.detail}.`);
  const blocking = conditions.flatMap((condition) => blockingPart(condition, facts, window));
  const { shares, unexplainedMinutes } = sweep(calendar, window, blocking);
  const saved = savedMinutes(calendar, window, blocking);
  const causes = dependencyOrder
    .flatMap((code): Cause[] => {
      const parts = blocking.filter((part) => part.cause === code);
      if (parts.length === 0) return [];
      const share = shares.get(code) ?? { totalMinutes: 0, soleMinutes: 0, sharedMinutes: 0 };
      return [
        {
          code,
          title: causeTitles[code],
          open: parts.some((part) => part.blocker.end === null),
          ...share,
          savedMinutes: saved(code),
          confidence: parts.some((part) => part.inferred) ? "medium" : "high",
          blockers: parts.map((part) => part.blocker).toSorted(byStart),
          evidence: [...new Set(parts.flatMap((part) => part.blocker.evidence))].toSorted(),
        },
      ];
    })
    // Largest first; equal ones stay in dependency order.
    .toSorted((a, b) => b.totalMinutes - a.totalMinutes);
  const cited = blocking.flatMap((part) => part.observed);
  return answer(
    {
      status: "late",
      window: shown,
      causes,
      unexplainedMinutes,
      gaps: [...scope.gaps, ...undated].toSorted(),
    },
    [...clockFacts, ...cited],
  );
}

type BlockingPart = {
  readonly cause: Condition["cause"];
  readonly record: string;
  readonly start: string;
  readonly end: string;
  readonly inferred: boolean;
  readonly blocker: Blocker;
  readonly observed: readonly Evidence[];
};

/** The part of a condition that held the invoice back; none when it did so outside the window. */
function blockingPart(
  condition: Condition,
  { calendar }: InvoiceFacts,
  window: Window,
): BlockingPart[] {
  if (condition.blocksFrom === null || (condition.met && condition.metAt === null)) return [];
  const start = condition.blocksFrom;
  const end = earliest(condition.metAt ?? window.end, window.end);
  if (compareInstants(start, end) >= 0) return [];
  const open = !window.issued && isOpen(condition, window.end);
  const inWindow = businessMinutes(calendar, latest(start, window.start), end);
  if (!open && inWindow === 0) return [];
  return [
    {
      cause: condition.cause,
      record: formatRef(condition.record),
      start,
      end,
      inferred: condition.inferred,
      observed: condition.evidence,
      blocker: {
        cause: condition.cause,
        record: condition.record,
        detail: condition.detail,
        start,
        end: open ? null : end,
        evidence: condition.evidence.map((fact) => fact.id),
      },
    },
  ];
}

/** A billing run has its date from the start, and blocks until then. */
const isOpen = (condition: Condition, at: string): boolean =>
  condition.metAt === null
    ? !condition.met
    : !condition.met && compareInstants(condition.metAt, at) > 0;

const byStart = (a: Blocker, b: Blocker): number =>
  compareInstants(a.start, b.start) ||
  compareText(formatRef(a.record), formatRef(b.record)) ||
  compareText(a.detail, b.detail);

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const distinct = (evidence: readonly Evidence[]): Evidence[] =>
  [...new Map(evidence.map((fact) => [fact.id, fact])).values()].toSorted((a, b) =>
    compareText(a.id, b.id),
  );

function subjectOf({ invoice, project }: InvoiceFacts): InvoiceDelay["invoice"] {
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

const invoiceEvidence = (invoice: Invoice): Evidence[] => [
  observe(invoice.source, "state", invoice.state),
  observe(invoice.source, "net", formatMoney(invoice.net)),
  observe(invoice.source, "total", formatMoney(invoice.total)),
  observe(invoice.source, "periodEnd", invoice.periodEnd),
  observe(invoice.source, "issuedOn", invoice.issuedOn),
  ...(invoice.clientName === null
    ? []
    : [observe(invoice.source, "clientName", plainText(invoice.clientName, 200))]),
];

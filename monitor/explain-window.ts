import type { Blocker, Cause } from "#/domain/assessment.ts";
import { formatRef } from "#/domain/record.ts";
import { compareInstants, earliest, latest } from "./civil-time.ts";
import type { WorkClock } from "./clocks/work-clock.ts";
import { type Condition, causeTitles, dependencyOrder } from "./condition.ts";
import type { Window } from "./invoice-clock.ts";
import { cite, type Observed } from "./kpi/intake.ts";
import { savedMinutes } from "./saved-minutes.ts";
import { sweep } from "./sweep.ts";

export type Explained = {
  /** Largest first; equal ones in dependency order. */
  readonly causes: Cause[];
  readonly unexplainedMinutes: number;
  readonly read: readonly Observed[];
};

/** Divides a window among the conditions that held in it. Their minutes and the rest add up to it. */
export function explainWindow(
  clock: WorkClock,
  window: Window,
  conditions: readonly Condition[],
): Explained {
  const blocking = conditions.flatMap((condition) => blockingPart(condition, clock, window));
  const { shares, unexplainedMinutes } = sweep(clock, window, blocking);
  const saved = savedMinutes(clock, window, blocking);
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
    .toSorted((a, b) => b.totalMinutes - a.totalMinutes);
  return { causes, unexplainedMinutes, read: blocking.flatMap((part) => part.read) };
}

export type BlockingPart = {
  readonly cause: Condition["cause"];
  readonly record: string;
  readonly start: string;
  readonly end: string;
  readonly inferred: boolean;
  readonly blocker: Blocker;
  readonly read: readonly Observed[];
};

/** The part of a condition that held the invoice back; none when it did so outside the window. */
export function blockingPart(
  condition: Condition,
  clock: WorkClock,
  window: Window,
): BlockingPart[] {
  if (condition.blocksFrom === null || (condition.met && condition.metAt === null)) return [];
  const start = condition.blocksFrom;
  const end = earliest(condition.metAt ?? window.end, window.end);
  if (compareInstants(start, end) >= 0) return [];
  const open = !window.issued && isOpen(condition, window.end);
  const inside = clock.minutes(latest(start, window.start), end);
  if (!open && inside === 0) return [];
  return [
    {
      cause: condition.cause,
      record: formatRef(condition.record),
      start,
      end,
      inferred: condition.inferred,
      read: condition.evidence,
      blocker: {
        cause: condition.cause,
        record: condition.record,
        detail: condition.detail,
        start,
        end: open ? null : end,
        evidence: cite(condition.evidence).map(({ id }) => id),
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

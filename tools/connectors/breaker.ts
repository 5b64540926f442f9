/*
 * When to leave a system alone, and how often to ask it twice. Pure: state and time in, state out;
 * `guard.ts` owns the one state of a connection to a system. Times in milliseconds since the epoch.
 */

export type BreakerRules = {
  /** Opens after this many failures in a row, */
  readonly failures: number;
  /** or when this share of the calls in the window failed, of at least so many. */
  readonly share: number;
  readonly leastCalls: number;
  readonly windowMs: number;
  /** How long nothing is sent before one call tries again. */
  readonly restMs: number;
  /** What every call adds to the budget for retries, and the most it holds. A retry costs 1. */
  readonly retryShare: number;
  readonly retryReserve: number;
};

export const defaultRules: BreakerRules = {
  failures: 5,
  share: 0.5,
  leastCalls: 20,
  windowMs: 60_000,
  restMs: 10_000,
  retryShare: 0.05,
  retryReserve: 10,
};

/** Calls of one part of the window. */
type Slice = { readonly from: number; readonly calls: number; readonly failed: number };
const slicesOfWindow = 6;

export type Breaker =
  | { readonly phase: "closed"; readonly inARow: number; readonly slices: readonly Slice[] }
  | { readonly phase: "open"; readonly since: number; readonly tryAt: number }
  /** One probe is under way. Should it never come back, another one goes at `probeUntil`. */
  | { readonly phase: "half-open"; readonly since: number; readonly probeUntil: number };

export const closedBreaker: Breaker = { phase: "closed", inARow: 0, slices: [] };

/** How a call was let through. Only the probe's own end closes or opens again. */
export type Admission = "normal" | "probe";

/** Whether one call may go now; `admitted` is null when not. */
export function admit(
  breaker: Breaker,
  now: number,
  { restMs }: Pick<BreakerRules, "restMs">,
): { readonly breaker: Breaker; readonly admitted: Admission | null } {
  if (breaker.phase === "closed") return { breaker, admitted: "normal" };
  const due = breaker.phase === "open" ? breaker.tryAt : breaker.probeUntil;
  if (now < due) return { breaker, admitted: null };
  return {
    breaker: { phase: "half-open", since: breaker.since, probeUntil: now + restMs },
    admitted: "probe",
  };
}

/** What the end of one call means. The late end of a call from before the opening means nothing. */
export function ended(
  breaker: Breaker,
  call: { readonly admitted: Admission; readonly failed: boolean; readonly at: number },
  rules: BreakerRules,
): Breaker {
  if (call.admitted === "probe") {
    if (breaker.phase !== "half-open") return breaker;
    return call.failed
      ? { phase: "open", since: breaker.since, tryAt: call.at + rules.restMs }
      : closedBreaker;
  }
  if (breaker.phase !== "closed") return breaker;
  const inARow = call.failed ? breaker.inARow + 1 : 0;
  const slices = counted(breaker.slices, call, rules.windowMs);
  const calls = slices.reduce((sum, slice) => sum + slice.calls, 0);
  const failed = slices.reduce((sum, slice) => sum + slice.failed, 0);
  const tooMany = calls >= rules.leastCalls && failed >= calls * rules.share;
  return call.failed && (inARow >= rules.failures || tooMany)
    ? { phase: "open", since: call.at, tryAt: call.at + rules.restMs }
    : { phase: "closed", inARow, slices };
}

/** A person wants the next call to be the probe. */
export const tryAt = (breaker: Breaker, now: number): Breaker =>
  breaker.phase === "open" ? { ...breaker, tryAt: Math.min(breaker.tryAt, now) } : breaker;

function counted(
  slices: readonly Slice[],
  { failed, at }: { failed: boolean; at: number },
  windowMs: number,
): readonly Slice[] {
  const width = windowMs / slicesOfWindow;
  const from = Math.floor(at / width) * width;
  const kept = slices.filter((slice) => slice.from > at - windowMs && slice.from !== from);
  const { calls, failed: before } = slices.find((slice) => slice.from === from) ?? {
    calls: 0,
    failed: 0,
  };
  return [...kept, { from, calls: calls + 1, failed: before + (failed ? 1 : 0) }];
}

/** What is left for retries after one more first call. */
export const earned = (
  budget: number,
  { retryShare, retryReserve }: Pick<BreakerRules, "retryShare" | "retryReserve">,
): number => Math.min(retryReserve, budget + retryShare);

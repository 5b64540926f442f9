import { CountersignError } from "#/domain/errors.ts";
import type { Guard } from "#/tools/ports.ts";
import {
  admit,
  type Breaker,
  type BreakerRules,
  closedBreaker,
  defaultRules,
  earned,
  ended,
  tryAt,
} from "./breaker.ts";

export type OutboundCall<T> = {
  readonly send: () => Promise<T>;
  /** Whether the system, and not the question, is what was wrong. */
  readonly failedWith: (error: unknown) => boolean;
  /** Whether an answer counts as a failure of the system. */
  readonly failedBy?: (answer: T) => boolean;
  /** The same question again: `mayRetry` said yes. */
  readonly retry?: boolean;
};

/** Every call to one system of one connection goes through its guard. */
export type OutboundGuard = Guard & {
  /** Sends, or throws SYSTEM_RESTING and has sent nothing. */
  call<T>(outbound: OutboundCall<T>): Promise<T>;
  /** Takes one retry from the budget; false: there is none left, or the system rests. */
  mayRetry(): boolean;
};

/** The one owner of a breaker and its retry budget. A connector makes one for each system it reaches. */
export function createGuard(
  system: string,
  {
    rules = defaultRules,
    now = Date.now,
  }: { rules?: BreakerRules | undefined; now?: (() => number) | undefined } = {},
): OutboundGuard {
  let breaker: Breaker = closedBreaker;
  let budget = rules.retryReserve;
  const state = (): ReturnType<Guard["state"]> =>
    breaker.phase === "closed"
      ? null
      : {
          since: new Date(breaker.since).toISOString(),
          again: new Date(
            breaker.phase === "open" ? breaker.tryAt : breaker.probeUntil,
          ).toISOString(),
        };
  return {
    system,
    state,
    tryNow: () => {
      breaker = tryAt(breaker, now());
    },
    mayRetry: () => {
      if (breaker.phase !== "closed" || budget < 1) return false;
      budget -= 1;
      return true;
    },
    async call({ send, failedWith, failedBy, retry = false }) {
      const asked = admit(breaker, now(), rules);
      breaker = asked.breaker;
      const { admitted } = asked;
      if (admitted === null) throw new CountersignError("SYSTEM_RESTING", { system, ...state() });
      if (!retry) budget = earned(budget, rules);
      const end = (failed: boolean): void => {
        breaker = ended(breaker, { admitted, failed, at: now() }, rules);
      };
      try {
        const answer = await send();
        end(failedBy?.(answer) ?? false);
        return answer;
      } catch (error) {
        end(failedWith(error));
        throw error;
      }
    },
  };
}

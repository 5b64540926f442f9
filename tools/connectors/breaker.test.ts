import {
  type Arbitrary,
  array,
  assert,
  boolean,
  constant,
  integer,
  nat,
  oneof,
  property,
  record,
} from "fast-check";
import { expect, test } from "vitest";
import {
  type Admission,
  admit,
  type Breaker,
  type BreakerRules,
  closedBreaker,
  defaultRules,
  earned,
  ended,
  tryAt,
} from "./breaker.ts";

const rules: BreakerRules = { ...defaultRules, failures: 3, leastCalls: 6, restMs: 100 };

type Step =
  | { do: "call"; wait: number }
  | { do: "end"; which: number; failed: boolean; wait: number };
const steps: Arbitrary<Step[]> = array(
  oneof(
    record({ do: constant("call" as const), wait: integer({ min: 0, max: 150 }) }),
    record({
      do: constant("end" as const),
      which: nat(20),
      failed: boolean(),
      wait: integer({ min: 0, max: 150 }),
    }),
  ),
  { maxLength: 80 },
);

/** Plays calls that overlap and end in any order; tells what was let through, and when. */
function play(given: readonly Step[]) {
  let breaker: Breaker = closedBreaker;
  let now = 1_000_000;
  const flying: { admitted: Admission; probedAt: number }[] = [];
  const seen: { phase: Breaker["phase"]; now: number; admitted: Admission | null }[] = [];
  for (const step of given) {
    now += step.wait;
    if (step.do === "call") {
      const { phase } = breaker;
      const { breaker: next, admitted } = admit(breaker, now, rules);
      breaker = next;
      seen.push({ phase, now, admitted });
      if (admitted) flying.push({ admitted, probedAt: now });
    } else if (flying.length > 0) {
      const [call] = flying.splice(step.which % flying.length, 1);
      if (call)
        breaker = ended(breaker, { admitted: call.admitted, failed: step.failed, at: now }, rules);
    }
  }
  return seen;
}

test("whatever overlaps: closed lets everything through, and otherwise one probe goes per rest", () => {
  assert(
    property(steps, (given) => {
      const seen = play(given);
      const wrong = seen.filter(
        ({ phase, admitted }) => (phase === "closed") !== (admitted === "normal"),
      );
      expect(wrong).toEqual([]);
      const closedBetween = (from: number, to: number): boolean =>
        seen.slice(from + 1, to).some(({ phase }) => phase === "closed");
      const probes = seen.flatMap(({ admitted }, at) => (admitted === "probe" ? [at] : []));
      for (const [at, probe] of probes.entries()) {
        const next = probes[at + 1];
        if (next === undefined || closedBetween(probe, next)) continue;
        expect((seen[next]?.now ?? 0) - (seen[probe]?.now ?? 0)).toBeGreaterThanOrEqual(
          rules.restMs,
        );
      }
    }),
  );
});

const fail = (breaker: Breaker, at: number): Breaker =>
  ended(breaker, { admitted: "normal", failed: true, at }, rules);
const succeed = (breaker: Breaker, at: number): Breaker =>
  ended(breaker, { admitted: "normal", failed: false, at }, rules);
const opened = fail(fail(fail(closedBreaker, 10), 20), 30);

test("so many failures in a row open it, and one success among them does not", () => {
  expect(fail(fail(closedBreaker, 10), 20).phase).toBe("closed");
  expect(opened).toEqual({ phase: "open", since: 30, tryAt: 130 });
  expect(fail(fail(succeed(fail(fail(closedBreaker, 1), 2), 3), 4), 5).phase).toBe("closed");
});

test("half of many calls in the window open it, and calls before the window do not count", () => {
  const alternating = (from: number): Breaker =>
    [0, 1, 2, 3, 4, 5].reduce<Breaker>(
      (breaker, at) => (at % 2 === 0 ? succeed : fail)(breaker, from + at),
      closedBreaker,
    );
  expect(alternating(0).phase).toBe("open");
  const old = [0, 1, 2, 3].reduce<Breaker>(
    (breaker, at) => (at % 2 === 0 ? succeed : fail)(breaker, at),
    closedBreaker,
  );
  expect(fail(succeed(old, rules.windowMs * 2), rules.windowMs * 2).phase).toBe("closed");
});

test("the probe alone decides: late ends of calls from before change nothing", () => {
  expect(succeed(opened, 60)).toBe(opened);
  const { breaker: probing, admitted } = admit(opened, 130, rules);
  expect(admitted).toBe("probe");
  expect(fail(probing, 140)).toBe(probing);
  const probe = { admitted: "probe" as const, at: 150 };
  expect(ended(probing, { ...probe, failed: false }, rules)).toBe(closedBreaker);
  // Since when it fails is told from the first opening on.
  expect(ended(probing, { ...probe, failed: true }, rules)).toEqual({
    phase: "open",
    since: 30,
    tryAt: 250,
  });
});

test("a person may have it tried before its time, and never later", () => {
  expect(admit(tryAt(opened, 50), 50, rules).admitted).toBe("probe");
  expect(tryAt(opened, 500)).toEqual(opened);
  expect(tryAt(closedBreaker, 50)).toBe(closedBreaker);
});

test("retries are at most the reserve and a share of the calls, in any order", () => {
  assert(
    property(array(boolean(), { maxLength: 400 }), (given) => {
      let budget = rules.retryReserve;
      let [calls, retries] = [0, 0];
      for (const retry of given)
        if (!retry) {
          calls += 1;
          budget = earned(budget, rules);
        } else if (budget >= 1) {
          budget -= 1;
          retries += 1;
        }
      expect(retries).toBeLessThanOrEqual(rules.retryReserve + calls * rules.retryShare + 1e-6);
    }),
  );
});

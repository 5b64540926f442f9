import type { BusinessCalendar } from "#/domain/business-time.ts";
import { checkVote, decideExecute } from "../decide.ts";
import { evaluateClosed } from "../evaluate-closed.ts";
import type { PolicySet } from "../policy-set.ts";
import { capabilityRequest } from "../requests.ts";
import {
  approveFacts,
  approveLattice,
  executeFacts,
  executeLattice,
  points,
  rightLattice,
  rightQuestion,
  windowLattice,
} from "./lattice.ts";
import { type Expected, expectApprove, expectExecute, expectRight, type Firm } from "./oracle.ts";

export type Mismatch = {
  readonly point: unknown;
  readonly expected: unknown;
  readonly got: unknown;
};
export type Tally = Record<string, number>;

const calendar: BusinessCalendar = {
  zone: "Europe/Berlin",
  days: [1, 2, 3, 4, 5],
  opensAt: 480,
  closesAt: 1080,
  holidays: [],
};

/** Where the rules and the oracle differ. Lazy: a mutant is dead at the first difference. */
export function* executeMismatches(
  question: { set: PolicySet; firm: Firm; oneIn: number },
  tally: Tally = {},
): Generator<Mismatch> {
  const { set, firm, oneIn } = question;
  const used = firm === "freeze" ? windowLattice : executeLattice;
  const sample = [...points(used, Math.ceil(used.size / oneIn))].map((point) => ({
    point,
    expected: expectExecute(firm, point),
  }));
  for (const { point, expected } of sample.toSorted(
    byRefusal(({ expected: { effect } }) => effect === "deny"),
  )) {
    const decision = decideExecute(set, executeFacts(point), {
      businessWindow: calendar,
    });
    const got: Expected =
      decision.effect === "require"
        ? { effect: "require", need: decision.need, waits: decision.waits }
        : { effect: decision.effect };
    count(tally, got.effect);
    if (!same(got, expected)) yield { point, expected, got: decision };
  }
}

export function* approveMismatches(
  question: { set: PolicySet; firm: Firm; oneIn: number },
  tally: Tally = {},
): Generator<Mismatch> {
  const { set, firm, oneIn } = question;
  const sample = [...points(approveLattice, Math.ceil(approveLattice.size / oneIn))].map(
    (point) => ({ point, expected: expectApprove(firm, point) }),
  );
  for (const { point, expected } of sample.toSorted(byRefusal((asked) => !asked.expected))) {
    const check = checkVote(set, approveFacts(point));
    count(tally, check.allowed ? "allow" : "deny");
    if (check.allowed !== expected) yield { point, expected, got: check };
  }
}

export function* rightMismatches(
  question: { set: PolicySet; firm: Firm },
  tally: Tally = {},
): Generator<Mismatch> {
  for (const point of points(rightLattice)) {
    const got = evaluateClosed(question.set, capabilityRequest(rightQuestion(point)));
    const expected = expectRight(question.firm, point);
    count(tally, got.allowed ? "allow" : "deny");
    if (got.allowed !== expected) yield { point, expected, got };
  }
}

/** Refusals last: they are nine in ten and mostly overdetermined, so they tell mutants apart least. */
const byRefusal =
  <T>(refused: (asked: T) => boolean) =>
  (a: T, b: T): number =>
    Number(refused(a)) - Number(refused(b));

const count = (tally: Tally, effect: string): void => {
  tally[effect] = (tally[effect] ?? 0) + 1;
};

function same(got: Expected, expected: Expected): boolean {
  if (got.effect !== "require" || expected.effect !== "require")
    return got.effect === expected.effect;
  return (
    (["finance", "contract", "delivery", "administration"] as const).every(
      (kind) => got.need[kind] === expected.need[kind],
    ) && got.waits.join() === expected.waits.join()
  );
}

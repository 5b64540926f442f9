import { compareInstants } from "../civil-time.ts";
import type { HealthRule } from "./health-rules.ts";

/** The values of one earlier evaluation, by rule; null: there was none then. */
export type PastValues = {
  readonly asOf: string;
  readonly values: Readonly<Record<string, number | null>>;
};

/** A rule's value against four weeks ago. Without a value that old, against the oldest there is. */
export type RuleTrend = {
  readonly since: string | null;
  readonly before: number | null;
  readonly change: number | null;
  readonly direction: "better" | "worse" | "steady" | "unknown";
};

export function ruleTrend(
  rule: HealthRule,
  value: number | null,
  { history, asOf }: { readonly history: readonly PastValues[]; readonly asOf: string },
): RuleTrend {
  const start = Temporal.Instant.from(asOf)
    .subtract({ hours: 28 * 24 })
    .toString();
  const past = history
    .filter((each) => compareInstants(each.asOf, asOf) < 0 && each.values[rule.rule] != null)
    .toSorted((a, b) => compareInstants(a.asOf, b.asOf));
  const found = past.findLast((each) => compareInstants(each.asOf, start) <= 0) ?? past[0];
  const before = found?.values[rule.rule] ?? null;
  if (found === undefined || before === null || value === null)
    return { since: found?.asOf ?? null, before, change: null, direction: "unknown" };
  const change = Math.round((value - before) * 10_000) / 10_000;
  const gain = {
    higher: change,
    lower: -change,
    "near-zero": Math.abs(before) - Math.abs(value),
  }[rule.better];
  return {
    since: found.asOf,
    before,
    change,
    direction: gain > 0 ? "better" : gain < 0 ? "worse" : "steady",
  };
}

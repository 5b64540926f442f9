import {
  assessHealth,
  type HealthMemory,
  noMemory,
  remember,
} from "#/monitor/portfolio/assess-project.ts";
import type { EvalFirm } from "./eval-firm.ts";
import { type OracleHealth, oracleHealths, oracleShown } from "./health-oracle.ts";

export type HealthDisagreement = {
  readonly asOf: string;
  readonly projectId: string;
  /** A rule, a dimension, `overall` or `shown`. */
  readonly what: string;
  readonly ours: string;
  readonly oracle: string;
};

export type HealthVerdict = {
  readonly projects: number;
  readonly evaluations: number;
  /** Bands, dimensions, overall colours and colours shown that were compared. */
  readonly compared: number;
  readonly agreed: number;
  readonly disagreements: readonly HealthDisagreement[];
  /** How often each rule had each band. A rule that is always green has nothing to look at. */
  readonly bands: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Colours computed for projects that were active. */
  readonly active: Readonly<Record<string, number>>;
};

/** Instants apart by whole weeks up to now, oldest first. */
export const weeklyInstants = (now: string, [count, weeks]: readonly [number, number]): string[] =>
  Array.from({ length: count }, (_, index) =>
    Temporal.Instant.from(now)
      .subtract({ hours: (count - 1 - index) * weeks * 7 * 24 })
      .toString(),
  );

/**
 * Every project at every instant, judged by the monitor on the twin and by the oracle on the
 * simulator's records. Anything less than complete agreement is a fault in one of the two.
 */
export function judgeHealth(
  firm: EvalFirm,
  instants: readonly string[] = weeklyInstants(firm.firm.now, [8, 3]),
): HealthVerdict {
  const disagreements: HealthDisagreement[] = [];
  const bands: Record<string, Record<string, number>> = {};
  const active: Record<string, number> = {};
  const memories = new Map<string, HealthMemory>();
  const shown = new Map<string, readonly [OracleHealth["rag"], OracleHealth["rag"]]>();
  let [evaluations, compared] = [0, 0];
  for (const view of firm.replay(instants)) {
    const oracle = oracleHealths(firm.firm, view.asOf);
    for (const { id, fields } of view.all("project")) {
      const memory = memories.get(id) ?? noMemory;
      const health = assessHealth(view, id, memory);
      memories.set(id, remember(memory, health));
      evaluations += 1;
      if (fields.status === "active") count(active, health.computed);
      const expected = oracle.get(id);
      const check = (what: string, ours: string, theirs: string | undefined): void => {
        compared += 1;
        if (ours !== theirs)
          disagreements.push({
            asOf: view.asOf,
            projectId: id,
            what,
            ours,
            oracle: theirs ?? "nothing",
          });
      };
      for (const { rule, band } of health.rules) {
        count((bands[rule] ??= {}), band);
        check(rule, band, expected?.rules[rule]);
      }
      for (const { dimension, status } of health.dimensions)
        check(dimension, status, expected?.dimensions[dimension]);
      check("overall", health.computed, expected?.rag);
      if (!expected) continue;
      const [before, last] = shown.get(id) ?? [null, null];
      const now = oracleShown(before, last, expected.rag);
      shown.set(id, [now, expected.rag]);
      check("shown", health.rag, now);
    }
  }
  return {
    projects: memories.size,
    evaluations,
    compared,
    agreed: compared - disagreements.length,
    disagreements,
    bands,
    active,
  };
}

const count = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};

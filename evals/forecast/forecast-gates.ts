import type { LogJudgement } from "./judge-log.ts";
import { bestNetwork, type PublishedResult } from "./published-results.ts";

export type Gate = {
  readonly metric: string;
  readonly bar: string;
  readonly value: number;
  readonly reached: boolean;
};

const percent = (share: number): number => Math.round(share * 1000) / 10;

/** What is asked of one log. Networks and next steps are promised on two logs only. */
export function gatesOf(judged: LogJudgement, published: PublishedResult | null): Gate[] {
  const days = judged.meanAbsoluteDays.value;
  const coverage = judged.ranges.rolling.coverage.value;
  const gates: Gate[] = [
    {
      metric: "80 % range holds, %",
      bar: "75-85",
      value: percent(coverage),
      reached: coverage >= 0.75 && coverage <= 0.85,
    },
    {
      metric: "remaining time, error as share of the dummy's",
      bar: "<= 0.90",
      value: Math.round((days / judged.report.dummyMeanAbsoluteDays) * 1000) / 1000,
      reached: days <= 0.9 * judged.report.dummyMeanAbsoluteDays,
    },
  ];
  if (!published || judged.protocol !== "published-strict") return gates;
  const best = bestNetwork(published);
  const note = published.promised ? "" : " (not promised)";
  gates.push({
    metric: `remaining time against the best network, days${note}`,
    bar: `<= ${best}`,
    value: Math.round(days * 100) / 100,
    reached: days <= best,
  });
  if (published.promised)
    gates.push({
      metric: "next step right, %",
      bar: ">= 89",
      value: percent(judged.nextStepRight.value),
      reached: judged.nextStepRight.value >= 0.89,
    });
  return gates;
}

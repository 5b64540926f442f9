import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import type { LogReport } from "#/ingest/event-logs/log-report.ts";
import { type ReadEventLogOptions, readEventLog } from "#/ingest/event-logs/read-event-log.ts";
import { collectCases } from "#/monitor/forecast/case-history.ts";
import { gatesOf } from "./forecast-gates.ts";
import { judgeLog, type LogJudgement, type NotJudged } from "./judge-log.ts";
import { type PublishedResult, publishedFor } from "./published-results.ts";

export type LogResult = {
  readonly name: string;
  readonly sha256: string;
  readonly cases: number;
  readonly duplicates: number;
  readonly reading: LogReport;
  readonly published: PublishedResult | null;
  readonly judgements: readonly (LogJudgement | NotJudged)[];
  readonly seconds: number;
};

/** Reads one log and judges the forecasts on it under both protocols. */
export async function evaluateLog(path: string, options: ReadEventLogOptions): Promise<LogResult> {
  const begun = performance.now();
  const { events, report } = readEventLog(path, options);
  const collector = collectCases();
  for await (const event of events) collector.add(event);
  const { cases, duplicates } = collector.finish();
  const name = basename(path);
  return {
    name,
    sha256: await sha256Of(path),
    cases: cases.length,
    duplicates,
    reading: report,
    published: publishedFor(name),
    judgements: judgeLog(cases),
    seconds: (performance.now() - begun) / 1000,
  };
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** One row per number, for machines: value, interval, baseline, bar. */
export const resultRows = (results: readonly LogResult[]) =>
  results.flatMap(({ name, sha256, published, judgements }) =>
    judgements.flatMap((one) => {
      if (one.kind === "abstained") return [];
      const common = {
        eval: "forecast",
        dataset: `${name}@sha256:${sha256}`,
        protocol: one.protocol,
        backend: "deterministic",
        model: one.report.modelVersion,
        n: one.report.forecasts,
      };
      const networks = one.protocol === "published-strict" ? published : null;
      const numbers = [
        {
          ...common,
          metric: "remaining-time-mae-days",
          ...one.meanAbsoluteDays,
          baseline: one.report.dummyMeanAbsoluteDays,
          published: networks?.remainingDays ?? null,
        },
        {
          ...common,
          metric: "next-step-accuracy",
          ...one.nextStepRight,
          baseline: null,
          published: networks?.nextStepPercent ?? null,
        },
        ...(["rolling", "frozen", "raw"] as const).map((range) => ({
          ...common,
          metric: `coverage-80-${range}`,
          ...one.ranges[range].coverage,
          widthDays: one.ranges[range].meanWidthDays,
          baseline: null,
          published: null,
        })),
      ];
      const gates = gatesOf(one, published).map((gate) => ({
        eval: "forecast",
        dataset: common.dataset,
        protocol: one.protocol,
        gate: gate.metric,
        bar: gate.bar,
        value: gate.value,
        pass: gate.reached,
      }));
      return [...numbers, ...gates];
    }),
  );

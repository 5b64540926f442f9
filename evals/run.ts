import { existsSync, globSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CountersignError, isCountersignError } from "#/domain/errors.ts";
import type { CsvColumns } from "#/ingest/event-logs/csv-events.ts";
import { evaluateLog, type LogResult, resultRows } from "./forecast/forecast-eval.ts";
import { gatesOf } from "./forecast/forecast-gates.ts";
import { forecastText } from "./forecast/forecast-text.ts";
import { evaluateMonitor, missedBars } from "./monitor/monitor-eval.ts";
import { monitorText } from "./monitor/monitor-text.ts";
import { readMonitorRun } from "./monitor/read-monitor-run.ts";
import { evaluateRating } from "./rating/rating-eval.ts";
import { ratingText } from "./rating/rating-text.ts";
import { readRows } from "./rating/read-rows.ts";
import { evaluateRiskNotes, missedNoteBars } from "./risk-notes/risk-notes-eval.ts";
import { riskNotesText } from "./risk-notes/risk-notes-text.ts";

const usage = `npm run eval -- <which> [options]

  forecast   remaining time, next step, 80 % ranges and waits on event logs, by strict temporal splits

    --log FILE        CSV or XES, gzipped or not; give it again for more files, or list files after it
    --json            machine-readable: rows, and one report per log
    --strict          exit 1 when a bar is not reached
    --column F=NAME   the CSV column of case, activity, at, resource, role or group
    --zone ZONE       IANA zone of times without an offset (default UTC)
    --data FOLDER     where shared data lies when no --log is given (default ../shared/data)

  monitor    health, detectors, causes, forecasts and what-ifs on simulated firms, against their truth

    --seeds A,B,…     one firm to a seed (default a,b,c,d,e)
    --size S|M|L      of the firms (default M)
    --pack NAME       parameters: atlas, harbour or maple (default atlas)
    --anchor DATE     the firms' today (default 2026-11-23)
    --json, --strict  as above

  risk-notes risks read from free text by rules, on our own notes and those of simulated firms

    --seeds A,B,…     simulated firms whose notes are read too (default held-1)
    --anchor DATE, --json, --strict  as above

  rating     delivery confidence of government programmes from their masked narratives

    --data FILE       JSON Lines; five folds by project (default gmpp/status_rag_train.jsonl in the shared data)
    --train FILE      learn from all of this file …
    --test FILE       … and score this one, in the same form
    --json, --strict  as above

Without <which>: forecast.
`;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);
const repository = dirname(dirname(fileURLToPath(import.meta.url)));

type Options = {
  log: string[];
  json: boolean;
  strict: boolean;
  column: string[];
  zone: string;
  data: string;
  seeds: string | undefined;
  train: string | undefined;
  test: string | undefined;
  size: string;
  pack: string;
  anchor: string;
  help: boolean;
};

async function run(args: readonly string[]): Promise<number> {
  try {
    const { which, options, files } = readArguments(args);
    if (options.help) {
      say(usage);
      return 0;
    }
    if (which === null || which === "forecast")
      return await runForecast(options, [...options.log, ...files]);
    if (which === "monitor") return runMonitor(options);
    if (which === "risk-notes") return runRiskNotes(options);
    if (which === "rating") return runRating(options);
    complain(`There is no evaluation of that name.\n\n${usage}`);
    return 2;
  } catch (error) {
    if (!isCountersignError(error) && !isArgumentError(error)) throw error;
    complain(`${error.message}\n\n${usage}`);
    return 2;
  }
}

function readArguments(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      log: { type: "string", multiple: true, default: [] },
      json: { type: "boolean", default: false },
      strict: { type: "boolean", default: false },
      column: { type: "string", multiple: true, default: [] },
      zone: { type: "string", default: "UTC" },
      data: { type: "string", default: join(repository, "..", "shared", "data") },
      seeds: { type: "string" },
      train: { type: "string" },
      test: { type: "string" },
      size: { type: "string", default: "M" },
      pack: { type: "string", default: "atlas" },
      anchor: { type: "string", default: "2026-11-23" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [which = null, ...files] = positionals;
  const { seeds, train, test, ...rest } = values;
  return { which, options: { ...rest, seeds, train, test } satisfies Options, files };
}

async function runForecast(options: Options, given: readonly string[]): Promise<number> {
  const logs = given.length > 0 ? given : developmentLogs(options.data);
  if (logs.length === 0) {
    say(
      "forecast: skipped, no --log was given and there is no bpic2020 folder in the shared data.",
    );
    return 0;
  }
  const columns = readColumns(options.column);
  const zone = readZone(options.zone);
  const results: LogResult[] = [];
  for (const log of logs) {
    if (!existsSync(log))
      throw new CountersignError("INVALID_ARGUMENTS", { problems: "a --log file does not exist" });
    complain(`reading and back-testing log ${results.length + 1} of ${logs.length} …`);
    const result = await evaluateLog(log, { columns, zone });
    results.push(result);
    complain(readingText(result));
  }
  const missed = results.some(({ judgements, published }) =>
    judgements.some(
      (one) => one.kind === "judgement" && gatesOf(one, published).some(({ reached }) => !reached),
    ),
  );
  say(
    options.json
      ? JSON.stringify({ rows: resultRows(results), logs: results }, null, 2)
      : forecastText(results),
  );
  return options.strict && missed ? 1 : 0;
}

function runMonitor({ json, strict, ...given }: Options): number {
  const result = evaluateMonitor(
    readMonitorRun({ ...given, seeds: given.seeds ?? "a,b,c,d,e" }),
    complain,
  );
  say(json ? JSON.stringify(result, null, 2) : monitorText(result));
  return strict && missedBars(result).length > 0 ? 1 : 0;
}

function runRiskNotes({ json, strict, ...given }: Options): number {
  const { seeds, anchor } = readMonitorRun({ ...given, seeds: given.seeds ?? "held-1" });
  const result = evaluateRiskNotes(seeds, anchor);
  say(json ? JSON.stringify(result, null, 2) : riskNotesText(result));
  return strict && missedNoteBars(result).length > 0 ? 1 : 0;
}

function runRating({ json, strict, data, train, test }: Options): number {
  if ((train === undefined) !== (test === undefined))
    throw new CountersignError("INVALID_ARGUMENTS", {
      problems: "--train and --test go together",
    });
  const given = data.endsWith(".jsonl") ? data : join(data, "gmpp", "status_rag_train.jsonl");
  if (train === undefined && !data.endsWith(".jsonl") && !existsSync(given)) {
    say("rating: skipped, there is no gmpp folder in the shared data and no --data was given.");
    return 0;
  }
  const result = evaluateRating(
    readRows(train ?? given),
    test === undefined ? null : readRows(test),
    complain,
  );
  say(json ? JSON.stringify(result, null, 2) : ratingText(result));
  return strict && !result.pass ? 1 : 0;
}

const developmentLogs = (data: string): string[] =>
  globSync(join(data, "bpic2020", "*.csv.gz")).sort();

function readingText({ reading, cases, duplicates, seconds }: LogResult): string {
  const notes = [
    `${reading.events} events in ${cases} cases, ${duplicates} repeated events dropped`,
    reading.withoutZone > 0 && `${reading.withoutZone} times without an offset`,
    reading.otherTransitions > 0 &&
      `${reading.otherTransitions} events that are not completions left out`,
    reading.repeatedKeys > 0 && `${reading.repeatedKeys} attributes given twice`,
    reading.problemCount > 0 && `${reading.problemCount} PROBLEMS`,
  ].filter((note) => note !== false);
  const problems = reading.problems
    .slice(0, 10)
    .map(({ line, problem }) => `  line ${line}: ${problem}`);
  const more = reading.problemCount - problems.length;
  return [
    `  ${notes.join("; ")}; ${seconds.toFixed(1)} s`,
    ...problems,
    ...(more > 0 ? [`  and ${more} more; --json lists them`] : []),
  ].join("\n");
}

function readColumns(given: readonly string[]): CsvColumns {
  const fields = ["case", "activity", "at", "resource", "role", "group"];
  const pairs = given.map((pair) => {
    const [field = "", ...name] = pair.split("=");
    if (!fields.includes(field) || name.length === 0)
      throw new CountersignError("INVALID_ARGUMENTS", {
        problems: `--column wants <field>=<name> with a field of ${fields.join(", ")}`,
      });
    return [field, name.join("=")] as const;
  });
  return Object.fromEntries(pairs);
}

function readZone(zone: string): string {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone).timeZoneId;
  } catch (error) {
    throw new CountersignError(
      "INVALID_ARGUMENTS",
      { problems: "--zone is no IANA zone such as Europe/Berlin" },
      { cause: error },
    );
  }
}

const isArgumentError = (error: unknown): error is Error =>
  error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");

process.exitCode = await run(process.argv.slice(2));

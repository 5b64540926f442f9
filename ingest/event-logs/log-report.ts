import type { LogEvent, LogProblem } from "#/domain/event-log.ts";

/** What came of reading a log. Complete once all events were taken. */
export type LogReport = {
  format: "csv" | "xes" | null;
  events: number;
  /** Rows and events left out, each with its line, and unclear cases. The first 1,000. */
  problems: LogProblem[];
  /** All of them. */
  problemCount: number;
  /** Times without a zone, read in the zone of the options. */
  withoutZone: number;
  /** Events that only say that work was scheduled, begun or put aside. Completions count. */
  otherTransitions: number;
  /** Attributes given twice in one element; the first counted. */
  repeatedKeys: number;
  /** Cases that had no id of their own and were numbered, or whose id came up again. */
  unclearCases: number;
};

export type LogSink = {
  readonly report: LogReport;
  /** One own copy of a text that repeats; see `ownCopies`. */
  own<Text extends string | null>(text: Text): Text;
  event(event: LogEvent): void;
  problem(line: number, problem: string): void;
};

const problemsKept = 1000;

export const createLogReport = (): LogReport => ({
  format: null,
  events: 0,
  problems: [],
  problemCount: 0,
  withoutZone: 0,
  otherTransitions: 0,
  repeatedKeys: 0,
  unclearCases: 0,
});

export const createLogSink = (report: LogReport, take: (event: LogEvent) => void): LogSink => ({
  report,
  own: ownCopies(),
  event(event) {
    report.events += 1;
    take(event);
  },
  problem(line, problem) {
    report.problemCount += 1;
    if (report.problems.length < problemsKept) report.problems.push({ line, problem });
  },
});

/**
 * A piece of a string keeps the whole string alive in V8, so a case id that somebody remembers would
 * hold on to the part of the file it came from. Bytes and back make it a string of its own.
 */
function ownCopies(): LogSink["own"] {
  const copies = new Map<string, string>();
  return <Text extends string | null>(text: Text): Text => {
    if (text === null) return text;
    let copy = copies.get(text);
    if (copy === undefined) {
      copy = Buffer.from(text, "utf16le").toString("utf16le");
      copies.set(copy, copy);
    }
    return copy as Text;
  };
}

/** Fed with the text of a log piece by piece, in any pieces. */
export type LogParser = { push(text: string): void; end(): void };

const noValue = new Set(["", "UNKNOWN", "NULL", "NONE", "NAN", "N/A", "-", "0"]);

/** Logs write many words for "nobody". */
export const valueOrNull = (text: string | undefined): string | null =>
  text === undefined || noValue.has(text.trim().toUpperCase()) ? null : text.trim();

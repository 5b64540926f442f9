import type { LogProblem } from "#/domain/event-log.ts";

/*
 * An object-centric event log (OCEL 2.0), the same whatever file it came from. Values are text under the
 * log's own names, with their declared types beside them; never interpreted.
 */

export type ObjectRelation = { readonly id: string; readonly qualifier: string };

export type ObjectLogEvent = {
  readonly id: string;
  readonly type: string;
  /** UTC, milliseconds. */
  readonly at: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly objects: readonly ObjectRelation[];
};

export type ObjectLogObject = {
  readonly id: string;
  readonly type: string;
  /** Each change of each attribute, in the order of the file. */
  readonly attributes: readonly {
    readonly name: string;
    readonly value: string;
    readonly time: string;
  }[];
  readonly objects: readonly ObjectRelation[];
};

/** Attribute name → `string`, `time`, `integer`, `float` or `boolean`, per type of event or object. */
export type DeclaredTypes = Readonly<Record<string, Readonly<Record<string, string>>>>;

export type ObjectLogItem =
  | { readonly event: ObjectLogEvent }
  | { readonly object: ObjectLogObject };

/** What came of reading a log. Complete once all items were taken. */
export type ObjectLogReport = {
  format: "ocel-json" | "ocel-xml" | "ocel-sqlite";
  eventTypes: DeclaredTypes;
  objectTypes: DeclaredTypes;
  /** Events and objects left out; the first 1,000. `line` counts items where the format has no lines. */
  problems: LogProblem[];
  problemCount: number;
};

export type ObjectLogReading = {
  readonly items: AsyncIterable<ObjectLogItem>;
  readonly report: ObjectLogReport;
};

export const createObjectLogReport = (format: ObjectLogReport["format"]): ObjectLogReport => ({
  format,
  eventTypes: {},
  objectTypes: {},
  problems: [],
  problemCount: 0,
});

const problemsKept = 1000;

export function addProblem(report: ObjectLogReport, line: number, problem: string): void {
  report.problemCount += 1;
  if (report.problems.length < problemsKept) report.problems.push({ line, problem });
}

import { CountersignError } from "#/domain/errors.ts";
import { createCsvRecords } from "./csv-records.ts";
import { type LogParser, type LogSink, valueOrNull } from "./log-report.ts";
import { readLogTime } from "./log-time.ts";

export type CsvField = "case" | "activity" | "at" | "resource" | "role" | "group";
/** The column of a field where its name is not one of the usual ones. */
export type CsvColumns = Partial<Readonly<Record<CsvField, string>>>;

/** Usual names, the more exact first; compared without case, spaces, dots, dashes, underscores. */
const usualNames: Readonly<Record<CsvField, readonly string[]>> = {
  case: ["case:concept:name", "case_id", "case", "trace_id", "trace", "case_concept_name"],
  activity: ["concept:name", "activity", "activity_name", "event", "event_name", "task"],
  at: [
    "time:timestamp",
    "timestamp",
    "timestamp_utc",
    "complete_timestamp",
    "completion_time",
    "end_timestamp",
    "event_time",
    "time",
    "date",
  ],
  resource: ["org:resource", "resource", "user"],
  role: ["org:role", "role"],
  group: [
    "org:group",
    "org_unit",
    "organizational_unit",
    "organisational_unit",
    "group",
    "department",
  ],
};
const fieldNames = Object.keys(usualNames) as CsvField[];

/**
 * Reads events from CSV with a header. Throws INVALID_ARGUMENTS when case, activity or time have no
 * column; a row that lacks one of them is a problem, with its line number.
 */
export function createCsvEvents(
  sink: LogSink,
  { columns = {}, zone }: { columns?: CsvColumns; zone: string },
): LogParser {
  let header: { names: string[]; at: Partial<Record<CsvField, number>> } | null = null;
  return createCsvRecords({
    problem: (line, problem) => sink.problem(line, problem),
    record(fields, line) {
      if (!header) {
        header = { names: fields, at: findColumns(fields, columns) };
        return;
      }
      const { names, at } = header;
      if (fields.length !== names.length) {
        sink.problem(line, `${fields.length} fields where the header has ${names.length}`);
        return;
      }
      const field = (name: CsvField) => fields[at[name] ?? -1];
      const id = field("case")?.trim();
      const activity = field("activity")?.trim();
      const time = readLogTime(field("at") ?? "", zone);
      if (!id || !activity || !time) {
        const missing = [!id && "case", !activity && "activity", !time && "time with a year first"];
        sink.problem(line, `no ${missing.filter(Boolean).join(", no ")}`);
        return;
      }
      if (!time.zoned) sink.report.withoutZone += 1;
      const used = new Set(Object.values(at));
      const rest = names.flatMap((name, index) => {
        const value = fields[index];
        return used.has(index) || !value ? [] : [[name.trim(), value] as const];
      });
      sink.event({
        case: sink.own(id),
        activity: sink.own(activity),
        at: time.at,
        resource: sink.own(valueOrNull(field("resource"))),
        role: sink.own(valueOrNull(field("role"))),
        group: sink.own(valueOrNull(field("group"))),
        attributes: Object.fromEntries(rest),
      });
    },
  });
}

const plain = (name: string): string => name.toLowerCase().replace(/[\s._-]/g, "");

function findColumns(
  names: readonly string[],
  columns: CsvColumns,
): Partial<Record<CsvField, number>> {
  const known = names.map(plain);
  const found: Partial<Record<CsvField, number>> = {};
  for (const field of fieldNames) {
    const wanted = columns[field];
    const candidates = wanted === undefined ? usualNames[field] : [wanted];
    const index = candidates.map((name) => known.indexOf(plain(name))).find((at) => at >= 0);
    if (index !== undefined) found[field] = index;
  }
  const missing = (["case", "activity", "at"] as const).filter(
    (field) => found[field] === undefined,
  );
  if (missing.length > 0)
    throw new CountersignError("INVALID_ARGUMENTS", {
      problems: `no column for ${missing.join(", ")}; name it, e.g. --column ${missing[0]}=<column>`,
    });
  return found;
}

import type { LogEvent } from "#/domain/event-log.ts";
import { type CsvColumns, createCsvEvents } from "./csv-events.ts";
import { fileBytes, logText } from "./log-bytes.ts";
import { createLogReport, createLogSink, type LogParser, type LogReport } from "./log-report.ts";
import { createXesEvents } from "./xes-events.ts";

export type ReadEventLogOptions = {
  /** Columns of a CSV whose names are not the usual ones. */
  readonly columns?: CsvColumns;
  /** IANA zone of times that carry no offset; UTC when not given. */
  readonly zone?: string;
  /** Unpacked bytes at most; a small gzip can hold anything. 16 GiB when not given. */
  readonly limitBytes?: number;
};

export type EventLogReading = {
  readonly events: AsyncIterable<LogEvent>;
  readonly report: LogReport;
};

/**
 * Streams the events of a CSV or XES file, gzipped or not, told apart by content and not by name.
 * Memory holds one chunk, one trace and the case ids. Throws INVALID_ARGUMENTS when the file cannot
 * be read, is broken, or is neither.
 */
export function readEventLog(path: string, options: ReadEventLogOptions = {}): EventLogReading {
  const report = createLogReport();
  return {
    events: parse(logText(fileBytes(path), options.limitBytes), { options, report }),
    report,
  };
}

/** The same from text that is already at hand, in any pieces. */
export function readEventLogText(
  text: AsyncIterable<string>,
  options: ReadEventLogOptions = {},
): EventLogReading {
  const report = createLogReport();
  return { events: parse(text, { options, report }), report };
}

/** The same from bytes, in any pieces. */
export function readEventLogBytes(
  bytes: AsyncIterable<Uint8Array>,
  options: ReadEventLogOptions = {},
): EventLogReading {
  const report = createLogReport();
  return { events: parse(logText(bytes, options.limitBytes), { options, report }), report };
}

type Reading = { readonly options: ReadEventLogOptions; readonly report: LogReport };

async function* parse(
  pieces: AsyncIterable<string>,
  { options, report }: Reading,
): AsyncGenerator<LogEvent> {
  let batch: LogEvent[] = [];
  const sink = createLogSink(report, (event) => batch.push(event));
  let parser: LogParser | null = null;
  let head = "";
  const open = (): LogParser => {
    const isXml = /^\uFEFF?\s*</.test(head);
    report.format = isXml ? "xes" : "csv";
    const zone = options.zone ?? "UTC";
    return isXml
      ? createXesEvents(sink, { zone })
      : createCsvEvents(sink, { zone, ...(options.columns && { columns: options.columns }) });
  };
  for await (const text of pieces) {
    if (parser) parser.push(text);
    else {
      head += text;
      if (head.trim() === "" && head.length < 65_536) continue;
      parser = open();
      parser.push(head);
    }
    yield* batch;
    batch = [];
  }
  parser?.end();
  yield* batch;
}

import { createReadStream } from "node:fs";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";
import { CountersignError } from "#/domain/errors.ts";
import type { LogEvent } from "#/domain/event-log.ts";
import { type CsvColumns, createCsvEvents } from "./csv-events.ts";
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
  return { events: readEvents(path, { options, report }), report };
}

/** The same from bytes that are already at hand, in any pieces. */
export function readEventLogBytes(
  bytes: AsyncIterable<Uint8Array>,
  options: ReadEventLogOptions = {},
): EventLogReading {
  const report = createLogReport();
  return { events: parse(unpacked(bytes), { options, report }), report };
}

type Reading = { readonly options: ReadEventLogOptions; readonly report: LogReport };

async function* readEvents(path: string, reading: Reading): AsyncGenerator<LogEvent> {
  const file = createReadStream(path, { highWaterMark: 262_144 });
  try {
    yield* parse(unpacked(file), reading);
  } catch (error) {
    if (error instanceof CountersignError) throw error;
    throw new CountersignError(
      "INVALID_ARGUMENTS",
      { problems: `the log cannot be read (${codeOf(error)})` },
      { cause: error },
    );
  } finally {
    file.destroy();
  }
}

async function* parse(
  pieces: AsyncIterable<Uint8Array>,
  { options, report }: Reading,
): AsyncGenerator<LogEvent> {
  const limit = options.limitBytes ?? 17_179_869_184;
  let batch: LogEvent[] = [];
  const sink = createLogSink(report, (event) => batch.push(event));
  let parser: LogParser | null = null;
  let decoder: TextDecoder | null = null;
  let head = "";
  let size = 0;
  const open = (): LogParser => {
    const isXml = /^\uFEFF?\s*</.test(head);
    report.format = isXml ? "xes" : "csv";
    const zone = options.zone ?? "UTC";
    return isXml
      ? createXesEvents(sink, { zone })
      : createCsvEvents(sink, { zone, ...(options.columns && { columns: options.columns }) });
  };
  const feed = (text: string): void => {
    if (parser) {
      parser.push(text);
      return;
    }
    head += text;
    if (head.trim() === "" && head.length < 65_536) return;
    parser = open();
    parser.push(head);
    head = "";
  };
  for await (const piece of pieces) {
    size += piece.length;
    if (size > limit)
      throw new CountersignError("INVALID_ARGUMENTS", {
        problems: `the log is larger than ${limit} bytes unpacked`,
      });
    decoder ??= decoderFor(piece);
    feed(decoder.decode(piece, { stream: true }));
    yield* batch;
    batch = [];
  }
  feed(decoder?.decode() ?? "");
  (parser as LogParser | null)?.end();
  yield* batch;
}

/** Gzip is told by its first two bytes. */
async function* unpacked(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]();
  let start = Buffer.alloc(0);
  while (start.length < 2) {
    const next = await iterator.next();
    if (next.done) break;
    start = Buffer.concat([start, next.value]);
  }
  const all = async function* () {
    yield start;
    for (;;) {
      const next = await iterator.next();
      if (next.done) return;
      yield next.value;
    }
  };
  if (start[0] !== 0x1f || start[1] !== 0x8b) yield* all();
  else yield* gunzip(all());
}

async function* gunzip(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gzip = createGunzip();
  const feeding = feedInto(gzip, bytes);
  try {
    for await (const piece of gzip) yield piece as Uint8Array;
    await feeding;
  } finally {
    gzip.destroy();
    await feeding.catch(() => undefined);
  }
}

async function feedInto(
  gzip: ReturnType<typeof createGunzip>,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  try {
    for await (const piece of bytes) {
      if (gzip.destroyed) return;
      if (!gzip.write(piece)) await drained(gzip);
    }
    gzip.end();
  } catch (error) {
    gzip.destroy(error instanceof Error ? error : new Error("the source of the log failed"));
  }
}

const drained = (gzip: ReturnType<typeof createGunzip>): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      gzip.off("drain", done).off("close", done);
      resolve();
    };
    gzip.once("drain", done).once("close", done);
  });

function decoderFor(piece: Uint8Array): TextDecoder {
  const head = Buffer.from(piece.subarray(0, 200)).toString("latin1");
  if (head.startsWith("\u00ff\u00fe")) return new TextDecoder("utf-16le");
  if (head.startsWith("\u00fe\u00ff")) return new TextDecoder("utf-16be");
  const declared = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(head)?.[1];
  try {
    return new TextDecoder(declared ?? "utf-8");
  } catch (error) {
    throw new CountersignError(
      "INVALID_ARGUMENTS",
      { problems: "the log declares a text encoding that we do not know" },
      { cause: error },
    );
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && /^[A-Z_0-9]+$/.test(String(error.code))
    ? String(error.code)
    : "it is damaged";

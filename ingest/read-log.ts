import { CountersignError } from "#/domain/errors.ts";
import { fileBytes, logText } from "./event-logs/log-bytes.ts";
import {
  type EventLogReading,
  type ReadEventLogOptions,
  readEventLogText,
} from "./event-logs/read-event-log.ts";
import type { ObjectLogReading } from "./object-logs/object-log.ts";
import { readOcelJson } from "./object-logs/read-ocel-json.ts";
import { readOcelSqlite } from "./object-logs/read-ocel-sqlite.ts";
import { readOcelXml } from "./object-logs/read-ocel-xml.ts";

export type LogReading =
  | ({ readonly kind: "cases" } & EventLogReading)
  | ({ readonly kind: "objects" } & ObjectLogReading);

/**
 * Opens a log of any format we read, told by its content and not by its name: XES, CSV, OCEL 2.0 as
 * JSON, XML or SQLite; all but SQLite gzipped or not. Throws INVALID_ARGUMENTS when it cannot be read.
 */
export async function readLog(
  path: string,
  options: ReadEventLogOptions = {},
): Promise<LogReading> {
  const { zone = "UTC" } = options;
  const bytes = await peeked(fileBytes(path), (pieces) => Buffer.concat(pieces).length >= 16);
  if (Buffer.concat(bytes.head).subarray(0, 15).toString("latin1") === "SQLite format 3") {
    await bytes.all.return(undefined);
    return { kind: "objects", ...readOcelSqlite(path, zone) };
  }
  const text = await peeked(logText(bytes.all, options.limitBytes), (pieces) =>
    isTelling(pieces.join("")),
  );
  const head = text.head.join("");
  if (/^\uFEFF?\s*\{/.test(head)) return { kind: "objects", ...readOcelJson(text.all, zone) };
  if (isOcelXml.test(head)) return { kind: "objects", ...readOcelXml(text.all, zone) };
  if (head.trim() === "")
    throw new CountersignError("INVALID_ARGUMENTS", { problems: "the log is empty" });
  return { kind: "cases", ...readEventLogText(text.all, options) };
}

const isOcelXml = /<(?:\w+:)?(?:object-types|event-types|objects|events)[\s/>]/;

/** XML tells with its first elements which log it is. */
const isTelling = (head: string): boolean =>
  head.trim() !== "" &&
  (!/^\uFEFF?\s*</.test(head) ||
    /<(?:\w+:)?(?:trace|event|object-types|event-types|objects|events)[\s/>]/.test(head) ||
    head.length > 1_048_576);

/** The first pieces, until they are enough; and all of them from the beginning. */
async function peeked<Piece>(
  pieces: AsyncGenerator<Piece>,
  enough: (head: readonly Piece[]) => boolean,
): Promise<{ head: readonly Piece[]; all: AsyncGenerator<Piece> }> {
  const head: Piece[] = [];
  while (!enough(head)) {
    const next = await pieces.next();
    if (next.done) break;
    head.push(next.value);
  }
  const all = async function* () {
    try {
      yield* head;
      yield* pieces;
    } finally {
      await pieces.return(undefined);
    }
  };
  return { head, all: all() };
}

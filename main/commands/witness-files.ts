import { createPublicKey, type KeyObject } from "node:crypto";
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { type Anchor, parseAnchors } from "#/domain/audit-anchor.ts";
import { CountersignError } from "#/domain/errors.ts";
import { notesOf } from "../checkpoint-file.ts";

/** The lines of a file, of any size, without their ends. */
export function* linesOf(path: string): Generator<string> {
  const file = tell(path, () => openSync(path, "r"));
  try {
    const chunk = Buffer.alloc(1 << 20);
    const decoder = new StringDecoder("utf8");
    let rest = "";
    for (;;) {
      const length = readSync(file, chunk);
      if (length === 0) break;
      const parts = (rest + decoder.write(chunk.subarray(0, length))).split("\n");
      rest = parts.pop() ?? "";
      yield* parts;
    }
    rest += decoder.end();
    if (rest !== "") yield rest;
  } finally {
    closeSync(file);
  }
}

/** Signed notes, of files with one a JSON line, or of files that are one note. */
export const readCheckpoints = (path: string): string[] =>
  filesIn(path, /\.(ndjson|txt|note)$/).flatMap((file) =>
    tell(file, () => {
      const text = readFileSync(file, "utf8");
      return text.startsWith("{") ? notesOf(text.endsWith("\n") ? text : `${text}\n`) : [text];
    }),
  );

/** Public keys, any number in a PEM file, or the PEM files of a folder. */
export const readKeys = (path: string): KeyObject[] =>
  filesIn(path, /\.pem$/).flatMap((file) =>
    tell(file, () => {
      const blocks = readFileSync(file, "utf8").match(/-----BEGIN [\s\S]+?-----END [^\n]+/g) ?? [];
      if (blocks.length === 0) throw new SyntaxError("no key in PEM");
      return blocks.map((block) => createPublicKey(block));
    }),
  );

/** Of a CSV, or of whatever people kept of the chat: an export's JSON files, mails, text. */
export const readAnchors = (path: string): Anchor[] =>
  filesIn(path, /\.(csv|json|ndjson|txt|eml|html)$/).flatMap((file) =>
    tell(file, () => parseAnchors(readFileSync(file, "utf8"))),
  );

const filesIn = (path: string, wanted: RegExp): string[] =>
  tell(path, () =>
    statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, encoding: "utf8" })
          .filter((file) => wanted.test(file))
          .sort()
          .map((file) => join(path, file))
      : [path],
  );

function tell<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const why = cause instanceof SyntaxError ? cause.message : "it cannot be read";
    throw new CountersignError("INVALID_ARGUMENTS", { problems: `${path}: ${why}` }, { cause });
  }
}

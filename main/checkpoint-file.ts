import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { TenantId } from "#/domain/ids.ts";

/* Checkpoints of a tenant, one JSON object a line, outside the database. Only ever appended. */

const Line = z.object({ key: z.string(), note: z.string() });

const fileOf = (folder: string, tenant: TenantId): string =>
  join(folder, "checkpoints", `${tenant}.ndjson`);

/**
 * The notes of such a file, oldest first. A last line without its newline was being written when
 * the process died, and counts as not written. Throws SyntaxError naming a line that is damaged.
 */
export function notesOf(text: string): string[] {
  const lines = text.split("\n");
  return lines.slice(0, -1).map((line, index) => {
    try {
      return Line.parse(JSON.parse(line)).note;
    } catch (cause) {
      throw new SyntaxError(`line ${index + 1} of the checkpoints is damaged`, { cause });
    }
  });
}

/** Empty when there are none yet. */
export const readNotes = (folder: string, tenant: TenantId): string[] =>
  notesOf(readText(fileOf(folder, tenant)));

/** On the disk when it returns. */
export function appendNote(
  folder: string,
  tenant: TenantId,
  line: { key: string; note: string },
): void {
  mkdirSync(join(folder, "checkpoints"), { recursive: true });
  const path = fileOf(folder, tenant);
  const text = readText(path);
  const whole = Buffer.byteLength(text.slice(0, text.lastIndexOf("\n") + 1));
  if (whole < Buffer.byteLength(text)) truncateSync(path, whole);
  const file = openSync(path, "a");
  try {
    writeSync(file, `${JSON.stringify(line)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return "";
    throw cause;
  }
}

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asFields } from "./fields.ts";
import type { Saved } from "./workspace.ts";

const fileName = "slack-workspace.json";
/** Writes are gathered for this long, so a burst of messages is one write. */
const gatherMs = 250;

/** The workspace saved in this folder, or nothing. A file that cannot be read is an error, not a fresh start. */
export function loadWorkspace(folder: string): Saved | undefined {
  const file = join(folder, fileName);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (asFields(error)["code"] === "ENOENT") return undefined;
    throw error;
  }
  const parsed: unknown = JSON.parse(text);
  if (asFields(parsed)["version"] !== 1) {
    throw new Error(`${fileName} was written by another version; move it away to start afresh`);
  }
  return parsed as Saved;
}

export type WorkspaceFile = { soon: () => void; flush: () => void };

/** Saves the workspace to `folder`, replacing the file in one move so a crash never leaves half of it. */
export function createWorkspaceFile(folder: string, read: () => Saved): WorkspaceFile {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, fileName);
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    writeFileSync(`${file}.new`, JSON.stringify(read()), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  return {
    soon() {
      timer ??= setTimeout(flush, gatherMs);
    },
    flush,
  };
}

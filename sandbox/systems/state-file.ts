import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { State } from "./state.ts";

const shape = 1;

/** Where the systems keep what changed. `folder` null: in memory only, gone with the process. */
export type StateFile = { load(): State | null; save(state: State): void };

/** Throws Error when the file is there and cannot be read; it is then left as it is. */
export function stateFile(folder: string | null): StateFile {
  if (folder === null) return { load: () => null, save: () => undefined };
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "sandbox-systems.json");
  return {
    load: () => (existsSync(path) ? parse(path) : null),
    save: (state) => {
      // A reader, or a start after a crash, sees the old file or the new one, never half of one.
      const file = openSync(`${path}.new`, "w");
      try {
        writeFileSync(file, JSON.stringify({ shape, state }));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(`${path}.new`, path);
    },
  };
}

function parse(path: string): State {
  const broken = (cause?: unknown): Error =>
    new Error(`${path} is no state of the sandbox. Move it away to start with a new firm.`, {
      cause,
    });
  try {
    const content = JSON.parse(readFileSync(path, "utf8")) as { shape?: unknown; state?: State };
    if (content.shape !== shape || !content.state?.anchor) throw broken();
    return content.state;
  } catch (cause) {
    throw broken(cause);
  }
}

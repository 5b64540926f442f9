import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The switch of one process that needs no sign-in, no database and no restart: while the file `stop`
 * is in its data folder, nothing begins to run here. Its first line is the reason; null without it.
 * A file that cannot be read stops too.
 */
export function stopReason(folder: string): string | null {
  try {
    const [line = ""] = readFileSync(join(folder, "stop"), "utf8").split("\n");
    return line.trim().slice(0, 200) || "the file says no reason";
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return missing ? null : "the stop file cannot be read";
  }
}

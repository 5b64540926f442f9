import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs a program of this folder in a process of its own and reads the JSON that it prints. */
export async function inOwnProcess<T>(file: string, args: readonly string[]): Promise<T> {
  const { stdout } = await run(process.execPath, [file, ...args], { maxBuffer: 1_000_000 });
  return JSON.parse(stdout) as T;
}

/** The most memory that this process has held so far. */
export const peakMegabytes = (): number => process.resourceUsage().maxRSS / 1024;

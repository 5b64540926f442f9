import { env } from "node:process";
import { benchEvent } from "./monitor-event.ts";
import { benchImport } from "./monitor-import.ts";
import { benchRecompute } from "./monitor-recompute.ts";
import type { BenchTable } from "./ratio.ts";

/** What the monitor costs as a firm grows. `TEST_DATABASE_URL`: events on that server instead of embedded. */
export async function benchMonitor(options: {
  quick: boolean;
  say: (line: string) => void;
}): Promise<BenchTable[]> {
  return [
    await benchImport(options),
    await benchEvent({ ...options, serverUrl: env["TEST_DATABASE_URL"] }),
    await benchRecompute(options),
  ];
}

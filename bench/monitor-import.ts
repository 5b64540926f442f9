import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip, gunzipSync } from "node:zlib";
import type { Taken } from "./import-file.ts";
import { inOwnProcess } from "./own-process.ts";
import { type BenchRow, type BenchTable, told } from "./ratio.ts";

/** Beside the repository, as `shared/data` is laid out; never part of it. */
const log = join(import.meta.dirname, "../../shared/data/bpic2020/RequestForPayment.xes.gz");
/** Megabytes. Alone: the engine and one trace. Into a database: with the database in the process. */
const caps = { read: 384, import: 1_024 } as const;

/** How fast a large log comes in, and how little memory that takes. */
export async function benchImport({
  quick,
  say,
}: {
  quick: boolean;
  say: (line: string) => void;
}): Promise<BenchTable> {
  const title = "Import of a XES log (RequestForPayment of BPI 2020, gzipped)";
  if (!existsSync(log))
    return { title, rows: [told("skipped", "../shared/data/bpic2020 is not there")] };
  const folder = mkdtempSync(join(tmpdir(), "countersign-bench-"));
  try {
    const rows: BenchRow[] = [];
    for (const times of quick ? [1] : [1, 10]) {
      say(`a log of ${times} × its size`);
      const path = join(folder, `${times}.xes.gz`);
      await pipeline(
        Readable.from(repeated(times)),
        createGzip({ level: 1 }),
        createWriteStream(path),
      );
      for (const how of ["read", "import"] as const) {
        const taken = await inOwnProcess<Taken>(join(import.meta.dirname, "import-file.ts"), [
          path,
          how,
        ]);
        rows.push(rowOf(taken, { times, how }));
      }
    }
    return { title, rows };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowOf(
  { events, seconds, peakMegabytes }: Taken,
  { times, how }: { times: number; how: keyof typeof caps },
): BenchRow {
  const words = how === "read" ? "read and parsed" : "into the embedded database";
  return {
    what: `${times} × its size, ${words}: ${events.toLocaleString("en-GB")} events`,
    measured: `${Math.round(events / seconds).toLocaleString("en-GB")} events/s, ${peakMegabytes.toFixed(0)} MB at most`,
    bar: `≤ ${caps[how]} MB`,
    holds: peakMegabytes <= caps[how],
  };
}

/** The log with its traces so many times, those of each repetition as cases of their own. */
function* repeated(times: number): Generator<string> {
  const text = gunzipSync(readFileSync(log)).toString("utf8");
  const from = text.indexOf("<trace>");
  const to = text.lastIndexOf("</log>");
  yield text.slice(0, from);
  const traces = text.slice(from, to);
  for (let time = 0; time < times; time += 1)
    yield traces.replaceAll(
      /(?<=<trace>\s*<string key="concept:name" value=")/g,
      time === 0 ? "" : `${time}-`,
    );
  yield text.slice(to);
}

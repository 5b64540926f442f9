import { parseArgs } from "node:util";
import type { BenchTable } from "./ratio.ts";

/*
 * Speed, always as a ratio to a floor that was measured in the same run: machines differ, ratios less.
 */

const usage = `npm run bench -- <which> [options]

  policy    a decision against a bare preparsed Cedar call on the same request
  monitor   full recompute by size, one event to a refreshed assessment, import of a large log

    --json    machine-readable
    --quick   smaller sizes, for a look
`;

type Bench = (options: { quick: boolean; say: (line: string) => void }) => Promise<BenchTable[]>;

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  policy: async () => (await import("./policy.ts")).benchPolicy,
  monitor: async () => (await import("./monitor.ts")).benchMonitor,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean" }, quick: { type: "boolean" }, help: { type: "boolean" } },
});
const [which] = positionals;
const chosen = which === undefined ? Object.keys(benches) : [which];
if (values.help || chosen.some((name) => !(name in benches))) {
  process.stdout.write(usage);
  process.exitCode = values.help ? 0 : 2;
} else {
  const tables: BenchTable[] = [];
  for (const name of chosen) {
    const bench = await benches[name]?.();
    if (bench)
      tables.push(
        ...(await bench({
          quick: values.quick ?? false,
          say: (line) => process.stderr.write(`${line}\n`),
        })),
      );
  }
  if (values.json) process.stdout.write(`${JSON.stringify(tables, null, 2)}\n`);
  else for (const table of tables) process.stdout.write(`${textOf(table)}\n`);
  process.exitCode = tables.every(({ rows }) => rows.every(({ holds }) => holds !== false)) ? 0 : 1;
}

function textOf({ title, rows }: BenchTable): string {
  const lines = rows.map(({ what, measured, bar, holds }) => [
    what,
    measured,
    bar === null ? "" : `${holds ? "holds" : "MISSES"} ${bar}`,
  ]);
  const widths = [0, 1].map((at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return [
    title,
    ...lines.map(
      ([what = "", measured = "", bar = ""]) =>
        `  ${what.padEnd(widths[0] ?? 0)}  ${measured.padStart(widths[1] ?? 0)}  ${bar}`,
    ),
    "",
  ].join("\n");
}

import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { z } from "zod";
import { CivilDate, Instant } from "#/domain/ids.ts";
import { readConfig } from "../config.ts";
import { followJob, type Progress } from "../log-jobs.ts";
import { complain, here, say } from "./perform.ts";

export const logsUsage = `  countersign import FILE…                               event logs: XES, CSV, OCEL 2.0 (JSON, XML, SQLite), gzipped or not
      [--log NAME] [--zone IANA] [--column case=Ticket]  … its name, its clock, its columns
      [--rejects FILE]                                   … where to write what was left out, and why
  countersign export ocel [--out FILE]                   the firm's events as OCEL 2.0 JSON
      [--since DAY] [--until DAY]                        … that happened from one day on, before another`;

const Imported = z.object({
  log: z.string(),
  format: z.string(),
  into: z.enum(["operations", "process"]),
  events: z.number(),
  fresh: z.number(),
  objects: z.number(),
  problems: z.array(z.object({ line: z.number(), problem: z.string() })),
  problemCount: z.number(),
});
type Imported = z.infer<typeof Imported>;

/** Exit 0: all of it is in. Exit 1: parts were left out, and it says which. */
export async function importCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      log: { type: "string" },
      zone: { type: "string" },
      column: { type: "string", multiple: true },
      rejects: { type: "string" },
    },
  });
  if (positionals.length === 0)
    return complain(`Say which file: countersign import FILE…\n${logsUsage}`);
  if (values.log !== undefined && positionals.length > 1)
    return complain("One name is for one file: leave --log out, or import them one by one.");
  const pairs = (values.column ?? []).map((pair) => pair.split(/=(.*)/s).slice(0, 2));
  if (pairs.some(([field, name]) => !field || !name))
    return complain("A column is named like this: --column case=Ticket");
  const columns = Object.fromEntries(pairs) as Record<string, string>;
  let left = 0;
  for (const name of positionals) {
    const argument = {
      path: resolve(name),
      log: values.log ?? logNameOf(name),
      ...(values.zone === undefined ? {} : { zone: values.zone }),
      ...(pairs.length > 0 ? { columns } : {}),
    };
    const imported = Imported.parse(await performLog("log-import", argument, showProgress(name)));
    for (const line of importLines(imported)) say(line);
    if (imported.problemCount > 0) {
      const rejects = values.rejects ?? `${name}.rejects.csv`;
      writeFileSync(rejects, rejectsCsv(imported));
      say(`  all of them, or the first 1,000: ${rejects}`);
    }
    left += imported.problemCount;
  }
  return left === 0 ? 0 : 1;
}

/** `loans.xes.gz` is the log `loans`. */
export const logNameOf = (path: string): string =>
  basename(path).replace(/(\.(gz|xes|csv|json|jsonocel|xml|xmlocel|sqlite|db))+$/i, "");

export function importLines(imported: Imported): string[] {
  const { log, format, into, events, fresh, objects, problems, problemCount } = imported;
  const where = into === "operations" ? "the firm's own events" : `log “${log}”`;
  const things = objects > 0 ? ` and ${objects} object(s)` : "";
  return [
    `${log} (${format}): ${events} event(s)${things} into ${where}, ${fresh} of them new.`,
    ...(problemCount > 0 ? [`Left out: ${problemCount}.`] : []),
    ...problems
      .slice(0, 10)
      .map(({ line, problem }) => `  ${line > 0 ? `line ${line}: ` : ""}${problem}`),
  ];
}

const cell = (text: string): string =>
  /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
export const rejectsCsv = ({ problems }: Pick<Imported, "problems">): string =>
  [
    "line,reason",
    ...problems.map(({ line, problem }) => `${line > 0 ? line : ""},${cell(problem)}`),
  ].join("\n") + "\n";

export async function exportCommand([what, ...args]: readonly string[]): Promise<number> {
  if (what !== "ocel") return complain(`Say what: countersign export ocel\n${logsUsage}`);
  const { values } = parseArgs({
    args: [...args],
    options: { out: { type: "string" }, since: { type: "string" }, until: { type: "string" } },
  });
  const [since, until] = [values.since, values.until].map(instantOf) as [Given, Given];
  if (since === undefined || until === undefined)
    return complain("A day is written 2026-11-23, an instant 2026-11-23T10:00:00Z.");
  const folder = values.out === undefined ? mkdtempSync(join(tmpdir(), "countersign-")) : null;
  const path = folder ? join(folder, "events.jsonocel") : resolve(values.out ?? "");
  try {
    const argument = { path, since, until };
    const { events } = z
      .object({ events: z.number() })
      .parse(await performLog("log-export", argument, showProgress("export")));
    if (folder) await pipeline(createReadStream(path), process.stdout, { end: false });
    else say(`${events} event(s) in ${values.out}.`);
    return 0;
  } finally {
    if (folder) rmSync(folder, { recursive: true, force: true });
  }
}

type Given = string | null | undefined;

/** null: not given; undefined: not to be read. A day begins at midnight UTC. */
const instantOf = (text: string | undefined): Given =>
  text === undefined
    ? null
    : CivilDate.safeParse(text).success
      ? `${text}T00:00:00.000Z`
      : Instant.safeParse(text).data;

/** By the process that holds the data folder, or, when none runs, by this one. */
async function performLog(
  name: "log-import" | "log-export",
  argument: unknown,
  progress: Progress,
): Promise<unknown> {
  const followed = await followJob(readConfig(), { name, argument }, progress);
  if (followed.running) return followed.result;
  const { importInto, exportFrom } = await import("../log-tasks.ts");
  const work = name === "log-import" ? importInto : exportFrom;
  return here(({ product }) => work(product, argument, progress));
}

/** One line that is written over, for a person who waits; nothing in a file or a pipe. */
const showProgress = (what: string): Progress => {
  if (!process.stderr.isTTY) return () => undefined;
  let last = 0;
  return (items) => {
    if (items === last) return;
    last = items;
    process.stderr.write(`\r${what}: ${items.toLocaleString("en")}…\u001b[K\r`);
  };
};

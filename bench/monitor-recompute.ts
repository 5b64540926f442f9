import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createOperationsStore } from "#/db/operations/operations-store.ts";
import { openTestDatabase } from "#/db/test-database.ts";
import { benchTenant, fillDatabase } from "./fill-database.ts";
import { inOwnProcess } from "./own-process.ts";
import { type BenchRow, type BenchTable, slopeOfLogs, told } from "./ratio.ts";
import type { Recomputed, RecomputeGiven } from "./recompute-projects.ts";
import { mark, templateFirm } from "./template-firm.ts";

const steepest = 1.1;
/** Twice the projects need not be half as fast, but memory must not follow their number. */
const mostGrowth = 1.5;
const fewestEntries = 35;

/** Every project of ever larger firms is assessed anew, each size in a process of its own. */
export async function benchRecompute({
  quick,
  say,
}: {
  quick: boolean;
  say: (line: string) => void;
}): Promise<BenchTable> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-bench-"));
  try {
    say("reading the dossiers of a simulated firm's running projects");
    const given = join(folder, "dossiers.json");
    const { dossiers, entries } = await dossiersOfFirm(quick ? "S" : "M");
    writeFileSync(given, JSON.stringify(dossiers));
    const sizes = quick ? [20, 60, 180] : [100, 1_000, 10_000];
    const measured: Recomputed[] = [];
    for (const size of sizes) {
      say(`assessing ${size} projects`);
      measured.push(
        await inOwnProcess<Recomputed>(join(import.meta.dirname, "recompute-projects.ts"), [
          given,
          String(size),
        ]),
      );
    }
    return {
      title: `Full recompute: health and detection of every project (${dossiers.dossiers.length} dossiers in turn, ${entries.toFixed(0)} timesheet weeks each)`,
      rows: rowsOf(measured),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowsOf(measured: readonly Recomputed[]): BenchRow[] {
  const exponent = slopeOfLogs(
    measured.map(({ projects, busySeconds }) => [projects, busySeconds]),
  );
  const peaks = measured.map(({ peakMegabytes }) => peakMegabytes);
  const growth = (peaks.at(-1) ?? Number.NaN) / (peaks.at(-2) ?? Number.NaN);
  return [
    ...measured.map(({ projects, entries, findings, seconds, busySeconds, peakMegabytes }) =>
      told(
        `${number(projects)} projects, ${number(entries)} timesheet weeks`,
        `${busySeconds.toFixed(1)} s of processor (${seconds.toFixed(1)} s by the clock), ${((busySeconds / projects) * 1_000).toFixed(1)} ms a project, ${peakMegabytes.toFixed(0)} MB at most, ${number(findings)} findings`,
      ),
    ),
    {
      what: "growth of processor time with the number of projects, exponent",
      measured: exponent.toFixed(3),
      bar: `≤ ${steepest}`,
      holds: exponent <= steepest,
    },
    {
      what: "most memory, largest against the next smaller size",
      measured: `${growth.toFixed(2)} ×`,
      bar: `≤ ${mostGrowth}`,
      holds: growth <= mostGrowth,
    },
    told(
      "in: records and own events to a view, all rules, all detectors of a project",
      "not in: reading them, detectors of the whole firm",
    ),
  ];
}

const number = (value: number): string => value.toLocaleString("en-GB");

/** Dossiers as the database gives them, of running projects with some work behind them. */
async function dossiersOfFirm(
  size: "S" | "M",
): Promise<{ dossiers: RecomputeGiven; entries: number }> {
  const firm = templateFirm(size);
  const { calendar, currency, asOf } = firm;
  const database = await openTestDatabase(undefined);
  try {
    // The copy keeps the mark in its ids, so that its dossiers are templates as well.
    await fillDatabase(database, firm, { copies: [mark], told: [mark] });
    const store = createOperationsStore(database);
    const entries = new Map<unknown, number>();
    for (const { kind, fields } of firm.records)
      if (kind === "timesheet-week")
        entries.set(fields["projectId"], (entries.get(fields["projectId"]) ?? 0) + 1);
    const running = firm.records.filter(
      ({ kind, id, fields }) =>
        kind === "project" &&
        fields["status"] === "active" &&
        (entries.get(id) ?? 0) >= fewestEntries,
    );
    const dossiers: RecomputeGiven["dossiers"] = [];
    for (const { id } of running)
      dossiers.push({
        projectId: id,
        entries: entries.get(id) ?? 0,
        known: await store.dossier(benchTenant, { projectId: id, asOf, history: "own" }),
      });
    const all = dossiers.reduce((sum, each) => sum + each.entries, 0);
    return {
      dossiers: { calendar, currency, asOf, dossiers },
      entries: all / dossiers.length,
    };
  } finally {
    await database.close();
  }
}

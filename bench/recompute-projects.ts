import { readFileSync } from "node:fs";
import type { BusinessCalendar } from "#/domain/business-time.ts";
import { noMemory } from "#/monitor/portfolio/assess-project.ts";
import { viewOfRecords } from "#/monitor/twin/view-of-records.ts";
import type { KnownRecords } from "#/workflows/operations-store.ts";
import { assessProject } from "./assess-project.ts";
import { peakMegabytes } from "./own-process.ts";
import { inCopy } from "./template-firm.ts";

export type RecomputeGiven = {
  readonly calendar: BusinessCalendar;
  readonly currency: string;
  readonly asOf: string;
  /** `known`: what the database holds for the assessment of one project, its ids marked. */
  readonly dossiers: { projectId: string; entries: number; known: KnownRecords }[];
};

export type Recomputed = {
  readonly projects: number;
  readonly entries: number;
  readonly findings: number;
  /** By the clock on the wall. */
  readonly seconds: number;
  /** Of this thread on a processor: what other programs do on the machine is not in it. */
  readonly busySeconds: number;
  readonly peakMegabytes: number;
};

/** So many are assessed before the clock starts: a cold engine would make small firms look slow. */
const warmUp = 100;

/** One project after the other, each from its own records; making them is not measured. */
function recompute({ dossiers, asOf, ...settings }: RecomputeGiven, projects: number): Recomputed {
  const sum = { entries: 0, findings: 0, milliseconds: 0, busy: 0 };
  for (let made = -warmUp; made < projects; made += 1) {
    const template = dossiers[Math.abs(made) % dossiers.length];
    if (!template) throw new Error("the firm has no running project");
    if (made === 0) Object.assign(sum, { entries: 0, findings: 0, milliseconds: 0, busy: 0 });
    const known = inCopy(template.known, made);
    const projectId = inCopy(template.projectId, made);
    const start = performance.now();
    const before = process.threadCpuUsage();
    const view = viewOfRecords(known, settings, { asOf });
    sum.findings += assessProject(view, projectId, noMemory).findings;
    sum.milliseconds += performance.now() - start;
    const { user, system } = process.threadCpuUsage(before);
    sum.busy += user + system;
    sum.entries += template.entries;
  }
  const { entries, findings, milliseconds, busy } = sum;
  return {
    projects,
    entries,
    findings,
    seconds: milliseconds / 1_000,
    busySeconds: busy / 1_000_000,
    peakMegabytes: peakMegabytes(),
  };
}

const [given = "", projects = ""] = process.argv.slice(2);
const dossiers = JSON.parse(readFileSync(given, "utf8")) as RecomputeGiven;
process.stdout.write(JSON.stringify(recompute(dossiers, Number(projects))));

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Settled } from "./orders.ts";
import { createTally, type Result } from "./report.ts";
import { pause, seeded } from "./seeded.ts";
import type { Case, Target } from "./targets.ts";
import type { Point } from "./wire.ts";
import { startWorker, type Worker } from "./worker-process.ts";

export type Moment = Point | "random";

/** Where each kind of write can be killed and still promise one effect. */
export const moments: readonly Moment[] = [
  "applied",
  "random",
  "before-call",
  "answered",
  "read-back",
  "late",
  "straggler",
];

/**
 * A draft has nothing at the target that keeps it unique: two calls at one instant make two. What is
 * promised there is the straggler, which arrives while the successor still looks out for it.
 */
const notPromised = (moment: Moment, action: string): boolean =>
  moment === (action === "R08" ? "straggler" : "late");
const stragglerSeconds = 3;

const terminalWithin = 60;

/**
 * `kill -9` of the product while it carries out what was approved; its successor, on the same data
 * folder, must finish by itself. Effects are counted at the target only.
 */
export async function killExperiment(
  target: Target,
  options: {
    kills: number;
    seed: number;
    /** A server; embedded when left out. */
    databaseUrl?: string;
    moments?: readonly Moment[];
    actions?: readonly string[];
    progress?: (line: string) => void;
  },
): Promise<Result> {
  const { kills, seed, databaseUrl, progress = () => undefined } = options;
  const random = seeded(seed);
  const home = mkdtempSync(join(tmpdir(), "countersign-faults-"));
  const env = {
    ...target.env,
    COUNTERSIGN_HOME: home,
    SLACK_MODE: "off",
    WATCH_SECONDS: "0",
    PORT: "0",
    LOG_LEVEL: "error",
    ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
  };
  const tallies = new Map<string, ReturnType<typeof createTally>>();
  const violations: string[] = [];
  const combinations = (options.actions ?? target.actions)
    .flatMap((action) => (options.moments ?? moments).map((moment) => ({ action, moment })))
    .filter(({ action, moment }) => !notPromised(moment, action))
    // Every action's most telling moment first, so that a small sample holds them.
    .toSorted((a, b) => moments.indexOf(a.moment) - moments.indexOf(b.moment));
  if (combinations.length === 0) throw new Error("nothing of that kind is promised");
  let worker = await startWorker(env);
  try {
    for (let round = 0; round < kills; round += 1) {
      const combination = combinations[round % combinations.length];
      if (!combination) throw new Error("no such round");
      const { action, moment } = combination;
      const found = await target.next(round, action);
      // Wide enough for a whole run, from before the commit of the vote to after the last record.
      const delay = Math.round(random() * 400);
      const { outcome, next } = await killRound(worker, found, { moment, delay, env });
      worker = next;
      const name = `${action} ${moment}`;
      const tally = tallies.get(name) ?? createTally(name);
      tallies.set(name, tally);
      tally.add(outcome);
      for (const problem of outcome.problems)
        violations.push(`round ${round}, ${name}, delay ${delay} ms, seed ${seed}: ${problem}`);
      progress(
        `${round + 1}/${kills} ${name}${moment === "random" ? ` ${delay} ms` : ""}: ${outcome.note}, ${outcome.seconds.toFixed(1)} s${outcome.problems.length > 0 ? ` PROBLEM ${outcome.problems.join("; ")}` : ""}`,
      );
    }
  } finally {
    await worker.stop();
    rmSync(home, { recursive: true, force: true });
  }
  return {
    title: `kill -9, ${target.name}, ${databaseUrl ? "PostgreSQL server" : "embedded PostgreSQL"}, seed ${seed}`,
    lines: [...tallies.values()].map((tally) => tally.line()),
    violations,
  };
}

type Outcome = {
  duplicate: boolean;
  lost: boolean;
  wrongEnd: boolean;
  seconds: number;
  note: string;
  problems: string[];
};

async function killRound(
  victim: Worker,
  { action, invoice, wire, effects }: Case,
  { moment, delay, env }: { moment: Moment; delay: number; env: Readonly<Record<string, string>> },
): Promise<{ outcome: Outcome; next: Worker }> {
  wire.pass();
  const { id } = await victim.ask<{ id: string }>({ do: "propose", action, invoice });
  const reached = moment === "random" ? pause(delay) : wire.stopAt(moment);
  const cast = victim.ask<string[]>({ do: "vote", proposal: id }).catch((): string[] => []);
  await within(30, reached, `${action} never came to ${moment}`);
  const atKill = { effects: await effects(), calls: wire.effectCalls() };
  await victim.kill();
  const voted = (await cast).includes("decided");
  if (moment !== "late") wire.pass();

  const began = performance.now();
  const next = await startWorker(env);
  if (moment === "straggler") {
    await pause(stragglerSeconds * 1000);
    await wire.deliver();
  }
  let settled = await next.ask<Settled>({ do: "settle", proposal: id, seconds: terminalWithin });
  if (settled.state === "waiting") {
    // The press never arrived. Its person sees a card that still waits, and presses again.
    await next.ask({ do: "vote", proposal: id });
    settled = await next.ask<Settled>({ do: "settle", proposal: id, seconds: terminalWithin });
  }
  const seconds = (performance.now() - began) / 1000;
  const counted = await effects();
  const { fault } = await next.ask<{ fault: unknown }>({ do: "audit" });
  const problems = [
    ...(counted > 1 ? [`${counted} effects`] : []),
    ...(counted === 0 ? ["no effect"] : []),
    ...(settled.state === "done" ? [] : [`ended ${settled.state}: ${settled.reason}`]),
    ...(seconds > terminalWithin ? [`took ${seconds.toFixed(1)} s`] : []),
    ...(voted || moment === "random" ? [] : ["the vote did not decide"]),
    ...(fault === null ? [] : [`audit: ${JSON.stringify(fault)}`]),
    // Also where the target forgives it: who has acted is not asked again.
    ...(atKill.effects === 1 && wire.effectCalls() > atKill.calls
      ? ["sent again after the effect"]
      : []),
  ];
  return {
    next,
    outcome: {
      duplicate: counted > 1,
      lost: counted === 0,
      wrongEnd: settled.state !== "done" || seconds > terminalWithin,
      seconds,
      note: `at the kill ${atKill.effects} effect, ${settled.attempts} attempt${settled.attempts === 1 ? "" : "s"}`,
      problems,
    },
  };
}

async function within<T>(seconds: number, work: Promise<T>, problem: string): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(problem)), seconds * 1000);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import type { Settled } from "./orders.ts";
import { createTally, type Result } from "./report.ts";
import { pause } from "./seeded.ts";
import { type SandboxTarget, sandboxTarget } from "./targets.ts";
import type { Point } from "./wire.ts";
import { startWorker, type Worker } from "./worker-process.ts";

const deadAfterSeconds = 3;
const terminalWithin = 60;
/** Longer than every time-out inside one call, so that whoever wakes up says all it has to say. */
const awakeSeconds = 8;

const actions = ["R08", "R14", "R16"] as const;
const moments: readonly Point[] = ["applied", "answered", "read-back"];
const fates = ["frozen", "killed"] as const;
const names = ["w0", "w1"] as const;

type Pair = Record<(typeof names)[number], Worker>;
type Round = {
  readonly fate: (typeof fates)[number];
  readonly action: (typeof actions)[number];
  readonly moment: Point;
};

/**
 * Two processes on one server. The one that carries a run out is frozen, or killed and not started
 * again, after its external call; the other one must end the run. The frozen one wakes up then: it must
 * not write anything more, call the run failed, or take anything back.
 */
export async function takeoverExperiment(options: {
  kills: number;
  databaseUrl: string;
  progress?: (line: string) => void;
}): Promise<Result> {
  const { kills, databaseUrl, progress = () => undefined } = options;
  const target = await sandboxTarget();
  const homes = mkdtempSync(join(tmpdir(), "countersign-takeover-"));
  const start = (name: (typeof names)[number]): Promise<Worker> =>
    startWorker({
      ...target.env,
      COUNTERSIGN_HOME: join(homes, name),
      DATABASE_URL: databaseUrl,
      DATABASE_CONNECTIONS: "4",
      EXECUTOR_ID: name,
      WORKER_DEAD_SECONDS: String(deadAfterSeconds),
      SLACK_MODE: "off",
      WATCH_SECONDS: "0",
      PORT: "0",
      LOG_LEVEL: "error",
    });
  const rounds = actions.flatMap((action) =>
    moments.flatMap((moment) => fates.map((fate) => ({ action, moment, fate }))),
  );
  const tallies = new Map<string, ReturnType<typeof createTally>>();
  const violations: string[] = [];
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  const pair: Pair = { w0: await start("w0"), w1: await start("w1") };
  try {
    for (let at = 0; at < kills; at += 1) {
      const round = rounds[at % rounds.length];
      if (!round) throw new Error("no such round");
      const outcome = await takeoverRound(pair, { round, at, target, database });
      if (round.fate === "killed") pair[outcome.victim] = await start(outcome.victim);
      const name = `${round.fate} ${round.action} ${round.moment}`;
      const tally = tallies.get(name) ?? createTally(name);
      tallies.set(name, tally);
      tally.add(outcome);
      for (const problem of outcome.problems) violations.push(`round ${at}, ${name}: ${problem}`);
      progress(
        `${at + 1}/${kills} ${name}: ended by the other after ${outcome.seconds.toFixed(1)} s${outcome.problems.length > 0 ? ` PROBLEM ${outcome.problems.join("; ")}` : ""}`,
      );
    }
  } finally {
    await Promise.all(names.map((name) => pair[name].stop()));
    await database.end();
    await target.close();
    rmSync(homes, { recursive: true, force: true });
  }
  return {
    title: `takeover, two processes, PostgreSQL server, dead after ${deadAfterSeconds} s`,
    lines: [...tallies.values()].map((tally) => tally.line()),
    violations,
  };
}

async function takeoverRound(
  pair: Pair,
  {
    round: { action, moment, fate },
    at,
    target,
    database,
  }: { round: Round; at: number; target: SandboxTarget; database: Client },
) {
  const { invoice, wire, effects } = await target.next(at, action);
  wire.pass();
  const asker = pair[names[at % 2] ?? "w0"];
  const { id } = await asker.ask<{ id: string }>({ do: "propose", action, invoice });
  const reached = wire.stopAt(moment);
  const voted = await asker.ask<string[]>({ do: "vote", proposal: id });
  await reached;
  const victim = await whoRuns(database, id);
  const survivor = pair[victim === "w0" ? "w1" : "w0"];
  const sent = wire.effectCalls();
  if (fate === "frozen") pair[victim].freeze();
  else await pair[victim].kill();
  wire.pass();

  const began = performance.now();
  const settled = await survivor.ask<Settled>({
    do: "settle",
    proposal: id,
    seconds: terminalWithin,
  });
  const seconds = (performance.now() - began) / 1000;
  if (fate === "frozen") {
    pair[victim].thaw();
    await pause(awakeSeconds * 1000);
  }
  const after = await survivor.ask<Settled>({ do: "settle", proposal: id, seconds: 1 });
  const { fault } = await survivor.ask<{ fault: unknown }>({ do: "audit" });
  const ends = await endsOf(database, id);
  const counted = await effects();
  const problems = [
    ...(voted.includes("decided") ? [] : ["the vote did not decide"]),
    ...(counted > 1 ? [`${counted} effects`] : []),
    ...(counted === 0 ? ["no effect"] : []),
    ...(wire.effectCalls() > sent ? ["sent again after the effect"] : []),
    ...(settled.state === "done" ? [] : [`ended ${settled.state}: ${settled.reason}`]),
    ...(after.state === settled.state ? [] : [`became ${after.state} when the other woke up`]),
    ...(ends.join() === "run.done" ? [] : [`ends on record: ${ends.join(", ") || "none"}`]),
    ...(fault === null ? [] : [`audit: ${JSON.stringify(fault)}`]),
    // Whoever wakes up works on.
    ...(fate === "frozen" &&
    (await pair[victim].ask<{ fault: unknown }>({ do: "audit" })).fault !== null
      ? ["the woken process does not answer"]
      : []),
  ];
  return {
    victim,
    duplicate: counted > 1,
    lost: counted === 0,
    wrongEnd: settled.state !== "done" || ends.length !== 1,
    seconds,
    note: `${settled.attempts} attempt${settled.attempts === 1 ? "" : "s"}`,
    problems,
  };
}

/** The process that has this run in its hands. */
async function whoRuns(database: Client, proposal: string): Promise<(typeof names)[number]> {
  const found = await database.query<{ executor_id: string }>(
    "select executor_id from dbos.workflow_status where workflow_uuid like $1 and status = 'PENDING'",
    [`run:%:${proposal}:%`],
  );
  const [name] = names.filter((each) => each === found.rows[0]?.executor_id);
  if (!name) throw new Error(`${found.rows[0]?.executor_id ?? "nobody"} runs ${proposal}`);
  return name;
}

/** Every end of the run that the audit holds. */
async function endsOf(database: Client, proposal: string): Promise<string[]> {
  const found = await database.query<{ kind: string }>(
    `select body::jsonb ->> 'kind' as kind from audit_event where subject like $1
       and body::jsonb ->> 'kind' in ('run.done', 'run.failed', 'run.unknown', 'run.stopped') order by seq`,
    [`proposal:${proposal}:%`],
  );
  return found.rows.map(({ kind }) => kind);
}

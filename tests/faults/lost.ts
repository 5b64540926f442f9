import { ProposalId } from "#/domain/ids.ts";
import { audit, propose, settle, vote } from "./orders.ts";
import { type Bench, openBench } from "./product.ts";
import { createTally, type Result } from "./report.ts";
import { pause } from "./seeded.ts";
import type { Case } from "./targets.ts";

type Trouble = {
  readonly name: string;
  /** Breaks the write of this case. Returns how to mend it, if that takes an act. */
  readonly cause: (bench: Bench, on: Case) => void;
  readonly end: "done" | "unknown";
  readonly effects: number;
};

type Fault = Parameters<ReturnType<Bench["target"]["systems"]>["control"]["fault"]>[0];
const always = 1_000;

const fault =
  (kind: Fault["kind"], part: Partial<Fault> = {}): Trouble["cause"] =>
  ({ target }, { wire }) => {
    const face = (["psa", "crm", "erp"] as const).find((each) => target.wires[each] === wire);
    if (!face) throw new Error("the write takes no wire of the firm");
    target.systems().control.fault({ face, kind, times: 1, match: "POST", ...part });
  };

/** Every way in which the answer to a write can fail to come, and what is promised then. */
export const troubles: readonly Trouble[] = [
  { name: "429 once", cause: fault("429"), end: "done", effects: 1 },
  { name: "503 once", cause: fault("503"), end: "done", effects: 1 },
  { name: "429, 503, then good", cause: first429then503, end: "done", effects: 1 },
  { name: "answer after 2 s", cause: fault("slow"), end: "done", effects: 1 },
  { name: "answer lost once", cause: fault("lost-response"), end: "done", effects: 1 },
  {
    name: "acts after 7 s, we wait 5",
    cause: fault("slow", { delayMs: 7_000 }),
    end: "done",
    effects: 1,
  },
  { name: "503 for good", cause: fault("503", { times: always }), end: "unknown", effects: 0 },
  {
    name: "answer lost, then dark for good",
    cause: (_bench, { wire }) => wire.darkAfterEffect(),
    end: "unknown",
    effects: 1,
  },
];

function first429then503(bench: Bench, on: Case): void {
  fault("429")(bench, on);
  fault("503")(bench, on);
}

/** A write whose answer does not come: one effect at most, and an end that says what is known. */
export async function lostExperiment(options: {
  rounds: number;
  databaseUrl?: string;
  /** Names of lines, such as `R14 429 once`; everything when left out. */
  only?: readonly string[];
  progress?: (line: string) => void;
}): Promise<Result> {
  const { rounds, progress = () => undefined } = options;
  const bench = await openBench(options.databaseUrl);
  const { running, target } = bench;
  const violations: string[] = [];
  const tallies: ReturnType<typeof createTally>[] = [];
  try {
    for (const trouble of troubles)
      for (const action of target.actions) {
        const name = `${action} ${trouble.name}`;
        if (options.only?.includes(name) === false) continue;
        const tally = createTally(name);
        tallies.push(tally);
        for (let round = 0; round < rounds; round += 1) {
          const { outcome, problems } = await oneRound(bench, { trouble, action, round });
          tally.add(outcome);
          for (const problem of problems) violations.push(`round ${round}, ${name}: ${problem}`);
          progress(
            `${name} ${round + 1}/${rounds}: ${outcome.note}, ${outcome.seconds.toFixed(1)} s${problems.length > 0 ? ` PROBLEM ${problems.join("; ")}` : ""}`,
          );
        }
      }
    const { fault: broken } = await audit(running);
    if (broken) violations.push(`audit: ${JSON.stringify(broken)}`);
  } finally {
    await bench.close();
  }
  return {
    title: `lost and late answers, sandbox, ${options.databaseUrl ? "PostgreSQL server" : "embedded PostgreSQL"}`,
    lines: tallies.map((tally) => tally.line()),
    violations,
  };
}

async function oneRound(
  bench: Bench,
  { trouble, action, round }: { trouble: Trouble; action: string; round: number },
) {
  const { running, target } = bench;
  const on = await target.next(round, action);
  const id = ProposalId.parse((await propose(running, { action, invoice: on.invoice })).id);
  trouble.cause(bench, on);
  await vote(running, id);
  const began = performance.now();
  const { state, reason, attempts } = await settle(running, id, 150);
  const seconds = (performance.now() - began) / 1000;
  // Whatever was still on its way has arrived by now.
  if (trouble.name.includes("7 s")) await pause(7_500 - Math.min(7_500, seconds * 1000));
  const effects = await on.effects();
  on.wire.pass();
  if (state === "unknown") await resolveByHand(bench, id, effects > 0);
  return {
    problems: [
      ...(effects === trouble.effects ? [] : [`${effects} effects`]),
      ...(state === trouble.end ? [] : [`ended ${state}: ${reason}`]),
    ],
    outcome: {
      duplicate: effects > 1,
      lost: effects < trouble.effects,
      wrongEnd: state !== trouble.end,
      seconds,
      note: `${state}, ${attempts} attempt${attempts === 1 ? "" : "s"}, ${effects} effect`,
    },
  };
}

/** A person has looked at the target. Otherwise the record stays taken for the next round. */
export async function resolveByHand(
  { running }: Bench,
  id: ProposalId,
  happened: boolean,
): Promise<void> {
  const { store, config } = running.product;
  await store.closeRun(config.TENANT, id, 1, {
    result: "refused",
    reason: happened ? "a person saw the effect" : "a person saw no effect",
  });
}

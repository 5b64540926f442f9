import { putMembers } from "#/db/member.ts";
import { ProposalId } from "#/domain/ids.ts";
import type { Member } from "#/domain/member.ts";
import { payloadHash } from "#/domain/proposal.ts";
import { sandboxSecret } from "#/main/second-factor.ts";
import { resolveByHand } from "./lost.ts";
import { audit, propose, type Settled, settle, vote } from "./orders.ts";
import { type Bench, openBench } from "./product.ts";
import { createTally, type Result } from "./report.ts";
import { pause } from "./seeded.ts";
import type { Call } from "./wire.ts";

/** Where the run stands while the world is changed under it. */
type Moment =
  | "before the last check"
  | "before the write"
  /** The first attempt was answered with 503; the second one reads the proposal again. */
  | "between two attempts";

type Scene = Bench & { readonly id: ProposalId; readonly invoiceId: string };

type Swap = {
  readonly name: string;
  readonly moment: Moment;
  readonly secondsToLive?: number;
  /** Returns how the directory is put back for the next round. */
  readonly change: (scene: Scene) => Promise<void> | void;
  readonly state: string;
  readonly reason: RegExp;
};

/** The only invoice's only vote comes from the first who may: so that is who loses the right. */
const voterOf = async ({ running, id }: Scene): Promise<Member> => {
  const { store, config } = running.product;
  const fact = await store.proposal(config.TENANT, id, null);
  const person = fact?.votes[0]?.vote.person;
  const voter = (await store.members(config.TENANT)).find((member) => member.id === person);
  if (!voter) throw new Error("nobody has voted");
  return voter;
};

const changeVoter =
  (part: Partial<Member>) =>
  async (scene: Scene): Promise<void> => {
    const voter = await voterOf(scene);
    await putMembers(scene.running.product.database, [
      { ...voter, ...part, secondFactor: sandboxSecret(voter.email) },
    ]);
  };

const amend = ({ target, invoiceId }: Scene): void => {
  const { control } = target.systems();
  const line = control.state().invoices.find(({ id }) => id === invoiceId)?.lines[0];
  if (!line) throw new Error("the invoice has no line");
  control.amendInvoice(invoiceId, line.id, line.netCents / 100 + 1_000);
};
const cancel = ({ target, invoiceId }: Scene): void =>
  target.systems().control.cancelInvoice(invoiceId);

/** Somebody with the database in their hands raises the amount, and leaves or mends the hash. */
const forge =
  (mendHash: boolean) =>
  async ({ running, id }: Scene): Promise<void> => {
    const { store, database, config } = running.product;
    const payload = (await store.proposal(config.TENANT, id, null))?.proposal.payload;
    if (!payload?.amount) throw new Error("the proposal has no amount");
    const forged = { ...payload, amount: { ...payload.amount, minor: payload.amount.minor + 1 } };
    await database.pool.query(
      "update proposal set payload = $2, payload_hash = case when $3 then $4 else payload_hash end where id = $1",
      [id, JSON.stringify(forged), mendHash, payloadHash(forged)],
    );
  };

/** Another invoice in the place of the approved one, hash mended: it would be issued in its stead. */
async function redirect({ running, target, id, invoiceId }: Scene): Promise<void> {
  const { store, database, config, connector } = running.product;
  const { payload } = (await store.proposal(config.TENANT, id, null))?.proposal ?? {};
  const other = target
    .systems()
    .control.state()
    .invoices.find((each) => each.state === "open_draft" && each.id !== invoiceId);
  if (!payload || !other) throw new Error("there is no other draft");
  const revision = (await connector.look.erp.getInvoice(other.id))?.source.revision ?? null;
  const forged = {
    ...payload,
    target: { ...payload.target, id: other.id },
    preconditions: payload.preconditions.map((each) => ({ ...each, revision })),
  };
  await database.pool.query("update proposal set payload = $2, payload_hash = $3 where id = $1", [
    id,
    JSON.stringify(forged),
    payloadHash(forged),
  ]);
}

export const swaps: readonly Swap[] = [
  {
    name: "amount amended",
    moment: "before the last check",
    change: amend,
    state: "superseded",
    reason: /^stale: .*changed/,
  },
  {
    name: "amount amended",
    moment: "before the write",
    change: amend,
    state: "failed",
    reason: /refused \(conflict\) and wrote nothing/,
  },
  {
    name: "invoice cancelled",
    moment: "before the last check",
    change: cancel,
    state: "superseded",
    reason: /^stale: .*it is already void/,
  },
  {
    name: "invoice cancelled",
    moment: "before the write",
    change: cancel,
    state: "failed",
    reason: /refused \((conflict|invalid)\) and wrote nothing/,
  },
  {
    name: "voter deactivated",
    moment: "before the last check",
    change: changeVoter({ active: false }),
    state: "superseded",
    reason: /policy now asks for more votes \(1 finance\)/,
  },
  {
    name: "voter's role taken away",
    moment: "before the last check",
    change: changeVoter({ roles: ["Consultant"] }),
    state: "superseded",
    reason: /policy now asks for more votes \(1 finance\)/,
  },
  {
    name: "voter becomes the project's lead",
    moment: "before the last check",
    change: becomeLead,
    state: "superseded",
    reason: /^stale: |policy now asks for more votes/,
  },
  {
    name: "payload row changed",
    moment: "before the last check",
    change: forge(false),
    state: "superseded",
    reason: /no longer matches the hash/,
  },
  {
    name: "payload row and its hash changed",
    moment: "before the last check",
    change: forge(true),
    state: "superseded",
    reason: /^stale: |policy now asks for more votes/,
  },
  {
    name: "payload row aimed at another invoice",
    moment: "between two attempts",
    change: redirect,
    state: "unknown",
    reason: /stored change was altered/,
  },
  {
    name: "approval window over",
    moment: "before the last check",
    secondsToLive: 2,
    change: async ({ running, id }) => {
      const { store, config } = running.product;
      const fact = await store.proposal(config.TENANT, id, null);
      await pause(Date.parse(fact?.proposal.expiresAt ?? "") - Date.now() + 100);
    },
    state: "expired",
    reason: /window was over|nobody decided in time/,
  },
];

/** The directory now says that the voter's address is the lead's: segregation of duties. */
async function becomeLead(scene: Scene): Promise<void> {
  const { running } = scene;
  const { store, database, config, connector } = running.product;
  const fact = await store.proposal(config.TENANT, scene.id, null);
  const project = await connector.look.psa.getProject(fact?.proposal.payload.projectId ?? "");
  const members = await store.members(config.TENANT);
  const voter = await voterOf(scene);
  const lead = members.find(({ email }) => email === project?.leadEmail);
  if (!lead) throw new Error("the project has no lead in the directory");
  // One address belongs to one person: the former lead gets another one first.
  await putMembers(database, [
    { ...lead, email: `former.${lead.email}`, secondFactor: null },
    { ...voter, email: lead.email, secondFactor: null },
  ]);
}

/** Between approval and effect somebody changes the world. Nothing may be executed then. */
export async function swapExperiment(options: {
  rounds: number;
  databaseUrl?: string;
  progress?: (line: string) => void;
}): Promise<Result> {
  const { rounds, progress = () => undefined } = options;
  const bench = await openBench(options.databaseUrl);
  const { running } = bench;
  const { store, config, database } = running.product;
  const directory = (await store.members(config.TENANT)).map((member) => ({
    ...member,
    secondFactor: sandboxSecret(member.email),
  }));
  const violations: string[] = [];
  const tallies: ReturnType<typeof createTally>[] = [];
  try {
    for (const swap of swaps) {
      const name = `${swap.name}, ${swap.moment}`;
      const tally = createTally(name);
      tallies.push(tally);
      for (let round = 0; round < rounds; round += 1) {
        const began = performance.now();
        const { settled, effects } = await oneRound(bench, swap, round);
        const { state, reason } = settled;
        const problems = [
          ...(effects === 0 ? [] : [`executed ${effects} times`]),
          ...(state === swap.state ? [] : [`ended ${state}: ${reason}`]),
          ...(swap.reason.test(reason ?? "") ? [] : [`said: ${reason}`]),
        ];
        tally.add({
          duplicate: effects > 0,
          wrongEnd: problems.length > 0,
          seconds: (performance.now() - began) / 1000,
          note: `${state}: ${reason?.slice(0, 60) ?? "no reason"}`,
        });
        for (const problem of problems) violations.push(`round ${round}, ${name}: ${problem}`);
        // First a way for the addresses to be free, then everybody as they were.
        await putMembers(
          database,
          directory.map((member) => ({ ...member, email: `free.${member.email}` })),
        );
        await putMembers(database, directory);
      }
      progress(`${name}: ${tally.line().note}`);
    }
    const { fault } = await audit(running);
    if (fault) violations.push(`audit: ${JSON.stringify(fault)}`);
  } finally {
    await bench.close();
  }
  return {
    title: `changed between approval and effect, sandbox, ${options.databaseUrl ? "PostgreSQL server" : "embedded PostgreSQL"} (duplicates: executed at all)`,
    lines: tallies.map((tally) => tally.line()),
    violations,
  };
}

async function oneRound(
  bench: Bench,
  swap: Swap,
  round: number,
): Promise<{ settled: Settled; effects: number }> {
  const { running, target } = bench;
  const on = await target.next(round, "R08");
  const { id: made, target: invoiceId } = await propose(running, {
    action: "R08",
    invoice: on.invoice,
    ...(swap.secondsToLive ? { seconds: swap.secondsToLive } : {}),
  });
  const id = ProposalId.parse(made);
  // The first thing a run does is to read the invoice again; the last is to issue it.
  const gate = on.wire.gate(
    swap.moment === "before the last check"
      ? ({ method }: Call) => method === "GET"
      : ({ method }: Call) => method === "POST",
  );
  const { control } = target.systems();
  if (swap.moment === "between two attempts")
    control.fault({ face: "erp", kind: "503", times: 1, match: "POST" });
  const before = control.state().ledger.length;
  const voted = await vote(running, id);
  if (!voted.includes("decided")) throw new Error(`nobody decided: ${voted.join(", ")}`);
  await gate.reached;
  // The connector may still look: only what the run waits for is held.
  on.wire.pass();
  await swap.change({ ...bench, id, invoiceId });
  gate.open();
  const settled = await settle(running, id, 60);
  if (settled.state === "unknown") await resolveByHand(bench, id, false);
  // Whatever entry: an effect on another record than the approved one would be the worst.
  return { settled, effects: control.state().ledger.length - before };
}

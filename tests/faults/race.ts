import { putMembers } from "#/db/member.ts";
import { sampleMember, sampleProposal, sampleTenant } from "#/db/sample-rows.ts";
import { createStore } from "#/db/store.ts";
import { putTenant } from "#/db/tenant.ts";
import { openTestDatabase } from "#/db/test-database.ts";
import { PersonId, type ProposalId, type TenantId } from "#/domain/ids.ts";
import { createPolicySet, defaultTenantRules } from "#/policies/policy-set.ts";
import { castVote } from "#/workflows/decide-proposal.ts";
import { createEngine } from "#/workflows/durable.ts";
import { editProposal } from "#/workflows/edit-proposal.ts";
import { withdrawProposal } from "#/workflows/withdraw-proposal.ts";
import { type Race, races, type Told, type Voting } from "./races.ts";
import { createTally, type Result } from "./report.ts";
import { pause, seeded } from "./seeded.ts";

/**
 * Several people, doors and the clock at one proposal at one instant. Exactly one transition, the
 * right people counted, exactly one run enqueued, and everybody told what became of their press.
 */
export async function raceExperiment(options: {
  rounds: number;
  seed: number;
  serverUrl?: string;
  progress?: (line: string) => void;
}): Promise<Result> {
  const { rounds, seed, serverUrl, progress = () => undefined } = options;
  const random = seeded(seed);
  // Half of them in the same turn of the event loop, the others a few milliseconds apart.
  const jitter = async (widest = 4): Promise<void> => {
    const draw = random() * 2 - 1;
    if (draw > 0) await pause(draw * widest);
  };
  const database = await openTestDatabase(serverUrl);
  const store = createStore(database);
  const policy = {
    ...createPolicySet({ name: "race", tenantRules: defaultTenantRules }),
    baseCurrency: "EUR",
  };
  const executed = new Map<string, number>();
  const engine = createEngine(database, {
    executorId: "local",
    watchEverySeconds: 0,
    log: { info: () => {}, debug: () => {}, warn: () => {}, error: () => {} },
  });
  engine.register({
    respondToSignal: () => Promise.resolve(),
    investigateException: () => Promise.resolve(),
    carryOutProposal: (_tenant, id) => {
      executed.set(id, (executed.get(id) ?? 0) + 1);
      return Promise.resolve("counted");
    },
    expireProposal: () => Promise.resolve(),
    watchPortfolio: () => Promise.resolve(),
  });
  // Many firms, because the runs of one take turns.
  const tenants = await Promise.all(
    Array.from({ length: 16 }, async (_, index) => {
      const tenant = sampleTenant(`race-${index}`);
      await putTenant(database, tenant);
      await putMembers(database, [
        ...["fiona", "felix", "farah"].map((person) => sampleMember(tenant.id, person)),
        sampleMember(tenant.id, "ada", { roles: ["Administrator"] }),
      ]);
      return tenant.id;
    }),
  );
  await database.pool.query(
    "create table race_enqueued (proposal text not null, at timestamptz default clock_timestamp())",
  );
  await engine.launch();
  const expected = new Set<string>();
  const violations: string[] = [];
  const tallies = races.map((race) => ({ race, tally: createTally(race.name) }));
  let codes = 0;

  const open = async (tenant: TenantId, race: Race, round: number): Promise<Voting> => {
    const sample = sampleProposal(tenant, { invoice: `INV-${round}-${races.indexOf(race)}` });
    const made = await store.submitProposal(
      {
        ...sample,
        payload: {
          ...sample.payload,
          amount: { minor: race.large ? 3_000_000 : 1_860_000, currency: "EUR" },
        },
        secondsToLive: race.secondsToLive ?? 3600,
      },
      () => () => Promise.resolve(),
    );
    const fact = await store.proposal(tenant, made.id, made.version);
    if (!fact) throw new Error("the proposal is gone");
    const { proposal } = fact;
    const carryOut = (...named: [TenantId, ProposalId, number]) => {
      const enqueue = engine.start.carryOut(...named);
      return async (transaction: unknown): Promise<void> => {
        // In the same transaction, so this counts what was committed and nothing else.
        await (transaction as { query: (sql: string, values: string[]) => Promise<unknown> }).query(
          "insert into race_enqueued (proposal) values ($1)",
          [named[1]],
        );
        await enqueue(transaction);
      };
    };
    return {
      proposal,
      withdraw: () =>
        withdrawProposal(
          tenant,
          {
            proposal: proposal.id,
            version: proposal.version,
            person: PersonId.parse("ada"),
            reason: "wrong client",
          },
          { store },
        ),
      edit: () =>
        editProposal(
          {
            tenant,
            person: PersonId.parse("ada"),
            name: "ada",
            kind: "person",
            capabilities: new Set(["read"]),
          },
          { proposal: proposal.id, version: proposal.version, values: { note: "Other words." } },
          {
            store,
            policy: () => policy,
            start: { carryOut, expireLater: () => () => Promise.resolve() },
            candidates: () => [],
            reads: () => {
              throw new Error("nothing is read in a race");
            },
            log: () => undefined,
            now: () => new Date().toISOString(),
            secondsToLive: 3600,
            editable: () => ["note"],
            preview: ({ note }) =>
              Promise.resolve({
                payload: {
                  ...proposal.payload,
                  arguments: [
                    { name: "note", sink: "text", label: "TEXT", value: note, from: null },
                  ],
                },
                evidence: [],
              }),
          },
        ),
      expire: () => store.expireProposal(tenant, proposal.id, proposal.version),
      cast: (person, change = {}) =>
        castVote(
          tenant,
          {
            proposal: proposal.id,
            version: proposal.version,
            nonce: proposal.nonce,
            shownHash: proposal.payloadHash,
            person: PersonId.parse(person),
            verdict: "approve",
            reason: null,
            channel: "slack",
            secondFactor: race.large ? "000000" : null,
            ...change,
          },
          { store, policy: () => policy, start: { carryOut }, secondFactor: () => (codes += 1) },
        ),
    };
  };

  try {
    for (let round = 0; round < rounds; round += 1) {
      // All races of a round at once: they share the database, as firms do.
      await Promise.all(tallies.map(({ race, tally }) => oneRound(round, { race, tally })));
      if ((round + 1) % 100 === 0) progress(`${round + 1}/${rounds} rounds of each race`);
    }
    await drained();
    for (const id of new Set([...expected, ...executed.keys()]))
      if (executed.get(id) !== (expected.has(id) ? 1 : 0))
        violations.push(`${id} was run ${executed.get(id) ?? 0} times, seed ${seed}`);
    return {
      title: `races, ${database.label}, seed ${seed}; every run that was enqueued was run once: ${executed.size}`,
      lines: tallies.map(({ tally }) => tally.line()),
      violations,
    };
  } finally {
    await engine.stop();
    await database.close();
  }

  async function oneRound(
    round: number,
    { race, tally }: { race: Race; tally: ReturnType<typeof createTally> },
  ): Promise<void> {
    const tenant = tenants[(round * races.length + races.indexOf(race)) % tenants.length];
    if (!tenant) throw new Error("no tenant");
    const voting = await open(tenant, race, round);
    const began = performance.now();
    const outcomes = await race.run(voting, jitter);
    const seconds = (performance.now() - began) / 1000;
    const { id, version } = voting.proposal;
    const told = outcomes.map(inWords).toSorted().join(" + ");
    const fact = await store.proposal(tenant, id, version);
    const state = fact?.proposal.state ?? "gone";
    const votes = new Set(fact?.votes.map(({ vote }) => vote.person));
    const moves = await movesOf(`proposal:${id}:${version}`);
    const enqueued = await enqueuedOf(id);
    const approved = told.includes("decided approved");
    if (approved) expected.add(id);
    const leaves = moves.filter((move) => move.startsWith("waiting>"));
    const problems = [
      ...(race.told.includes(told) ? [] : [`told: ${told}`]),
      ...(race.states.includes(state) ? [] : [`state: ${state}`]),
      ...(leaves.length === (state === "waiting" ? 0 : 1) ? [] : [`moves: ${moves.join(", ")}`]),
      ...(votes.size === race.votes(told) ? [] : [`${votes.size} votes`]),
      ...(enqueued === (approved ? 1 : 0) ? [] : [`${enqueued} runs enqueued`]),
    ];
    tally.add({
      duplicate: enqueued > 1,
      lost: approved && enqueued === 0,
      wrongEnd: problems.length > 0,
      seconds,
      note: told,
    });
    for (const problem of problems)
      violations.push(`round ${round}, ${race.name}, seed ${seed}: ${problem}`);
  }

  async function enqueuedOf(id: string): Promise<number> {
    const found = await database.pool.query<{ n: number }>(
      "select count(*)::int as n from race_enqueued where proposal = $1",
      [id],
    );
    return found.rows[0]?.n ?? 0;
  }

  /** Every change of state that the audit knows of: `waiting>approved`. */
  async function movesOf(subject: string): Promise<string[]> {
    const found = await database.pool.query<{ body: string }>(
      "select body from audit_event where subject = $1 order by seq",
      [subject],
    );
    return found.rows.flatMap(({ body }) => {
      const { detail } = JSON.parse(body) as { detail: { from?: string; to?: string } };
      return detail.from && detail.to ? [`${detail.from}>${detail.to}`] : [];
    });
  }

  async function drained(): Promise<void> {
    const until = Date.now() + 600_000;
    while (executed.size < expected.size && Date.now() < until) {
      progress(`${executed.size} of ${expected.size} runs`);
      await pause(1_000);
    }
  }
}

function inWords(outcome: Told): string {
  if (outcome.result === "edited") return `edited ${outcome.version}`;
  if (outcome.result === "unchanged" || outcome.result === "withdrawn") return outcome.result;
  if (outcome.result === "decided" || outcome.result === "closed")
    return `${outcome.result} ${outcome.state}`;
  if (outcome.result === "refused")
    return `refused ${outcome.reasons.map(({ id }) => id).join(" ")}`;
  return `${outcome.result} ${outcome.have.finance ?? 0}`;
}

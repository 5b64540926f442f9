import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inTenant } from "#/db/in-tenant.ts";
import { putMembers } from "#/db/member.ts";
import { inTransaction } from "#/db/open-database.ts";
import { createStore } from "#/db/store.ts";
import type { Proposal } from "#/domain/proposal.ts";
import { csvOf } from "#/main/commands/policy-access.ts";
import { deskTasks } from "#/main/desk-tasks.ts";
import { memberOf } from "#/main/people.ts";
import { policyInForce } from "#/main/policy-in-force.ts";
import type { Running } from "#/main/run-everything.ts";
import { currentCode, sandboxSecret } from "#/main/second-factor.ts";
import { until } from "#/main/story-voice.ts";
import { replayDecision } from "#/policies/policy-replay.ts";
import { defaultTenantRules, loadPolicySet } from "#/policies/policy-set.ts";
import { proposePolicyChange } from "#/workflows/change-policy.ts";
import { castVote } from "#/workflows/decide-proposal.ts";
import type { AccessReview } from "#/workflows/review-access.ts";
import { colleague, newHome, proposalOf, propose, reaches, startProduct } from "./start-product.ts";

const { home, remove } = newHome();
const world: { running?: Running } = {};
const product = (): Running => {
  if (!world.running) throw new Error("the product did not start");
  return world.running;
};

const twoForMoney = `
@id("T40-money-needs-two")
@cure("approval") @approval("finance") @count("2")
@reason("Two different finance managers approve money")
forbid (principal, action in Ops::Action::"financialWrite", resource)
unless { context.approvals.finance >= 2 };
`;
const stricter = `${defaultTenantRules}\n${twoForMoney}`;

beforeAll(async () => {
  world.running = await startProduct(home);
  const { database, config } = product().product;
  await putMembers(
    database,
    ["Ada Stone", "Omar Reed"].map((name) => ({
      ...memberOf(
        {
          name,
          email: `${name.toLowerCase().replace(" ", ".")}@meridian.example`,
          roles: ["Administrator"],
          active: true,
        },
        config.TENANT,
      ),
      secondFactor: null,
    })),
  );
});
afterAll(async () => {
  await world.running?.stop();
  remove();
});

const as = async (id: string) =>
  product().product.services.principalOf(await colleague(product(), id));
const task = async (name: string, argument: unknown, by = "ada.stone"): Promise<unknown> =>
  deskTasks(product().product, () => as(by))[name]?.(argument);
const ask = async (rules: string, by = "ada.stone", reason = "The auditors asked for it.") =>
  proposePolicyChange(await as(by), { rules, reason }, product().product.policies.changing);

const ballot = (proposal: Proposal, person: string, verdict: "approve" | "reject" = "approve") => ({
  proposal: proposal.id,
  version: proposal.version,
  nonce: proposal.nonce,
  shownHash: proposal.payloadHash,
  person: person as Proposal["payload"]["projectLead"] & string,
  verdict,
  reason: verdict === "reject" ? "Not now." : null,
  channel: "console" as const,
  secondFactor: null,
});
const vote = (proposal: Proposal, person: string, verdict: "approve" | "reject" = "approve") =>
  product().product.services.vote(proposal.tenant, ballot(proposal, person, verdict));

/** Approved, and its run held back, as by a worker that is down. */
async function approvedAndHeld(): Promise<Proposal> {
  const proposal = await propose(product(), {
    by: "dana.reyes",
    invoice: "JF-1048",
    action: "R08",
  });
  const { store, policies } = product().product;
  const cast = {
    ...ballot(proposal, "fiona.walsh"),
    secondFactor: currentCode(sandboxSecret("fiona.walsh@meridian.example"), Date.now()),
  };
  const outcome = await castVote(proposal.tenant, cast, {
    store,
    policy: policies.changing.policy,
    start: { carryOut: () => async () => undefined },
    secondFactor: () => 1,
  });
  expect(outcome).toEqual({ result: "decided", state: "approved" });
  return proposal;
}

describe("rules of a firm, from a text to what holds", () => {
  test("P2: a candidate is tried on the record, approved by two others, in force everywhere, and asked at the moment of truth", async () => {
    const { database, config, engine, policies } = product().product;
    const held = await approvedAndHeld();
    const before = product().product.policySet.hash;

    expect(await task("policy-diff", { rules: stricter })).toMatchObject({
      requests: 1,
      changed: 1,
      differences: [
        {
          change: "approval changes",
          action: "R08",
          from: "1 finance",
          to: "2 finance",
          count: 1,
          examples: [`proposal:${held.id}:1`],
        },
      ],
    });
    await expect(task("policy-diff", { rules: "permit (principal" })).rejects.toThrow(/refused/);

    const asked = await proposalOf(product(), (await ask(stricter)).id);
    expect(asked).toMatchObject({
      state: "waiting",
      payload: { action: "P01", group: "platform" },
      decision: { effect: "require", need: { administration: 2 } },
    });
    expect(asked.payload.arguments[0]?.value).toContain("1 of 1 requests on record end otherwise");
    await until("the card of an administrator", async () => {
      const sent = await inTenant(database, config.TENANT, (tx) =>
        tx.query("select 1 from outbox where key = $1 and state = 'sent'", [
          `proposal-card:${asked.id}:1:adil.hassan`,
        ]),
      );
      return sent.rows[0] ?? null;
    });
    // Neither whoever asked, nor anybody without the office, however often.
    expect(await vote(asked, "ada.stone")).toMatchObject({
      result: "refused",
      reasons: [{ id: "G03-requester-never-approves" }],
    });
    expect(await vote(asked, "fiona.walsh")).toMatchObject({
      result: "refused",
      reasons: [{ id: "G26-administrators-only" }],
    });
    expect(await vote(asked, "adil.hassan")).toMatchObject({ result: "counted" });
    expect(await vote(asked, "adil.hassan")).toMatchObject({ result: "already-voted" });
    expect(await vote({ ...asked, payloadHash: "0".repeat(64) }, "omar.reed")).toMatchObject({
      result: "refused",
      reasons: [{ id: "G07-shown-is-voted" }],
    });
    expect(product().product.policySet.hash).toBe(before);
    expect(await vote(asked, "omar.reed")).toEqual({ result: "decided", state: "approved" });
    await reaches(product(), asked.id, "done");

    // Another process on the same database, started with the settings of old.
    const other = policyInForce({
      tenant: config.TENANT,
      baseCurrency: "EUR",
      settingsRules: defaultTenantRules,
      ladder: undefined,
    });
    expect(other.policy().hash).toBe(before);
    await createStore(database, other.follow).members(config.TENANT);
    expect(other.policy().hash).not.toBe(before);
    expect(policies.changing.policy(config.TENANT).hash).toBe(other.policy().hash);

    expect(await task("policy-history", null)).toMatchObject([
      { number: 1, source: "settings" },
      {
        number: 2,
        source: "proposal",
        proposal: { id: asked.id, version: 1 },
        requestedBy: "Ada Stone",
        approvedBy: ["Adil Hassan", "Omar Reed"],
        reason: "The auditors asked for it.",
      },
    ]);
    expect(await task("policy-show", {})).toBe(stricter);
    const line = (await product().product.store.auditTail(config.TENANT, 200)).find(({ body }) =>
      body.includes('"source":"proposal"'),
    );
    expect(JSON.parse(line?.body ?? "{}")).toMatchObject({
      kind: "policy.in-force",
      detail: { number: 2, proposal: { id: asked.id }, approvedBy: ["adil.hassan", "omar.reed"] },
    });

    // What was approved under the rules of before is judged by those of now.
    await inTransaction(database.pool, (tx) =>
      engine.start.carryOut(held.tenant, held.id, held.version)(tx),
    );
    expect(await reaches(product(), held.id, "superseded", "done")).toMatchObject({
      state: "superseded",
      stateReason: expect.stringContaining("policy now asks for more votes (2 finance)"),
    });
  });

  test("a rejected change changes nothing; the settings do not come back at the next start", async () => {
    const asked = await proposalOf(product(), (await ask(`${stricter}\n// calmer\n`)).id);
    expect(await vote(asked, "omar.reed", "reject")).toEqual({
      result: "decided",
      state: "rejected",
    });
    await product().product.policies.putSettings();
    expect(await task("policy-show", {})).toBe(stricter);
  });

  test("P4: a change that nobody decides in time expires, and a vote after that is too late", async () => {
    const { changing } = product().product.policies;
    const { id } = await proposePolicyChange(
      await as("ada.stone"),
      { rules: defaultTenantRules, reason: "Back to the start." },
      { ...changing, secondsToLive: 1 },
    );
    const asked = await reaches(product(), id, "expired");
    expect(await vote(asked, "omar.reed")).toEqual({ result: "closed", state: "expired" });
    expect(await task("policy-show", {})).toBe(stricter);
  });

  test("RSK-05: whoever has no office for it is refused, it is written down, and administrators hear of it", async () => {
    await expect(ask(stricter, "ana.kovac")).rejects.toMatchObject({ code: "FORBIDDEN" });
    const { database, config, store } = product().product;
    expect((await store.auditTail(config.TENANT, 3)).map(({ body }) => body).join()).toContain(
      '"kind":"policy.refused"',
    );
    const told = await inTenant(database, config.TENANT, (tx) =>
      tx.query("select item ->> 'email' as email from outbox where key like 'policy-refused:%'"),
    );
    expect(told.rows).toHaveLength(3);
  });

  test("rules under which nobody could change the rules again are refused", async () => {
    const without = defaultTenantRules.replace(/@id\("T06[^;]*;/, "");
    await expect(ask(without)).rejects.toThrow(/0 of the firm may approve a change of the rules/);
    await expect(ask(stricter)).rejects.toThrow(/in force already/);
  });

  test("every decision on record gives the same bytes again, each under its own rules", async () => {
    const { config, policies } = product().product;
    const records = await policies.store.decisions(config.TENANT, null);
    const sets = [...new Set(records.map(({ policySetHash }) => policySetHash))];
    expect(new Set(records.map(({ asked }) => asked))).toEqual(
      new Set(["proposed", "voted", "refused", "started"]),
    );
    expect(sets).toHaveLength(2);
    for (const hash of sets) {
      const text = await policies.store.policySet(config.TENANT, hash);
      if (!text) throw new Error("the set is gone");
      const set = loadPolicySet({ name: "replay", ...text });
      expect(set.hash).toBe(hash);
      for (const record of records.filter(({ policySetHash }) => policySetHash === hash))
        expect(replayDecision(record, set)).toBe(record.answer);
    }
  });

  test("P7: what was decided, and the rules it was decided by, cannot be changed or taken away", async () => {
    const { database, config } = product().product;
    for (const table of ["decision_record", "policy_set", "policy_rules", "policy_version"])
      for (const statement of [`delete from ${table}`, `update ${table} set tenant = tenant`])
        await expect(
          inTenant(database, config.TENANT, (tx) => tx.query(statement)),
        ).rejects.toThrow(/permission denied/);
  });

  test("P8: another firm sees none of it", async () => {
    const { database, policies } = product().product;
    const other = "contoso" as Proposal["tenant"];
    expect(await policies.store.decisions(other, null)).toEqual([]);
    expect(await policies.store.versions(other)).toEqual([]);
    const rules = await inTenant(database, other, (tx) => tx.query("select 1 from policy_rules"));
    expect(rules.rows).toEqual([]);
  });

  test("CTL-18: an access review says who may approve what by the rules in force, and that it was made", async () => {
    const review = (await task("access-review", null, "aiko.tanaka")) as AccessReview;
    const of = (id: string) => review.people.find(({ person }) => person === id);
    expect(of("fiona.walsh")?.mayApprove).toContainEqual({
      approval: "finance",
      group: "financialWrite",
      action: "R08",
      upTo: null,
      withoutCode: "25000.00",
    });
    expect(
      of("adil.hassan")?.mayApprove.map(({ approval, group }) => `${approval} on ${group}`),
    ).toEqual(["administration on platform"]);
    expect(of("ben.okafor")).toMatchObject({ mayApprove: [], stale: ["never signed in"] });
    expect(of("gareth.pike")).toMatchObject({
      mayApprove: [],
      stale: ["left and still has roles"],
    });
    expect(review.needs).toContainEqual({
      action: "R08",
      group: "financialWrite",
      above: "0.00",
      need: { finance: 2 },
      effect: "require",
    });
    expect(csvOf(review)[0]).toContain("up_to_without_code");
    const { config, store } = product().product;
    const line = await until("the line", async () =>
      (await store.auditTail(config.TENANT, 3)).find(({ body }) =>
        body.includes("access.reviewed"),
      ),
    );
    expect(JSON.parse(line.body)).toMatchObject({ actor: "person:aiko.tanaka" });
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { anchorsCsv } from "#/domain/audit-anchor.ts";
import { auditStory } from "#/domain/audit-story.ts";
import { commitmentOf } from "#/domain/commitment.ts";
import { PersonId, type ProposalId, TenantId } from "#/domain/ids.ts";
import { verifyAuditLines } from "#/domain/verify-audit.ts";
import { verifyAudit } from "./audit.ts";
import {
  auditLinesAbout,
  auditLinesAfter,
  type Erasure,
  erasePersonal,
  listAnchors,
  openingsOf,
} from "./audit-lines.ts";
import { evidenceByIds } from "./evidence.ts";
import { inTenant } from "./in-tenant.ts";
import { putMembers } from "./member.ts";
import { createOutboxDoor } from "./outbox-door.ts";
import { sampleMember, samplePayload, sampleProposal, sampleTenant } from "./sample-rows.ts";
import { createStore } from "./store.ts";
import { putTenant } from "./tenant.ts";
import { openTestDatabase } from "./test-database.ts";
import type { Judge } from "./vote.ts";

const tenant = TenantId.parse("meridian");
const email = "sam.okafor@firm.example";
const message = "Hello Sam, your timesheet of week 47 is not submitted.";
const words = "Sam is on sick leave, but it is fine";

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let store: ReturnType<typeof createStore>;
let id: ProposalId;

const go: Judge = () => ({
  kind: "accepted",
  as: "delivery",
  trusted: false,
  usedStep: null,
  policySetHash: "0".repeat(64),
  have: { delivery: 1 },
  need: {},
  decides: true,
});
const nothing = async (): Promise<void> => undefined;

/** A reminder to a colleague, approved with words about him, sent and read back. */
beforeAll(async () => {
  database = await openTestDatabase(process.env["TEST_DATABASE_URL"]);
  store = createStore(database);
  await putTenant(database, sampleTenant(tenant));
  await putMembers(database, [sampleMember(tenant, "dana", { roles: ["DeliveryLead"] })]);
  const payload = {
    ...samplePayload(tenant),
    action: "R01" as const,
    effects: [
      {
        record: { system: "messenger", type: "direct-message", id: email } as const,
        field: "text",
        before: null,
        after: message,
      },
    ],
  };
  const made = await store.submitProposal(sampleProposal(tenant, { payload }), () => nothing);
  ({ id } = made);
  const outbox = createOutboxDoor(database);
  for (const claimed of await outbox.claim(10))
    await outbox.sent(claimed, { channel: "D1", ts: "1795425300.000100" }, await anchor());
  const fact = await store.proposal(tenant, id, 1);
  await store.castVote(
    tenant,
    {
      proposal: id,
      version: 1,
      nonce: fact?.proposal.nonce ?? "",
      shownHash: fact?.proposal.payloadHash ?? "",
      person: PersonId.parse("dana"),
      verdict: "approve",
      reason: words,
      channel: "slack",
    },
    go,
    nothing,
  );
  await store.beginRun(tenant, id, 1, () => ({ go: true, record: { votesCounted: ["dana"] } }));
  await store.claimEffect(tenant, { key: "k1", proposal: id, version: 1, step: "act" });
  const receipt = {
    record: { system: "messenger", type: "direct-message", id: "7" } as const,
    externalId: "message 7",
    url: null,
    observed: { email, text: message },
    verifiedAt: "2026-11-23T10:00:00.000Z",
  };
  await store.finishEffect(tenant, "k1", receipt);
  await store.closeRun(tenant, id, 1, { result: "done", receipt });
});
afterAll(() => database.close());

const anchor = async (): Promise<string | null> =>
  (await store.proposal(tenant, id, 1))?.auditAnchor ?? null;
const lines = () => auditLinesAfter(database, tenant, { after: 0, count: 1000 });
const erase = (what: Erasure["what"], why: Erasure["why"] = "request") =>
  inTenant(database, tenant, (tx) => erasePersonal(tx, { by: "person:dana", why, what }));
const openings = () => inTenant(database, tenant, (tx) => openingsOf(tx, null));
const story = async (): Promise<string> => {
  const cited = (await store.proposal(tenant, id, 1))?.proposal.evidence ?? [];
  return inTenant(database, tenant, async (tx) => {
    const events = await auditLinesAbout(tx, `proposal:${id}`);
    const evidence = await evidenceByIds(tx, cited);
    return auditStory(events, { openings: await openingsOf(tx, null), evidence }).join("\n");
  });
};
const holds = async (): Promise<void> => {
  expect((await verifyAudit(database, tenant))[0]?.fault).toBeNull();
  const text = (await lines()).map((line) => JSON.stringify(line));
  expect(verifyAuditLines(text, { tenant, notes: [], keys: [], anchors: [] }).findings).toEqual([]);
};

describe("personal values and the audit", () => {
  test("P7: no address, message or free word of a person is in any line", async () => {
    const text = (await lines()).map(({ body }) => body).join("\n");
    expect(text).toContain("effect.verified");
    expect(text).toContain("run.done");
    for (const value of [email, "Sam", "sick", "timesheet of week"])
      expect(text).not.toContain(value);
    expect(text).not.toMatch(/[\w.]+@[\w.]+\.\w+/);
  });

  test("P7: each is kept apart, under a salted commitment that the line holds", async () => {
    const kept = await openings();
    expect(kept.map(({ name }) => name).sort()).toEqual(["observed", "payload", "reason", "why"]);
    const bodies = new Map((await lines()).map(({ seq, body }) => [seq, body]));
    for (const { seq, name, salt, value } of kept) {
      const { commitments } = JSON.parse(bodies.get(seq) ?? "{}") as {
        commitments: Record<string, string>;
      };
      expect(commitments[name]).toBe(commitmentOf(salt ?? "", value ?? ""));
      expect(salt).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(new Set(kept.map(({ salt }) => salt)).size).toBe(kept.length);
  });

  test("the story of a proposal can be told from its lines: who saw, decided and did what", async () => {
    const told = await story();
    expect(told).toMatch(/agent:copilot proposed R01 on erp:invoice:INV-1/);
    expect(told).toContain(`changes messenger:direct-message:${email} text: null → ${message}`);
    expect(told).toMatch(/seen: erp:invoice:INV-1 state = draft \(SOR/);
    expect(told).toMatch(/a card was shown to fiona in D1 \(#\d+ [0-9a-f]{12}\)/);
    expect(told).toMatch(/person:dana voted approve as delivery via slack, having seen payload/);
    expect(told).toContain(`reason: “${words}”`);
    expect(told).toMatch(/run started; approved → executing/);
    expect(told).toMatch(/called the target: act, attempt 1/);
    expect(told).toMatch(/read back messenger:direct-message:7: message 7, fields email, text/);
    expect(told).toMatch(/run done; executing → done/);
  });

  test("what the chat showed is kept as anchors that fit the lines", async () => {
    const anchors = await inTenant(database, tenant, listAnchors);
    expect(anchors).toHaveLength(1);
    expect(anchorsCsv(anchors)).toMatch(
      /^seq,hash12,channel,ts\n\d+,[0-9a-f]{12},D1,1795425300\.000100\n$/,
    );
    const text = (await lines()).map((line) => JSON.stringify(line));
    expect(verifyAuditLines(text, { tenant, notes: [], keys: [], anchors })).toMatchObject({
      anchors: 1,
      findings: [],
    });
  });

  test("a value can only be erased: not changed, not removed, by the role of the product", async () => {
    for (const sql of [
      "update audit_personal set value = '1', salt = salt",
      "update audit_personal set seq = seq + 1",
      "delete from audit_personal",
    ])
      await expect(inTenant(database, tenant, (tx) => tx.query(sql))).rejects.toThrow(
        /only be erased|permission denied/,
      );
    await expect(database.pool.query("delete from audit_personal")).rejects.toThrow(
      /only be erased/,
    );
  });

  test("P7: after erasing on request the chain still verifies, and a tombstone and a line say what happened", async () => {
    const before = await lines();
    const erased = await erase({ containing: "SAM.OKAFOR@" });
    expect(erased).toHaveLength(2);
    await holds();
    expect((await lines()).slice(0, before.length)).toEqual(before);
    const dump = JSON.stringify([await lines(), await openings()]);
    expect(dump).not.toContain(email);
    const tombstones = (await openings()).filter(({ value }) => value === null);
    expect(tombstones.map(({ name, salt }) => [name, salt])).toEqual([
      ["payload", null],
      ["observed", null],
    ]);
    expect(tombstones.every(({ erasedAt }) => erasedAt !== null)).toBe(true);
    expect(JSON.parse((await lines()).at(-1)?.body ?? "{}")).toMatchObject({
      kind: "personal.erased",
      actor: "person:dana",
      detail: { for: "request", values: 2, lines: erased },
    });
    expect(await story()).toContain("[not kept, only its commitment]");
    expect(await erase({ containing: email })).toEqual([]);
  });

  test("P7: retention erases what is older than a day, and the chain still verifies", async () => {
    expect(await erase({ before: "2020-01-01" }, "retention")).toEqual([]);
    const lines2 = await erase({ before: "2999-01-01" }, "retention");
    expect(lines2.length).toBeGreaterThan(0);
    expect((await openings()).every(({ salt, value }) => salt === null && value === null)).toBe(
      true,
    );
    await holds();
    expect(await story()).toMatch(/person:dana voted approve as delivery via slack/);
  });

  test("P8: another tenant neither reads nor erases them", async () => {
    const other = TenantId.parse("other");
    await putTenant(database, sampleTenant(other));
    await inTenant(database, other, async (tx) => {
      expect(await openingsOf(tx, null)).toEqual([]);
      expect(await listAnchors(tx)).toEqual([]);
      expect((await tx.query("update audit_personal set erased_by = 'x'")).rowCount).toBe(0);
    });
  });

  test("a value that was exchanged behind its commitment is not believed", async () => {
    const events = await inTenant(database, tenant, (tx) => auditLinesAbout(tx, `proposal:${id}`));
    const vote = events.find(({ body }) => body.includes("proposal.approved"));
    const forged = {
      seq: vote?.seq ?? 0,
      name: "reason",
      salt: "00".repeat(32),
      value: '"I never looked"',
      erasedAt: null,
    };
    const told = auditStory(events, { openings: [forged], evidence: [] }).join("\n");
    expect(told).not.toContain("I never looked");
    expect(told).toContain("reason: [not kept, only its commitment]");
  });
});

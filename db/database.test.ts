import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PersonId, ProposalId, TenantId } from "#/domain/ids.ts";
import { appendAudit, verifyAudit } from "./audit.ts";
import { inTenant } from "./in-tenant.ts";
import { linkSlack, memberOfSlack, putMembers } from "./member.ts";
import { migrate } from "./migrate.ts";
import { type Database, inTransaction, openDatabase } from "./open-database.ts";
import { createOutboxDoor } from "./outbox-door.ts";
import { sampleMember, sampleProposal, sampleTenant } from "./sample-rows.ts";
import { createStore } from "./store.ts";
import { putTenant } from "./tenant.ts";
import { openTestDatabase } from "./test-database.ts";
import type { Judge } from "./vote.ts";

const server = process.env["TEST_DATABASE_URL"];
const kinds: readonly (string | undefined)[] = server ? [undefined, server] : [undefined];
if (!server)
  console.info(
    "database tests: TEST_DATABASE_URL is not set, so only the embedded PostgreSQL was used",
  );

const first = TenantId.parse("first");
const second = TenantId.parse("second");
const never = async (): Promise<void> => undefined;

describe.each(kinds.map((url) => ({ url, label: url ? "a server" : "embedded" })))(
  "the database, $label",
  ({ url }) => {
    let database: Database;
    let store: ReturnType<typeof createStore>;
    beforeAll(async () => {
      database = await openTestDatabase(url);
      store = createStore(database);
      for (const id of [first, second]) {
        await putTenant(database, sampleTenant(id));
        await putMembers(database, [
          sampleMember(id, "fiona"),
          sampleMember(id, "felix"),
          sampleMember(id, "dana", { roles: ["DeliveryLead"] }),
        ]);
      }
    });
    afterAll(() => database.close());

    test("migrations run once; a second start finds them done", async () => {
      expect((await migrate(database)).ran).toEqual([]);
    });

    test("P8: every table with a tenant column is behind row-level security", async () => {
      const open = await database.pool.query(
        `select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
          where a.attname = 'tenant' and c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
            and not c.relrowsecurity`,
      );
      expect(open.rows).toEqual([]);
    });

    test("P8: the tenant role owns nothing and may not bypass row-level security", async () => {
      const role = await database.pool.query(
        `select rolsuper, rolbypassrls, (select count(*)::int from pg_class where relowner = r.oid) as owns
           from pg_roles r where rolname = 'countersign_app'`,
      );
      expect(role.rows).toEqual([{ rolsuper: false, rolbypassrls: false, owns: 0 }]);
    });

    test("P8: one tenant neither sees nor changes nor adds another's rows", async () => {
      const made = await store.submitProposal(
        sampleProposal(second, { invoice: "INV-SECOND" }),
        () => never,
      );
      expect(await store.proposal(first, made.id, null)).toBeNull();
      await inTenant(database, first, async (tx) => {
        expect(
          (await tx.query("update proposal set why = 'x' where id = $1", [made.id])).rowCount,
        ).toBe(0);
        expect((await tx.query("select * from member where tenant = 'second'")).rowCount).toBe(0);
      });
      await expect(
        inTenant(database, first, (tx) =>
          tx.query("insert into evidence (tenant, id, body) values ('second', 'ev_x', '{}')"),
        ),
      ).rejects.toThrow(/row-level security/);
    });

    test("P8: without a tenant, the tenant role sees nothing", async () => {
      await inTransaction(database.pool, async (tx) => {
        await tx.query("set local role countersign_app");
        for (const table of ["member", "proposal", "audit_event", "outbox"])
          expect((await tx.query(`select * from ${table}`)).rowCount).toBe(0);
      });
    });

    test("P7: the tenant role cannot change, delete, insert or truncate audit lines", async () => {
      for (const sql of [
        "update audit_event set body = 'x'",
        "delete from audit_event",
        "insert into audit_event select * from audit_event",
        "truncate audit_event",
        "update audit_head set seq = 0",
      ])
        await expect(inTenant(database, first, (tx) => tx.query(sql))).rejects.toThrow(
          /permission denied/,
        );
      await expect(database.pool.query("delete from audit_event")).rejects.toThrow(/append-only/);
    });

    test("P7: an audit line and its business row commit together or not at all", async () => {
      const before = (await store.auditTail(first, 1)).at(-1)?.seq;
      await expect(
        store.submitProposal(
          sampleProposal(first, { invoice: "INV-ROLLBACK" }),
          () => () => Promise.reject(new Error("the engine refused")),
        ),
      ).rejects.toThrow("the engine refused");
      expect((await store.auditTail(first, 1)).at(-1)?.seq).toBe(before);
      expect((await store.proposals(first, {})).map((p) => p.payload.target.id)).not.toContain(
        "INV-ROLLBACK",
      );
    });

    test("P7: eight writers at once leave one chain without gaps", async () => {
      const start = (await store.auditTail(first, 1)).at(-1)?.seq ?? 0;
      await Promise.all(
        Array.from({ length: 24 }, (_, n) =>
          inTenant(database, first, (tx) =>
            appendAudit(tx, {
              kind: "signal.received",
              actor: "test",
              subject: `n:${n}`,
              detail: { n },
            }),
          ),
        ),
      );
      const tail = await store.auditTail(first, 24);
      expect(tail.map((line) => line.seq)).toEqual(
        Array.from({ length: 24 }, (_, n) => start + n + 1),
      );
      expect((await verifyAudit(database, null)).map((each) => each.fault)).toEqual([null, null]);
    });

    test("P7: one flipped byte in any column is found and named, by its owner's hand", async () => {
      const victim = (await store.auditTail(first, 5))[0];
      if (!victim) throw new Error("no audit line to tamper with");
      const tamper = async (set: string): Promise<unknown> => {
        const client = await database.pool.connect();
        try {
          await client.query("begin");
          await client.query("alter table audit_event disable trigger audit_no_change");
          await client.query(
            `update audit_event set ${set} where tenant = 'first' and seq = ${victim.seq}`,
          );
          await client.query("commit");
        } finally {
          client.release();
        }
        const found = (await verifyAudit(database, first))[0]?.fault;
        await database.pool.query(
          `update audit_event set body = $1::text, at = $2::timestamptz, prev = decode($3, 'hex'), hash = decode($4, 'hex'),
             subject = ($1::text)::jsonb ->> 'subject' where tenant = 'first' and seq = $5`,
          [victim.body, victim.at, victim.prev, victim.hash, victim.seq],
        );
        await database.pool.query("alter table audit_event enable trigger audit_no_change");
        return found?.seq;
      };
      expect(await tamper("body = overlay(body placing 'X' from 5)")).toBe(victim.seq);
      expect(await tamper("at = at + interval '1 microsecond'")).toBe(victim.seq);
      expect(await tamper("hash = set_byte(hash, 3, (get_byte(hash, 3) + 1) % 256)")).toBe(
        victim.seq,
      );
      expect(await tamper("prev = set_byte(prev, 0, (get_byte(prev, 0) + 1) % 256)")).toBe(
        victim.seq,
      );
      expect(await tamper("subject = overlay(subject placing 'X' from 2)")).toBe(victim.seq);
      expect((await verifyAudit(database, first))[0]?.fault).toBeNull();
    });

    test("the same key gives the same proposal; another request under it is refused", async () => {
      const once = await store.submitProposal(
        sampleProposal(first, { invoice: "INV-KEY" }),
        () => never,
      );
      const again = await store.submitProposal(
        sampleProposal(first, { invoice: "INV-KEY" }),
        () => never,
      );
      expect(again).toEqual({ ...once, created: false });
      const other = sampleProposal(first, { invoice: "INV-KEY" });
      await expect(
        store.submitProposal(
          { ...other, key: { ...other.key, requestHash: "2".repeat(64) } },
          () => never,
        ),
      ).rejects.toThrow(/idempotency key/);
    });

    test("asking for the same change again, under another key, finds the live proposal", async () => {
      const once = await store.submitProposal(
        sampleProposal(first, { invoice: "INV-LIVE" }),
        () => never,
      );
      const again = await store.submitProposal(
        sampleProposal(first, { invoice: "INV-LIVE", requestKey: "another" }),
        () => never,
      );
      expect(again).toEqual({ ...once, created: false });
    });

    test("P4: of two people voting at the same instant one decides, and the run starts once", async () => {
      for (let round = 0; round < 10; round += 1) {
        const { id, version } = await store.submitProposal(
          sampleProposal(first, { invoice: `INV-RACE-${round}` }),
          () => never,
        );
        const fact = await store.proposal(first, id, version);
        let started = 0;
        const cast = (person: string) =>
          store.castVote(
            first,
            {
              proposal: id,
              version,
              nonce: fact?.proposal.nonce ?? "",
              shownHash: fact?.proposal.payloadHash ?? "",
              person: PersonId.parse(person),
              verdict: "approve",
              reason: null,
              channel: "slack",
            },
            oneIsEnough,
            async () => {
              started += 1;
            },
          );
        const outcomes = await Promise.all([cast("fiona"), cast("felix"), cast("fiona")]);
        expect(outcomes.map((each) => each.result).sort()).toEqual(["closed", "closed", "decided"]);
        expect(started).toBe(1);
      }
    });

    test("P3: a vote after the window closes is told so, by the database clock", async () => {
      const { id, version } = await store.submitProposal(
        sampleProposal(first, { invoice: "INV-LATE", secondsToLive: 0 }),
        () => never,
      );
      const fact = await store.proposal(first, id, version);
      const outcome = await store.castVote(
        first,
        {
          proposal: id,
          version,
          nonce: fact?.proposal.nonce ?? "",
          shownHash: fact?.proposal.payloadHash ?? "",
          person: PersonId.parse("fiona"),
          verdict: "approve",
          reason: null,
          channel: "slack",
        },
        oneIsEnough,
        never,
      );
      expect(outcome).toEqual({ result: "closed", state: "expired" });
      expect(await store.expireProposal(first, id, version)).toBe(true);
      expect(await store.expireProposal(first, id, version)).toBe(false);
      expect((await store.proposal(first, id, version))?.proposal.state).toBe("expired");
      expect((await store.proposal(first, id, version))?.outcome).toMatch(
        /neither approved nor rejected/,
      );
    });

    test("P2: a payload changed in the database after the approval does not run", async () => {
      const { id, version } = await store.submitProposal(
        sampleProposal(first, {
          invoice: "INV-SWAP",
          decision: { ...sampleProposal(first).decision, effect: "allow", obligations: [] },
        } as never),
        () => never,
      );
      await database.pool.query(
        "update proposal set payload = jsonb_set(payload, '{amount,minor}', '9900000') where id = $1",
        [id],
      );
      const begun = await store.beginRun(first, id, version, () => ({ go: true, record: {} }));
      expect(begun).toEqual({ stop: expect.stringContaining("hash") });
    });

    test("P4: what was approved and never begun is started again; what has begun is not", async () => {
      const approved = {
        ...sampleProposal(first, { invoice: "INV-STALLED" }),
        decision: { ...sampleProposal(first).decision, effect: "allow", obligations: [] },
      } as Parameters<typeof store.submitProposal>[0];
      const { id, version } = await store.submitProposal(approved, () => never);
      const started: string[] = [];
      const again = () =>
        store.restartStalled(first, (stalled) => async () => {
          started.push(stalled.id);
        });
      await again();
      expect(started).not.toContain(id);
      await database.pool.query(
        "update proposal set moved_at = clock_timestamp() - interval '3 minutes' where id = $1",
        [id],
      );
      await again();
      expect(started).toContain(id);
      started.length = 0;
      await store.beginRun(first, id, version, () => ({ go: true, record: {} }));
      await again();
      expect(started).not.toContain(id);
    });

    test("a Slack account is linked once, to one active colleague of its workspace", async () => {
      expect(await memberOfSlack(database, { team: "T-first", user: "U1" })).toBeNull();
      expect(
        (await linkSlack(database, { team: "T-first", user: "U1" }, "Fiona@firm.example"))?.id,
      ).toBe("fiona");
      expect(
        (await linkSlack(database, { team: "T-first", user: "U1" }, "felix@firm.example"))?.id,
      ).toBe("fiona");
      expect(
        await linkSlack(database, { team: "T-first", user: "U2" }, "fiona@firm.example"),
      ).toBeNull();
      expect(
        await linkSlack(database, { team: "T-unknown", user: "U1" }, "fiona@firm.example"),
      ).toBeNull();
    });

    test("the outbox gives each message to one sender, and never re-sends one that may have arrived", async () => {
      const door = createOutboxDoor(database);
      await door.directMessage(first, { key: "k1", email: "ana@firm.example", text: "Hello" });
      await door.directMessage(first, { key: "k1", email: "ana@firm.example", text: "Hello" });
      const [some, others] = await Promise.all([door.claim(100), door.claim(100)]);
      const mine = [...some, ...others].filter((each) => each.item.kind === "direct-message");
      expect(mine).toHaveLength(1);
      await database.pool.query(
        "update outbox set sending_until = clock_timestamp() - interval '1 s' where state = 'sending'",
      );
      expect((await door.claim(100)).filter((each) => each.item.kind !== "card-refresh")).toEqual(
        [],
      );
      const states = await database.pool.query(
        "select distinct state from outbox where item ->> 'kind' = 'direct-message'",
      );
      expect(states.rows).toEqual([{ state: "unknown" }]);
    });

    test("a message outlives a day without Slack, and is given up only after that", async () => {
      const door = createOutboxDoor(database);
      await door.directMessage(first, { key: "patient", email: "ana@firm.example", text: "Hi" });
      let seconds = 0;
      const refuse = async (): Promise<boolean> => {
        await database.pool.query("update outbox set next_at = clock_timestamp()");
        const [mine] = (await door.claim(100)).filter(
          ({ item }) => item["text"] === "Hi" && item.kind === "direct-message",
        );
        if (!mine) return false;
        const pause = Math.min(3600, 2 ** Math.min(mine.attempt, 12));
        await door.retryLater(mine, "Slack is away", pause);
        seconds += pause;
        return true;
      };
      while (await refuse());
      expect(seconds).toBeGreaterThan(24 * 3600);
      const kept = await database.pool.query(
        "select state, why from outbox where item ->> 'text' = 'Hi'",
      );
      expect(kept.rows).toEqual([{ state: "dead", why: "Slack is away" }]);
    });

    test("a statement that fails leaves the database to everybody else", async () => {
      const { pool } = database;
      const fail = () => pool.query("select $1::int", ["no number"]);
      await expect(fail()).rejects.toThrow(/invalid input syntax/);
      await expect(fail()).rejects.toThrow(/invalid input syntax/);
      const answers = await Promise.allSettled([
        pool.query("select $1::text as said", ["one"]),
        fail(),
        pool.query("select $1::text as said", ["two"]),
        inTransaction(pool, (tx) => tx.query("select $1::text as said", ["a\u0000b"])),
        inTransaction(pool, (tx) => tx.query("select $1::text as said", ["three"])),
      ]);
      expect(
        answers.map((each) => (each.status === "fulfilled" ? each.value.rows : "failed")),
      ).toEqual([[{ said: "one" }], "failed", [{ said: "two" }], "failed", [{ said: "three" }]]);
    });

    test("using the pool inside a transaction is an error at once, not a hang", async () => {
      await expect(
        inTransaction(database.pool, () => database.pool.query("select 1")),
      ).rejects.toThrow(/own client/);
      expect((await database.pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    });

    test("an unknown proposal is named in the error", async () => {
      await expect(
        store.beginRun(first, ProposalId.parse("P-000000"), 1, () => ({ go: true, record: {} })),
      ).rejects.toThrow(/P-000000/);
    });
  },
);

const oneIsEnough: Judge = ({ votes }) => ({
  kind: "accepted",
  as: "finance",
  trusted: false,
  usedStep: null,
  policySetHash: "0".repeat(64),
  have: { finance: votes.length + 1 },
  need: { finance: 1 },
  decides: true,
});

test("a second process on the same folder is refused with the fix; after the first is killed it starts", async () => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-lock-"));
  const script = `import("${new URL("./open-database.ts", import.meta.url).href}").then(async ({ openDatabase }) => {
    await openDatabase({ url: undefined, folder: process.argv[1], connections: 1 }); process.stdout.write("open"); })`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, folder], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  await expect(openDatabase({ url: undefined, folder, connections: 1 })).rejects.toThrow(
    /already open/,
  );
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("exit", resolve));
  const database = await openDatabase({ url: undefined, folder, connections: 1 });
  expect((await database.pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

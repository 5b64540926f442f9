import { createPublicKey } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { appendAudit } from "#/db/audit.ts";
import { auditLinesAfter } from "#/db/audit-lines.ts";
import { inTenant } from "#/db/in-tenant.ts";
import { sampleTenant } from "#/db/sample-rows.ts";
import { putTenant } from "#/db/tenant.ts";
import { openTestDatabase } from "#/db/test-database.ts";
import { TenantId } from "#/domain/ids.ts";
import { verifyAuditLines } from "#/domain/verify-audit.ts";
import { readNotes } from "./checkpoint-file.ts";
import { publicKeysOf, rotateCheckpointKey } from "./checkpoint-key.ts";
import { createCheckpoints } from "./checkpoints.ts";

const server = process.env["TEST_DATABASE_URL"];
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let folder: string;
let tenant: TenantId;
let count = 0;
const said: string[] = [];
const clock = { now: Date.parse("2026-11-23T10:00:00.000Z") };

beforeAll(async () => {
  database = await openTestDatabase(server);
});
afterAll(() => database.close());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "countersign-checkpoints-"));
  tenant = TenantId.parse(`firm-${++count}`);
  await putTenant(database, sampleTenant(tenant));
  said.length = 0;
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.pool.query("alter table audit_personal disable trigger all");
  await asOwner(
    "delete from audit_personal where tenant = $tenant",
    "delete from audit_event where tenant = $tenant",
    "delete from audit_head where tenant = $tenant",
    "delete from tenant where id = $tenant",
  );
  await database.pool.query("alter table audit_personal enable trigger all");
});

const open = () =>
  createCheckpoints({
    database,
    folder,
    keyFile: undefined,
    log: {
      error: (fields: object, message?: string) =>
        void said.push(`${message} ${JSON.stringify(fields)}`),
      warn: () => undefined,
    } as never,
    now: () => new Date(clock.now),
  });

const write = async (lines: number): Promise<void> => {
  for (let n = 0; n < lines; n += 1)
    await inTenant(database, tenant, (tx) =>
      appendAudit(tx, { kind: "signal.received", actor: "test", subject: `n:${n}`, detail: { n } }),
    );
};
const sizes = (): number[] => readNotes(folder, tenant).map((note) => Number(note.split("\n")[1]));

/** As the owner of the database can, with the triggers off. */
async function asOwner(...statements: readonly string[]): Promise<void> {
  await database.pool.query("alter table audit_event disable trigger all");
  for (const sql of statements) await database.pool.query(sql.replaceAll("$tenant", `'${tenant}'`));
  await database.pool.query("alter table audit_event enable trigger all");
}
const cutTo = (size: number): Promise<void> =>
  asOwner(
    `delete from audit_event where tenant = $tenant and seq > ${size}`,
    `update audit_head set seq = ${size}, hash = (select hash from audit_event where tenant = $tenant and seq = ${size}) where tenant = $tenant`,
  );
/** A backup that was restored, and the work that went on from there. */
const rewriteFrom = async (size: number, lines: number): Promise<void> => {
  await cutTo(size);
  await write(lines);
};
const exported = async (): Promise<string[]> =>
  (await auditLinesAfter(database, tenant, { after: 0, count: 10_000 })).map((line) =>
    JSON.stringify(line),
  );
const outside = async () =>
  verifyAuditLines(await exported(), {
    tenant,
    notes: readNotes(folder, tenant),
    keys: publicKeysOf(folder),
    anchors: [],
  });

describe("signing", () => {
  test("P7: the first lines at once, then every hundred lines or five minutes, the rest at the end", async () => {
    const checkpoints = open();
    await checkpoints.look();
    expect(sizes()).toEqual([1]);
    await write(99);
    await checkpoints.look();
    expect(sizes()).toEqual([1]);
    await write(1);
    await checkpoints.look();
    expect(sizes()).toEqual([1, 101]);
    await write(3);
    clock.now += 5 * 60_000 - 1;
    await checkpoints.look();
    expect(sizes()).toEqual([1, 101]);
    clock.now += 1;
    await checkpoints.look();
    expect(sizes()).toEqual([1, 101, 104]);
    clock.now += 60 * 60_000;
    await checkpoints.look();
    expect(sizes()).toEqual([1, 101, 104]);
    await write(2);
    await checkpoints.stop();
    expect(sizes()).toEqual([1, 101, 104, 106]);
    expect(await outside()).toMatchObject({
      lines: 106,
      checkpoints: 4,
      findings: [],
      vouchedTo: 106,
    });
  });

  test("P7: eight writers at once: every checkpoint fits the one chain that comes of it", async () => {
    const checkpoints = open();
    await Promise.all([
      ...Array.from({ length: 8 }, () => write(30)),
      ...Array.from({ length: 8 }, () => checkpoints.look(true)),
    ]);
    await checkpoints.look(true);
    expect(await checkpoints.intact(tenant)).toBe(true);
    expect(await outside()).toMatchObject({ lines: 241, findings: [], vouchedTo: 241 });
  });

  test("P7: nothing in the database holds the key, and others on the machine cannot read it", async () => {
    await open().look();
    const path = join(folder, "checkpoint-key.pem");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const [name = ""] = readdirSync(join(folder, "checkpoints", "keys"));
    expect(readFileSync(join(folder, "checkpoints", "keys", name), "utf8")).not.toMatch(/PRIVATE/);
    chmodSync(path, 0o644);
    await write(1);
    await expect(open().look(true)).rejects.toThrow(/chmod 600/);
    writeFileSync(path, "no key", { mode: 0o600 });
    chmodSync(path, 0o600);
    await expect(open().look(true)).rejects.toThrow(/not a private key/);
  });

  test("P7: a rotated key signs at once, and what the old one signed still counts", async () => {
    const checkpoints = open();
    await checkpoints.look();
    rotateCheckpointKey(folder, undefined);
    await write(2);
    await checkpoints.look(true);
    expect(publicKeysOf(folder)).toHaveLength(2);
    const signers = readFileSync(join(folder, "checkpoints", `${tenant}.ndjson`), "utf8")
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { key: string }).key);
    expect(new Set(signers).size).toBe(2);
    expect(await open().intact(tenant)).toBe(true);
    expect(await outside()).toMatchObject({ checkpoints: 2, findings: [] });
    const [first] = publicKeysOf(folder).filter((key) => {
      const own = createPublicKey(readFileSync(join(folder, "checkpoint-key.pem"), "utf8"));
      return !key.equals(own);
    });
    const half = verifyAuditLines(await exported(), {
      tenant,
      notes: readNotes(folder, tenant),
      keys: first ? [first] : [],
      anchors: [],
    });
    expect(half.findings).toMatchObject([{ check: "signature", seq: 3 }]);
  });

  test("a checkpoint that was half written when the power went is written again", async () => {
    await open().look();
    const path = join(folder, "checkpoints", `${tenant}.ndjson`);
    appendFileSync(path, '{"key":"x","note":"countersign/aud');
    await write(1);
    const checkpoints = open();
    await checkpoints.look(true);
    expect(sizes()).toEqual([1, 2]);
    expect(await outside()).toMatchObject({ checkpoints: 2, findings: [] });
  });
});

describe("noticing", () => {
  beforeEach(async () => {
    await write(19);
    await open().look(true);
  });

  test("an audit that only grew is intact, at the start and while it runs", async () => {
    await write(5);
    const checkpoints = open();
    expect(await checkpoints.intact(tenant)).toBe(true);
    await write(5);
    expect(await checkpoints.intact(tenant)).toBe(true);
    expect(checkpoints.problem()).toBeNull();
  });

  test.each([
    [
      "a backup older than the last checkpoint",
      () => cutTo(12),
      /has 12 lines, and a checkpoint of .* has 20/,
    ],
    [
      "the same, gone on past the checkpoint",
      () => rewriteFrom(12, 30),
      /first 20 lines are not those/,
    ],
    [
      "the same, gone on to the very same number",
      () => rewriteFrom(19, 1),
      /first 20 lines are not those/,
    ],
    [
      "a line edited where it stands",
      () => asOwner("update audit_event set body = body || ' ' where tenant = $tenant and seq = 7"),
      /line 7 was changed/,
    ],
    [
      "a wiped audit",
      () =>
        asOwner(
          "delete from audit_event where tenant = $tenant",
          "delete from audit_head where tenant = $tenant",
        ),
      /has 0 lines/,
    ],
  ] as const)("P7: %s is noticed at the next start; nothing may run", async (_, tamper, words) => {
    await tamper();
    const checkpoints = open();
    await checkpoints.look();
    expect(await checkpoints.intact(tenant)).toBe(false);
    expect(checkpoints.problem()).toMatch(words);
    expect(said).toHaveLength(1);
    // Not signed over, however long it goes on.
    await write(3);
    await checkpoints.look(true);
    await checkpoints.stop();
    expect(sizes()).toEqual([20]);
    expect(await checkpoints.intact(tenant)).toBe(false);
  });

  test("P7: a restore under a running process is noticed before the next run begins", async () => {
    const checkpoints = open();
    expect(await checkpoints.intact(tenant)).toBe(true);
    await rewriteFrom(10, 15);
    expect(await checkpoints.intact(tenant)).toBe(false);
    expect(checkpoints.problem()).toMatch(/newest of 20 lines is gone or another one/);
  });

  test("P7: an old line edited under a running process is noticed within the hour", async () => {
    const checkpoints = open();
    await checkpoints.look();
    await asOwner("update audit_event set body = body || ' ' where tenant = $tenant and seq = 7");
    clock.now += 60 * 60_000;
    await checkpoints.look();
    expect(checkpoints.problem()).toMatch(/line 7 was changed/);
  });

  test("P7: checkpoints that somebody changed or signed themselves count as trouble, not as none", async () => {
    const path = join(folder, "checkpoints", `${tenant}.ndjson`);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace("\\n20\\n", "\\n19\\n"));
    expect(await open().intact(tenant)).toBe(false);
    writeFileSync(path, `nonsense\n${text}`);
    const checkpoints = open();
    expect(await checkpoints.intact(tenant)).toBe(false);
    expect(checkpoints.problem()).toMatch(/line 1 of the checkpoints is damaged/);
  });

  test("a database that does not answer is no verdict: asking fails", async () => {
    const broken = createCheckpoints({
      database: {
        ...database,
        pool: {
          connect: () => Promise.reject(new Error("down")),
          query: () => Promise.reject(new Error("down")),
        } as never,
      },
      folder,
      keyFile: undefined,
      log: { error: () => undefined, warn: () => undefined } as never,
      now: () => new Date(clock.now),
    });
    await expect(broken.intact(tenant)).rejects.toThrow("down");
    expect(broken.problem()).toBeNull();
  });
});

describe("reconciling", () => {
  beforeEach(async () => {
    await write(9);
    await open().look(true);
    await write(10);
    await open().look(true);
  });
  const said2 = { by: "person:dana", reason: "Monday's backup, the disk had failed" };

  test("P7: a person's word makes it go on, is in the audit, is signed, and outsiders see it", async () => {
    await rewriteFrom(14, 2);
    const checkpoints = open();
    expect(await checkpoints.intact(tenant)).toBe(false);
    const point = await checkpoints.reconcile(tenant, said2);
    expect(point).toMatchObject({ size: 17, reconciled: { kept: 10, reason: said2.reason } });
    expect(await checkpoints.intact(tenant)).toBe(true);
    expect(await open().intact(tenant)).toBe(true);
    const newest = JSON.parse((await exported()).at(-1) ?? "{}") as { body: string };
    expect(JSON.parse(newest.body)).toMatchObject({
      kind: "audit.reconciled",
      actor: "person:dana",
      detail: { kept: 10, found: 16, signed: 20 },
    });
    await write(30);
    await checkpoints.stop();
    const verdict = await outside();
    expect(verdict).toMatchObject({ lines: 47, findings: [], setAside: 1, vouchedTo: 47 });
    expect(verdict.reconciled).toMatchObject([{ reconciled: { reason: said2.reason } }]);
  });

  test("P7: it does not excuse a chain that does not hold by itself", async () => {
    await asOwner("update audit_event set body = body || ' ' where tenant = $tenant and seq = 7");
    const checkpoints = open();
    await checkpoints.look();
    await expect(checkpoints.reconcile(tenant, said2)).rejects.toThrow(
      /line 7 was changed.*Restore/,
    );
    expect(await checkpoints.intact(tenant)).toBe(false);
    expect(sizes()).toEqual([10, 20]);
  });

  test("P7: it excuses nothing that comes after it", async () => {
    await cutTo(14);
    const checkpoints = open();
    await checkpoints.reconcile(tenant, said2);
    await rewriteFrom(12, 10);
    expect(await checkpoints.intact(tenant)).toBe(false);
    expect(await open().intact(tenant)).toBe(false);
  });
});

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditTasks } from "#/main/audit-tasks.ts";
import type { Running } from "#/main/run-everything.ts";
import { castAs } from "#/main/story-approval.ts";
import { until } from "#/main/story-voice.ts";
import {
  colleague,
  newHome,
  proposalOf,
  propose,
  reaches,
  startProduct,
  systemsOf,
} from "./start-product.ts";

/*
 * The database is set back to a backup while the checkpoints outside it remember more. What was
 * done since may have happened in the firm's systems already, so nothing may run by itself.
 */

const { home, remove } = newHome();
const backup = mkdtempSync(join(tmpdir(), "countersign-backup-"));
const desk = mkdtempSync(join(tmpdir(), "countersign-outsider-"));
const world: { running?: Running; lines?: number; held?: Awaited<ReturnType<typeof propose>> } = {};
const now = (): Running => {
  if (!world.running) throw new Error("the product did not start");
  return world.running;
};
const settings = { SLACK_MODE: "off" };
const restart = async (between: () => void): Promise<void> => {
  await world.running?.stop();
  between();
  world.running = await startProduct(home, { settings });
};
const copy = (from: string, to: string): void => {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
};
const postgres = join(home, "postgres");

const approved = async (invoice: string) => {
  const proposal = await propose(now(), { by: "dana.reyes", invoice, action: "R08" });
  const voter = await colleague(now(), "felix.brandt");
  expect(await castAs(now(), proposal, { person: voter.id })).toMatchObject({ result: "decided" });
  return proposal;
};
const postings = (id: string): number => systemsOf(now()).control.postingsOf(id);
const ready = async (): Promise<{ status: number; parts: Record<string, string> }> => {
  const response = await fetch(`${now().front.url}/readyz`);
  const { parts } = (await response.json()) as { parts: Record<string, string> };
  return { status: response.status, parts };
};
const tasks = () => auditTasks(now().product, () => now().localPrincipal());

beforeAll(async () => {
  world.running = await startProduct(home, { settings });
  await restart(() => copy(postgres, backup));
  await reaches(now(), (await approved("JF-1048")).id, "done");
  await restart(() => copy(backup, postgres));
}, 120_000);
afterAll(async () => {
  await world.running?.stop();
  for (const folder of [backup, desk]) rmSync(folder, { recursive: true, force: true });
  remove();
});

/** The commands as somebody would run them elsewhere: nothing of ours but the program and the files. */
const outsider = (...args: readonly string[]) => {
  const ended = spawnSync(
    process.execPath,
    [join(import.meta.dirname, "..", "..", "main", "cli.ts"), "audit", ...args],
    { cwd: desk, env: { PATH: process.env["PATH"] ?? "" }, encoding: "utf8" },
  );
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
};
const file = (name: string): string => join(desk, name);
async function hand(): Promise<void> {
  const lines = (await tasks()["audit-export"]?.(null)) as object[];
  world.lines = lines.length;
  writeFileSync(file("export.ndjson"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  copy(join(home, "checkpoints"), file("checkpoints"));
}
const witnesses = ["--checkpoints", "checkpoints", "--key", join("checkpoints", "keys")];

describe("an older backup was restored", () => {
  test("P7: it is reported at the start, in the log, at /readyz and by audit verify", async () => {
    expect(now().product.checkpoints.problem()).toMatch(
      /meridian: .*(cut or rolled back|are not those)/,
    );
    expect(await ready()).toMatchObject({
      status: 503,
      parts: { audit: expect.stringMatching(/rolled back/) as string },
    });
    expect(await tasks()["audit-verify"]?.(null)).toMatchObject({
      chains: [{ fault: null }],
      problem: expect.stringMatching(/meridian/) as string,
    });
  });

  test("P3: an approved change does not run, and stays approved", async () => {
    world.held = await approved("CI-1050");
    const { id } = world.held;
    const ended = await until(
      "the attempts to begin to be over",
      async () => {
        const found = await now().product.database.pool.query<{ status: string }>(
          "select status from dbos.workflow_status where workflow_uuid = $1",
          [`run:meridian:${id}:1`],
        );
        const status = found.rows[0]?.status ?? "";
        return ["ERROR", "SUCCESS"].includes(status) ? status : null;
      },
      40,
    );
    expect(ended).toBe("ERROR");
    expect((await proposalOf(now(), id)).state).toBe("approved");
    expect(postings("SI-1050")).toBe(0);
    expect(postings("SI-1048")).toBe(1);
  }, 60_000);

  test("P7: an outsider with the export, the checkpoints and the public key sees it too, without database or secrets", async () => {
    await hand();
    expect(readdirSync(desk).sort()).toEqual(["checkpoints", "export.ndjson"]);
    const told = outsider("verify", "export.ndjson", ...witnesses);
    expect(told).toMatchObject({ code: 1, err: "" });
    expect(told.out).toMatch(/^meridian: BROKEN at line \d+ \((root|cut)\)/);
    expect(outsider("verify", "export.ndjson")).toMatchObject({ code: 0 });
  });

  test("P7: once a person has reconciled it, it runs, once, and outsiders are told who gave up what", async () => {
    await tasks()["audit-reconcile"]?.({ reason: "restored the backup of the morning" });
    expect((await ready()).status).toBe(200);
    const { product } = now();
    const held = world.held;
    if (!held) throw new Error("nothing was held back");
    await product.database.pool.query(
      "update proposal set moved_at = moved_at - interval '10 minutes' where id = $1",
      [held.id],
    );
    const again = await product.store.restartStalled(product.config.TENANT, (stalled) =>
      product.engine.start.carryOutAgain({ tenant: product.config.TENANT, ...stalled }),
    );
    expect(again).toBe(1);
    await reaches(now(), held.id, "done");
    expect(postings("SI-1050")).toBe(1);
    await product.checkpoints.look(true);
    await hand();
    const told = outsider("verify", "export.ndjson", ...witnesses);
    expect(told).toMatchObject({ code: 0, err: "" });
    expect(told.out).toMatch(/^meridian: intact, \d+ lines recomputed\.$/m);
    expect(told.out).toMatch(
      /declared the lines after \d+ lost: "restored the backup of the morning"/,
    );
    expect(told.out).toContain("A witness vouches for all of them.");
  }, 60_000);
});

describe("an outsider at another desk", () => {
  test("P7: proves one line out of the export, and checks such a proof", () => {
    const made = outsider("proof", "3", "--export", "export.ndjson", ...witnesses);
    expect(made).toMatchObject({ code: 0, err: "" });
    writeFileSync(file("proof.json"), made.out);
    const key = join("checkpoints", "keys");
    const checked = outsider("proof", "--check", "proof.json", "--key", key);
    expect(checked).toMatchObject({ code: 0, err: "" });
    expect(checked.out).toMatch(/^Line 3 of meridian/);
    writeFileSync(file("proof.json"), made.out.replace("member.changed", "member.chanced"));
    expect(outsider("proof", "--check", "proof.json", "--key", key)).toMatchObject({
      code: 1,
      out: "",
    });
  });

  test("reads who decided what about a proposal from the lines alone", () => {
    const told = outsider("show", world.held?.id ?? "", "--export", "export.ndjson");
    expect(told).toMatchObject({ code: 0, err: "" });
    expect(told.out).toMatch(/person:dana\.reyes proposed R08 on erp:invoice:SI-1050/);
    expect(told.out).toMatch(/person:felix\.brandt voted approve as finance via terminal/);
    expect(told.out).toMatch(/policy: allow[\s\S]*votes counted felix\.brandt/);
    expect(told.out).toMatch(/run done; executing → done/);
  });

  test("is told what was wrong with a command", () => {
    expect(outsider("verify", "export.ndjson", "--checkpoints", "checkpoints")).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--key/) as string,
    });
    expect(outsider("verify", "nothing.ndjson").err).toMatch(/nothing\.ndjson: it cannot be read/);
    expect(outsider("proof", "0", "--export", "export.ndjson").code).toBe(2);
    expect(outsider("proof", "999999", "--export", "export.ndjson").err).toMatch(/no line 999999/);
    expect(outsider("show", "nonsense").code).toBe(2);
    writeFileSync(file("empty.csv"), "seq,hash12,channel,ts\n");
    expect(outsider("verify", "export.ndjson", "--anchors", "empty.csv")).toMatchObject({
      code: 1,
    });
  });
});

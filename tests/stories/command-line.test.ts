import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "#/db/open-database.ts";
import { verifyChain } from "#/domain/audit-chain.ts";
import { AuditEvent } from "#/domain/audit-event.ts";
import { until } from "#/main/story-voice.ts";
import { newHome, runProgram } from "./start-product.ts";

const { home, remove } = newHome();
const settings = { COUNTERSIGN_HOME: home };
const countersign = (...args: string[]) => runProgram("main/cli.ts", args, settings).ended;
const office: { server?: ReturnType<typeof runProgram> } = {};

beforeAll(async () => {
  office.server = runProgram("main/start.ts", [], settings);
  await office.server.prints(/^ready http/m);
});
afterAll(async () => {
  office.server?.child.kill("SIGKILL");
  await office.server?.ended;
  remove();
});

/** The whole export as somebody outside would check it: with the published rule and nothing of ours. */
function exported(out: string): AuditEvent[] {
  return out
    .trim()
    .split("\n")
    .map((line) => AuditEvent.parse(JSON.parse(line)));
}

const listed: { running?: string } = {};

describe("beside a process that runs on the same folder", () => {
  test("ask: that process answers, with numbered sources", async () => {
    const { code, out } = await countersign("ask", "why", "is", "NW-1042", "late?");
    expect(code).toBe(0);
    expect(out).toMatch(/NW-1042[\s\S]*\[1[\],]/);
    expect(out).toMatch(/Sources\n {2}\[1\] \w+:[\w-]+:\S+ /);
    expect(out).toContain("Answered by rules-1");
  });

  test("proposals: what its agents proposed, with state, amount and hash", async () => {
    const out = await until("proposals in the list", async () => {
      const list = await countersign("proposals");
      return /R?elease invoice .*EUR [\d,.]+ {2}[0-9a-f]{12}$/m.test(list.out) ? list.out : null;
    });
    expect(out).toMatch(/^P-\w+ v1 {2}waiting {4}/m);
    listed.running = out;
    const waiting = await countersign("proposals", "waiting");
    expect(waiting.code).toBe(0);
    expect(waiting.out).not.toMatch(/ {2}done /);
  });

  test("P7: audit verify recomputes every line; audit export lets an outsider do the same", async () => {
    const verified = await countersign("audit", "verify");
    expect(verified).toMatchObject({ code: 0, err: "" });
    const lines = Number(/^meridian: intact, (\d+) lines recomputed\.$/m.exec(verified.out)?.[1]);
    expect(lines).toBeGreaterThan(20);
    const { code, out } = await countersign("audit", "export");
    expect(code).toBe(0);
    const events = exported(out);
    expect(events.length).toBeGreaterThanOrEqual(lines);
    expect(verifyChain("meridian", events, null)?.problem).toMatch(/no head/);
    const last = events.at(-1);
    expect(verifyChain("meridian", events, last ? { seq: last.seq, hash: last.hash } : null)).toBe(
      null,
    );
  });

  test.each([
    ["a state that is none", ["proposals", "nonsense"], 1, /a state is one of waiting, approved/],
    ["too long a question", ["ask", "x".repeat(4001)], 1, /at most 4000 characters/],
    ["no question", ["ask"], 2, /Say what you want to know/],
    ["an unknown command", ["approve", "P-000000"], 2, /no command “approve”[\s\S]*audit verify/],
    ["half a command", ["audit"], 2, /audit verify, or countersign audit export/],
  ])("%s: says so, and how it is done right", async (_, args, code, words) => {
    const ended = await countersign(...args);
    expect(ended).toMatchObject({ code, out: "" });
    expect(ended.err).toMatch(words);
    expect(ended.err).not.toMatch(/\n\s+at /);
  });
});

describe("alone, after that process was killed", () => {
  beforeAll(async () => {
    office.server?.child.kill("SIGKILL");
    await office.server?.ended;
  });

  test("the file it left behind leads nowhere, and the commands do the work themselves", async () => {
    expect(existsSync(join(home, "desk.json"))).toBe(true);
    const verified = await countersign("audit", "verify");
    expect(verified).toMatchObject({ code: 0, err: "" });
    expect(verified.out).toMatch(/^meridian: intact, \d+ lines recomputed\.$/m);
    expect(existsSync(join(home, "desk.json"))).toBe(false);
  });

  test("ask and proposals answer from what was kept", async () => {
    const asked = await countersign("ask", "why is NW-1042 late?");
    expect(asked.code).toBe(0);
    expect(asked.out).toMatch(/NW-1042[\s\S]*Sources\n/);
    // As a machine that lost its power in the wrong moment leaves it.
    writeFileSync(join(home, "desk.json"), '{"url":"http://127.0.0.1:1');
    const list = await countersign("proposals");
    const ids = (text: string) => [...text.matchAll(/^P-\w+/gm)].map(String);
    expect(ids(list.out)).toEqual(expect.arrayContaining(ids(listed.running ?? "none")));
  });

  test("a wrong setting stops every command, with its fix", async () => {
    const ended = await runProgram("main/cli.ts", ["proposals"], { ...settings, PORT: "x" }).ended;
    expect(ended.code).toBe(1);
    expect(ended.err).toMatch(/^Cannot start:\n {2}✖ PORT/);
  });

  test("P7: one byte of one line changed by the database's owner is named, and the exit code is 1", async () => {
    const database = await openDatabase({ url: undefined, folder: home, connections: 2 });
    try {
      await database.pool.query("alter table audit_event disable trigger audit_no_change");
      await database.pool.query(
        "update audit_event set body = overlay(body placing chr(ascii(substr(body, 12, 1)) # 1) from 12 for 1) where seq = 7",
      );
      await database.pool.query("alter table audit_event enable trigger audit_no_change");
    } finally {
      await database.close();
    }
    const verified = await countersign("audit", "verify");
    expect(verified.code).toBe(1);
    expect(verified.out).toMatch(
      /^meridian: BROKEN at line 7: it was changed after it was written\. \d+ lines read\.$/m,
    );
    const { out } = await countersign("audit", "export");
    expect(verifyChain("meridian", exported(out), null)).toMatchObject({ seq: 7 });
  });
});

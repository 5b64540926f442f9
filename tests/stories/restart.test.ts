import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { verifyAudit } from "#/db/audit.ts";
import type { Proposal } from "#/domain/proposal.ts";
import type { Running } from "#/main/run-everything.ts";
import { cardFor } from "#/main/story-approval.ts";
import { until } from "#/main/story-voice.ts";
import {
  chatOf,
  colleague,
  newHome,
  propose,
  reaches,
  runProgram,
  startProduct,
  systemsOf,
  writtenIn,
} from "./start-product.ts";

describe("stopped and started again on the same folder", () => {
  const { home, remove } = newHome();
  const world: { running?: Running } = {};
  const product = (): Running => {
    if (!world.running) throw new Error("the product did not start");
    return world.running;
  };
  const seen: {
    exceptions?: unknown;
    proposals?: Proposal[];
    messages?: string[];
    firm?: unknown;
    card?: { ts: string; value: string };
    chase?: Proposal;
    lines?: number;
  } = {};

  const exceptions = async ({ product: { store, config } }: Running) =>
    (await store.exceptions(config.TENANT)).map(({ id, title, state }) => ({ id, title, state }));
  const messages = (running: Running): string[] =>
    chatOf(running)
      .messages("delivery-ops")
      .map(({ ts, text }) => `${ts} ${text}`);

  beforeAll(async () => {
    world.running = await startProduct(home, { look: true });
    const { email } = await colleague(product(), "dana.reyes");
    seen.chase = await propose(product(), { by: "ben.okafor", invoice: "HR-1046", action: "R14" });
    seen.card = await cardFor(product(), seen.chase, email);
    await until("a case in the channel", async () => messages(product()).length > 0);
    systemsOf(product()).control.submitTimesheet(`TS-101-akovac-${week()}`);
    await systemsOf(product()).control.webhooksSettled();
    seen.exceptions = await exceptions(product());
    seen.messages = messages(product());
    const { store, config } = product().product;
    seen.proposals = await store.proposals(config.TENANT, {});
    seen.lines = (await verifyAudit(product().product.database, config.TENANT))[0]?.lines ?? 0;
    seen.firm = writtenIn(product());
    await product().stop();
    world.running = await startProduct(home);
  });
  afterAll(async () => {
    await world.running?.stop();
    remove();
  });

  /** The Monday of the week Ana Kovac left out, as the firm's own records name it. */
  function week(): string {
    const sheet = systemsOf(product())
      .control.state()
      .timesheets.find(
        ({ id, state }) => id.startsWith("TS-101-akovac") && state === "not_started",
      );
    if (!sheet) throw new Error("Ana Kovac left nothing out");
    return sheet.week;
  }

  test("cases, proposals and the audit are there", async () => {
    expect(seen.exceptions).toHaveLength(9);
    expect(await exceptions(product())).toEqual(seen.exceptions);
    const { store, config, database } = product().product;
    const now = await store.proposals(config.TENANT, {});
    for (const { id, payloadHash, nonce } of seen.proposals ?? [])
      expect(now.find((each) => each.id === id)).toMatchObject({ payloadHash, nonce });
    const [verified] = await verifyAudit(database, config.TENANT);
    expect(verified?.fault).toBeNull();
    expect(verified?.lines).toBeGreaterThanOrEqual(seen.lines ?? Number.NaN);
  });

  test("the firm's systems and the chat kept what people did", () => {
    expect(writtenIn(product())).toEqual(seen.firm);
    expect(messages(product()).slice(0, seen.messages?.length)).toEqual(seen.messages);
    const sheet = systemsOf(product())
      .control.state()
      .timesheets.find(
        ({ id, state }) => id.startsWith("TS-101-akovac") && state === "pending_approval",
      );
    expect(sheet).toBeDefined();
  });

  test("P4: a card sent before the stop still approves after it, and the run has one effect", async () => {
    const { email } = await colleague(product(), "dana.reyes");
    const { card, chase } = seen;
    if (!card || !chase) throw new Error("no card was sent");
    expect(chatOf(product()).messages(chatOf(product()).directMessages(email))).toContainEqual(
      expect.objectContaining({ ts: card.ts }),
    );
    await chatOf(product()).clickButton(email, card.ts, "proposal.approve", { value: card.value });
    await reaches(product(), chase.id, "done");
    const before = seen.firm as ReturnType<typeof writtenIn>;
    const after = writtenIn(product());
    expect(after.messageDrafts.length + after.tasks.length).toBe(
      before.messageDrafts.length + before.tasks.length + 1,
    );
    expect(after.ledger).toEqual(before.ledger);
  });
});

describe("npm start as a process", () => {
  const homes: (() => void)[] = [];
  const children: ReturnType<typeof runProgram>[] = [];
  const start = (home: string, settings: Record<string, string> = {}) => {
    const program = runProgram("main/start.ts", [], { COUNTERSIGN_HOME: home, ...settings });
    children.push(program);
    return program;
  };
  const folder = (): string => {
    const { home, remove } = newHome();
    homes.push(remove);
    return home;
  };
  afterEach(async () => {
    for (const { child, ended } of children.splice(0)) {
      child.kill("SIGKILL");
      await ended;
    }
    for (const remove of homes.splice(0)) remove();
  });

  test("Ctrl-C in the middle of work: it stops within ten seconds, says so, and exits with 0", async () => {
    const program = start(folder());
    const [, url = ""] = await program.prints(/^ready (http\S+)/m);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const began = Date.now();
    program.child.kill("SIGINT");
    const { code, out, err } = await program.ended;
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/Stopped\. Everything is kept/);
    expect(Date.now() - began).toBeLessThan(10_000);
  });

  test("a second process on the same folder, and one on a taken port, are refused with the fix", async () => {
    const home = folder();
    const first = start(home, { SLACK_MODE: "off" });
    const [, port = ""] = await first.prints(/^ready http:\/\/[\d.]+:(\d+)/m);
    const [second, third] = await Promise.all([
      start(home, { SLACK_MODE: "off" }).ended,
      start(folder(), { SLACK_MODE: "off", PORT: port }).ended,
    ]);
    expect(second.code).toBe(1);
    expect(second.err).toMatch(/already open in another Countersign process\. Stop it, or set/);
    expect(third.code).toBe(1);
    expect(third.err).toMatch(new RegExp(`port ${port} is taken; set PORT to another one`));
    for (const { err } of [second, third]) expect(err).not.toMatch(/\n\s+at /);
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
  });
});

describe("the directory in a settings file", () => {
  const { home, remove } = newHome();
  const files = mkdtempSync(join(tmpdir(), "countersign-test-"));
  const file = join(files, "people.json");
  afterAll(() => {
    remove();
    rmSync(files, { recursive: true, force: true });
  });
  const lead = {
    name: "Dana Reyes",
    email: "dana.reyes@meridian.example",
    roles: ["DeliveryLead"],
  };
  const finance = {
    name: "Fiona Walsh",
    email: "fiona.walsh@meridian.example",
    roles: ["FinanceManager"],
  };
  const run = async <T>(
    people: readonly object[],
    more: Record<string, string>,
    work: (running: Running) => Promise<T>,
  ): Promise<T> => {
    writeFileSync(file, JSON.stringify(people));
    const settings = { PEOPLE_FILE: file, SLACK_MODE: "off", ...more };
    const running = await startProduct(home, { settings });
    try {
      return await work(running);
    } finally {
      await running.stop();
    }
  };

  test("P3: whoever is taken out of the file is no longer active; this machine acts only for who is named", async () => {
    const seen = async (running: Running) => ({
      acts: (await running.localPrincipal()).person,
      active: (await running.product.store.members(running.product.config.TENANT))
        .filter((member) => member.active)
        .map(({ id }) => id),
    });
    expect(await run([lead, finance], { MCP_PERSON: finance.email }, seen)).toEqual({
      acts: "fiona.walsh",
      active: ["dana.reyes", "fiona.walsh"],
    });
    await expect(run([lead], { MCP_PERSON: finance.email }, seen)).rejects.toThrow(
      /MCP_PERSON: nobody active in the directory has that address/,
    );
    expect(await run([lead], {}, seen)).toEqual({ acts: "dana.reyes", active: ["dana.reyes"] });
    await expect(run([finance], {}, seen)).rejects.toThrow(/no active delivery lead/);
  });

  test("P3: money on a project whose lead is in no directory cannot be proposed: nobody could be ruled out", async () => {
    const tomas = { ...lead, name: "Tomas Lindqvist", email: "tomas.lindqvist@meridian.example" };
    const another = newHome();
    const settings = { COUNTERSIGN_HOME: another.home };
    await run([finance, tomas], settings, async (running) => {
      const before = writtenIn(running);
      const asked = propose(running, { by: "fiona.walsh", invoice: "JF-1048", action: "R08" });
      await expect(asked).rejects.toMatchObject({ code: "PRECONDITION_FAILED" });
      await expect(asked).rejects.toThrow(/lead is not a colleague in the directory/);
      expect(writtenIn(running)).toEqual(before);
    }).finally(another.remove);
  });
});

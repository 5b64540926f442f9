import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import type { Member } from "#/domain/member.ts";
import type { Proposal } from "#/domain/proposal.ts";
import { readConfig } from "#/main/config.ts";
import { createLog } from "#/main/log.ts";
import { type Running, runEverything } from "#/main/run-everything.ts";
import { until } from "#/main/story-voice.ts";
import type { Systems } from "#/sandbox/systems/start-systems.ts";

// A whole product with its database starts in seconds, on a busy machine in many.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 180_000 });

/** Nothing of the machine's own environment: a key or a server there would make another story. */
export const storySettings = {
  PORT: "0",
  WATCH_SECONDS: "0",
  LOG_LEVEL: "silent",
  SANDBOX_FIRM: "story",
} as const;

export type Settings = Readonly<Record<string, string>>;

/** A data folder of its own, and the way to get rid of it. */
export function newHome(): { home: string; remove: () => void } {
  const home = mkdtempSync(join(tmpdir(), "countersign-test-"));
  return { home, remove: () => rmSync(home, { recursive: true, force: true }) };
}

/** The whole product in this process. `look`: let it find the late invoices by itself at once. */
export async function startProduct(
  home: string,
  { settings = {}, look = false }: { settings?: Settings; look?: boolean } = {},
): Promise<Running> {
  const config = readConfig({ ...storySettings, COUNTERSIGN_HOME: home, ...settings });
  const running = await runEverything(config, createLog(config.LOG_LEVEL), { lookAtStart: look });
  await running.firstLook;
  return running;
}

/** What somebody could have written in the firm's systems. */
export function writtenIn(running: Running) {
  const { ledger, tasks, messageDrafts, invoices } = systemsOf(running).control.state();
  return { ledger, tasks, messageDrafts, invoices };
}

export function systemsOf({ systems }: Running): Systems {
  if (!systems) throw new Error("the sandbox's systems do not run");
  return systems;
}

export function chatOf({ chat }: Running): NonNullable<Running["chat"]> {
  if (!chat) throw new Error("the sandbox's chat does not run");
  return chat;
}

/** A colleague by the first part of their address: `fiona.walsh`. */
export async function colleague({ product }: Running, id: string): Promise<Member> {
  const member = (await product.store.members(product.config.TENANT)).find(
    (each) => each.id === id,
  );
  if (!member) throw new Error(`there is no colleague ${id}`);
  return member;
}

/** What that colleague files about an invoice: the first candidate of the action. */
export async function propose(
  running: Running,
  asked: { by: string; invoice: string; action: string; seconds?: number },
): Promise<Proposal> {
  const { product } = running;
  const principal = product.services.principalOf(await colleague(running, asked.by));
  const found = (await product.services.candidates(principal, asked.invoice)).find(
    ({ action }) => action === asked.action,
  );
  if (!found) throw new Error(`${asked.action} is no candidate for ${asked.invoice}`);
  const { system, type, id } = found.target;
  const made = await product.proposeFor(
    principal,
    {
      action: asked.action,
      target: `${system}:${type}:${id}`,
      invoice: asked.invoice,
      why: "Asked for in a test.",
      evidence: [],
      idempotencyKey: crypto.randomUUID(),
      producedBy: { mind: "a person", promptHash: null },
      thread: null,
    },
    asked.seconds ?? 3600,
  );
  return proposalOf(running, made.id);
}

export async function proposalOf({ product }: Running, id: Proposal["id"]): Promise<Proposal> {
  const fact = await product.store.proposal(product.config.TENANT, id, null);
  if (!fact) throw new Error(`proposal ${id} is gone`);
  return fact.proposal;
}

/** Waits until a proposal is in one of the states. */
export const reaches = (
  running: Running,
  id: Proposal["id"],
  ...states: Proposal["state"][]
): Promise<Proposal> =>
  until(
    `${id} to be ${states.join(" or ")}`,
    async () => {
      const now = await proposalOf(running, id);
      return states.includes(now.state) ? now : null;
    },
    60,
  );

export type Ended = { code: number | null; out: string; err: string };

/** One of our programs as a process of its own, with only the settings given. */
export function runProgram(file: string, args: readonly string[], settings: Settings) {
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...storySettings, ...settings },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const said = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said.err += text));
  const ended = once(child, "close").then(
    ([code]): Ended => ({ code: code as number | null, ...said }),
  );
  return {
    child,
    ended,
    /** Waits until standard output matches; throws what was said when the program ends before. */
    prints: async (wanted: RegExp): Promise<RegExpExecArray> => {
      const look = (): RegExpExecArray | null => wanted.exec(said.out);
      const gone = ended.then(() => {
        const found = look();
        if (found) return found;
        throw new Error(`ended without ${wanted}: ${said.out}${said.err}`);
      });
      return Promise.race([gone, until(`${wanted} in ${file}`, async () => look(), 60)]);
    },
  };
}

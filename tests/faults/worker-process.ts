import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Order } from "./orders.ts";

/** A product process of its own, which can be killed at any moment. */
export type Worker = {
  ask<T>(order: Order): Promise<T>;
  /** SIGKILL, and the kernel says it is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: it is there, holds its connections, and does nothing until `thaw`. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
};

type Answer = { answer?: unknown; error?: string };

const readySeconds = 60;

/** Starts the product and waits until it is ready. Throws Error with the process's own last words. */
export async function startWorker(env: Readonly<Record<string, string>>): Promise<Worker> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "worker.ts")], {
    // Nothing of the caller's own configuration may leak into the experiment.
    env: { ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const words: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => {
    words.push(chunk.toString("utf8"));
    if (words.length > 200) words.shift();
  });
  child.stdin.on("error", () => undefined);
  const waiting: ((answer: Answer) => void)[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    waiting.shift()?.(JSON.parse(line) as Answer);
  });
  const gone = once(child, "exit");
  child.once("exit", (code, by) => {
    for (const tell of waiting.splice(0))
      tell({ error: `the process ended (${by ?? code}): ${words.join("").slice(-2000)}` });
  });
  const next = async (): Promise<unknown> => {
    const { answer, error } = await new Promise<Answer>((resolve) => waiting.push(resolve));
    if (error !== undefined) throw new Error(error);
    return answer;
  };
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await gone;
  };
  const ready = next();
  const early = setTimeout(() => {
    words.push(`not ready after ${readySeconds} s`);
    child.kill("SIGKILL");
  }, readySeconds * 1000);
  await ready.finally(() => clearTimeout(early));
  return {
    ask: async <T>(order: Order): Promise<T> => {
      child.stdin.write(`${JSON.stringify(order)}\n`);
      return (await next()) as T;
    },
    kill,
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.stdin.write(`${JSON.stringify({ do: "stop" })}\n`);
      const slow = setTimeout(() => child.kill("SIGKILL"), 30_000);
      await gone;
      clearTimeout(slow);
    },
  };
}

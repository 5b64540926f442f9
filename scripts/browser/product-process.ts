import { spawn } from "node:child_process";
import { once } from "node:events";
import process, { execPath } from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export type ProductProcess = {
  readonly chatUrl: string;
  readonly worldUrl: string;
  readonly consoleUrl: string;
  /** From the start of the process to its ready line. */
  readonly seconds: number;
  /** As Ctrl-C does; resolves when it has ended. */
  readonly stop: () => Promise<void>;
};

const startFile = fileURLToPath(new URL("../../main/start.ts", import.meta.url));
const longestStart = 120_000;

/**
 * The product as `npm start` runs it, on free ports, with its data in `home` and nothing of this
 * shell's settings. Throws with what it said when it ends before it is ready.
 */
export async function startProduct(home: string): Promise<ProductProcess> {
  const began = performance.now();
  const child = spawn(execPath, [startFile], {
    env: {
      PATH: "",
      COUNTERSIGN_HOME: home,
      PORT: "0",
      WATCH_SECONDS: "0",
      LOG_LEVEL: "error",
      SANDBOX_FIRM: "story",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  // However this process ends, the product does not stay behind.
  const leave = (): void => void child.kill("SIGKILL");
  process.once("exit", leave);
  child.once("exit", () => process.off("exit", leave));
  const timer = setTimeout(() => child.kill("SIGKILL"), longestStart);
  const said: string[] = [];
  createInterface(child.stderr).on("line", (line) => said.push(line));
  const links = new Map<string, string>();
  for await (const line of createInterface(child.stdout)) {
    said.push(line);
    const [, title = "", href] = /^ {2}(\S.*?) {2,}(http\S+)/.exec(line) ?? [];
    if (href) links.set(title, href);
    const consoleUrl = /^ready (\S+)/.exec(line)?.[1];
    if (consoleUrl === undefined) continue;
    clearTimeout(timer);
    child.stdout.resume();
    return {
      chatUrl: linkOf(links, "Chat"),
      worldUrl: linkOf(links, "The firm's world"),
      consoleUrl,
      seconds: (performance.now() - began) / 1000,
      stop: async () => {
        if (child.exitCode === null) child.kill("SIGINT");
        await ended;
      },
    };
  }
  clearTimeout(timer);
  await ended;
  throw new Error(`the product ended before it was ready:\n${said.slice(-20).join("\n")}`);
}

function linkOf(links: ReadonlyMap<string, string>, title: string): string {
  const href = links.get(title);
  if (!href) throw new Error(`the start says nothing about “${title}”`);
  return href;
}

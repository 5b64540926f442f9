import { randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import { isCountersignError } from "#/domain/errors.ts";
import type { Door } from "./front-door.ts";
import type { Log } from "./log.ts";

/*
 * The embedded database belongs to one process. A command in another terminal therefore asks that
 * process: over loopback, with a token that only a reader of the data folder has.
 */

/** What a command may ask a running process: a name and a JSON argument, answered with JSON. */
export type DeskTasks = Readonly<Record<string, Task>>;
type Task = (argument: unknown) => Promise<unknown>;

const fileOf = (folder: string): string => join(folder, "desk.json");
const Place = z.object({ url: z.url(), token: z.string() });
const mostBytes = 262_144;

/** Opens the desk, and writes where it is. */
export function openDesk(
  folder: string,
  url: string,
  { tasks, log }: { tasks: DeskTasks; log: Pick<Log, "error"> },
): { door: Door; close: () => void } {
  const token = randomBytes(24).toString("hex");
  writeFileSync(fileOf(folder), JSON.stringify({ url, token }), { mode: 0o600 });
  return {
    door: async (req, res) => {
      const name = /^\/desk\/([a-z-]{1,30})$/.exec(req.url ?? "")?.[1];
      const task = name && Object.hasOwn(tasks, name) ? tasks[name] : undefined;
      if (req.method !== "POST" || !task) return false;
      const [status, body] = holds(req, token)
        ? await perform(req, task, log)
        : ([401, { message: "The token of the data folder is missing." }] as const);
      res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      return true;
    },
    close: () => rmSync(fileOf(folder), { force: true }),
  };
}

function holds(req: IncomingMessage, token: string): boolean {
  const given = Buffer.from(req.headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function perform(
  req: IncomingMessage,
  task: Task,
  log: Pick<Log, "error">,
): Promise<readonly [number, unknown]> {
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of req) {
      size += (chunk as Buffer).length;
      if (size > mostBytes) return [413, { message: `At most ${mostBytes} bytes.` }];
      chunks.push(chunk as Buffer);
    }
    const argument: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8") || "null");
    return [200, (await task(argument)) ?? null];
  } catch (error) {
    if (isCountersignError(error)) return [400, { message: error.message }];
    if (error instanceof SyntaxError) return [400, { message: "The argument is not JSON." }];
    log.error({ err: error }, "a command from a terminal failed");
    return [500, { message: "The running process could not do that; its log says why." }];
  }
}

/**
 * Asks the process that holds the data folder. `running: false` when there is none. Throws Error
 * with that process's own sentence when it refuses.
 */
export async function askDesk(
  folder: string,
  name: string,
  argument: unknown,
): Promise<{ running: false } | { running: true; answer: unknown }> {
  const place = whereIs(folder);
  if (!place) return { running: false };
  const response = await fetch(`${place.url}/desk/${name}`, {
    method: "POST",
    headers: { authorization: `Bearer ${place.token}`, "content-type": "application/json" },
    body: JSON.stringify(argument ?? null),
  }).catch(() => null);
  // A file left behind by a killed process points nowhere, or to whoever has that port now.
  if (!response || response.status === 401 || response.status === 404) return { running: false };
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return { running: true, answer };
  const said = z.object({ message: z.string() }).safeParse(answer);
  throw new Error(
    said.success ? said.data.message : `the running process answered ${response.status}`,
  );
}

/** The address of the process that holds the data folder and knows its token; null when none does. */
export async function runningAt(folder: string): Promise<string | null> {
  const place = whereIs(folder);
  const asked = await askDesk(folder, "present", null).catch(() => null);
  return place && asked?.running ? place.url : null;
}

function whereIs(folder: string): { url: string; token: string } | null {
  try {
    return Place.parse(JSON.parse(readFileSync(fileOf(folder), "utf8")));
  } catch {
    return null;
  }
}

import { randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { isCountersignError } from "#/domain/errors.ts";
import type { Principal } from "#/domain/member.ts";
import type { Answer, Services } from "#/workflows/services.ts";
import type { Door } from "./front-door.ts";

/*
 * The embedded database belongs to one process. A command in another terminal therefore asks that
 * process: over loopback, with a token that only a reader of the data folder has.
 */

const fileOf = (folder: string): string => join(folder, "desk.json");
const Desk = z.object({ url: z.url(), token: z.string() });

/** Opens the desk, and writes where it is. */
export function openDesk(
  folder: string,
  url: string,
  { services, principal }: { services: Services; principal: () => Promise<Principal> },
): { door: Door; close: () => void } {
  const token = randomBytes(24).toString("hex");
  writeFileSync(fileOf(folder), JSON.stringify({ url, token }), { mode: 0o600 });
  return {
    door: async (req, res) => {
      if (req.method !== "POST" || req.url !== "/desk/ask") return false;
      const given = Buffer.from(req.headers.authorization ?? "");
      const wanted = Buffer.from(`Bearer ${token}`);
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
        res.writeHead(401).end();
        return true;
      }
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of req) {
        size += (chunk as Buffer).length;
        if (size > 16_384) {
          res.writeHead(413).end();
          return true;
        }
        chunks.push(chunk as Buffer);
      }
      try {
        const { question } = z
          .object({ question: z.string().min(1).max(4000) })
          .parse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
        const answer = await services.ask(await principal(), question);
        res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
      } catch (error) {
        const message = isCountersignError(error)
          ? error.message
          : "The question could not be answered.";
        res
          .writeHead(isCountersignError(error) ? 400 : 500, { "content-type": "application/json" })
          .end(JSON.stringify({ message }));
      }
      return true;
    },
    close: () => rmSync(fileOf(folder), { force: true }),
  };
}

/** Asks the process that holds the data folder; null when none is running. */
export async function askDesk(folder: string, question: string): Promise<Answer | null> {
  let desk: z.infer<typeof Desk>;
  try {
    desk = Desk.parse(JSON.parse(readFileSync(fileOf(folder), "utf8")));
  } catch {
    return null;
  }
  const response = await fetch(`${desk.url}/desk/ask`, {
    method: "POST",
    headers: { authorization: `Bearer ${desk.token}`, "content-type": "application/json" },
    body: JSON.stringify({ question }),
  }).catch(() => null);
  if (!response) return null;
  if (!response.ok) {
    const body = z
      .object({ message: z.string() })
      .safeParse(await response.json().catch(() => null));
    throw new Error(
      body.success ? body.data.message : `the running process answered ${response.status}`,
    );
  }
  return (await response.json()) as Answer;
}

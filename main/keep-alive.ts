import { randomUUID } from "node:crypto";
import type { Database } from "#/db/open-database.ts";
import { beat, claimWorker, countReclaims, silentWorkers } from "#/db/worker.ts";
import type { Store } from "#/workflows/store.ts";
import { type TakeOverNeeds, takeOver } from "#/workflows/take-over.ts";
import type { Log } from "./log.ts";

/** Says that this process lives, and takes over from those that do not. */
export type KeepAlive = { readonly stop: () => Promise<void> };

/**
 * One process owns an embedded database, so there is nobody to take over from. On a server: a beat
 * several times within the time after which others take us for dead, and a look at the others.
 */
export async function keepAlive(
  database: Database,
  parts: {
    readonly id: string;
    readonly deadAfterSeconds: number;
    readonly engine: TakeOverNeeds["engine"];
    readonly store: Pick<Store, "closeRun">;
    readonly log: Log;
    /** Another process has our name: this one must end. */
    readonly onReplaced: () => void;
  },
): Promise<KeepAlive> {
  if (database.embedded) return { stop: async () => undefined };
  const { id, deadAfterSeconds, log } = parts;
  const me = { id, incarnation: randomUUID() };
  await claimWorker(database, me);
  let running = Promise.resolve();
  let stopped = false;
  const round = async (): Promise<void> => {
    if (!(await beat(database, me))) {
      stopped = true;
      log.error({ executor: id }, "another process has this EXECUTOR_ID; this one ends");
      parts.onReplaced();
      return;
    }
    await takeOver({
      silent: () => silentWorkers(database, { me: id, deadAfterSeconds }),
      count: (workflows) => countReclaims(database, workflows),
      engine: parts.engine,
      store: parts.store,
      log: (message, cause) => log.warn({ err: cause }, message),
    });
  };
  const timer = setInterval(
    () => {
      // Never two rounds at once; a round that failed is tried again at the next beat.
      running = running
        .then(() => (stopped ? undefined : round()))
        .catch((cause: unknown) => log.warn({ err: cause }, "no heartbeat"));
    },
    Math.max(200, (deadAfterSeconds * 1000) / 6),
  );
  return {
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}

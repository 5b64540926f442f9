import { randomUUID } from "node:crypto";
import { z } from "zod";
import { isCountersignError } from "#/domain/errors.ts";
import type { Config } from "./config.ts";
import { askDesk, type DeskTasks } from "./local-desk.ts";
import { argumentsOf } from "./task-arguments.ts";

/*
 * Work on a whole log takes longer than one answer may. A command starts it, in the process that holds
 * the data folder, and asks how far it is until it is done.
 */

/** How far it is: items taken so far. */
export type Progress = (items: number) => void;
type Job = { items: number; ended: { result: unknown } | { failed: string } | null };

const JobState = z.object({
  items: z.number(),
  result: z.unknown().optional(),
  failed: z.string().optional(),
  done: z.boolean(),
});

/** Tasks that start long work, and the task `log-job` that says how far it is. */
export function jobTasks(
  works: Readonly<Record<string, (argument: unknown, progress: Progress) => Promise<unknown>>>,
): DeskTasks {
  const jobs = new Map<string, Job>();
  const starts = Object.entries(works).map(([name, work]) => [
    name,
    async (argument: unknown) => {
      const id = randomUUID();
      const job: Job = { items: 0, ended: null };
      jobs.set(id, job);
      void work(argument, (items) => (job.items = items)).then(
        (result) => (job.ended = { result }),
        (error: unknown) => (job.ended = { failed: sentenceOf(error) }),
      );
      return { job: id };
    },
  ]);
  return {
    ...Object.fromEntries(starts),
    "log-job": async (argument) => {
      const { job: id } = argumentsOf(z.object({ job: z.string() }), argument);
      const job = jobs.get(id);
      if (job?.ended) jobs.delete(id);
      return job
        ? { items: job.items, done: job.ended !== null, ...job.ended }
        : { items: 0, done: true, failed: "The process was started again meanwhile. Ask again." };
    },
  };
}

const sentenceOf = (error: unknown): string =>
  isCountersignError(error)
    ? error.message
    : "The running process could not do that; its log says why.";

/** Has a running process do it and follows how far it is. `running: false` when there is none. */
export async function followJob(
  config: Config,
  { name, argument }: { name: string; argument: unknown },
  progress: Progress,
): Promise<{ running: false } | { running: true; result: unknown }> {
  const started = await askDesk(config.COUNTERSIGN_HOME, name, argument);
  if (!started.running) return started;
  const { job } = z.object({ job: z.string() }).parse(started.answer);
  for (;;) {
    const asked = await askDesk(config.COUNTERSIGN_HOME, "log-job", { job });
    if (!asked.running) throw new Error("The process that did it has stopped. Ask again.");
    const state = JobState.parse(asked.answer);
    progress(state.items);
    if (state.failed !== undefined) throw new Error(state.failed);
    if (state.done) return { running: true, result: state.result };
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

import { CountersignError } from "#/domain/errors.ts";
import { CivilDate } from "#/domain/ids.ts";
import type { MonitorRun } from "./monitor-eval.ts";

const sizes = ["S", "M", "L"] as const;
const packs = ["atlas", "harbour", "maple"] as const;

/** Throws INVALID_ARGUMENTS for what nobody can run. */
export function readMonitorRun(given: {
  readonly seeds: string;
  readonly size: string;
  readonly pack: string;
  readonly anchor: string;
}): MonitorRun {
  const refuse = (problems: string): never => {
    throw new CountersignError("INVALID_ARGUMENTS", { problems });
  };
  const seeds = [...new Set(given.seeds.split(",").map((seed) => seed.trim()))].filter(Boolean);
  const size = sizes.find((one) => one === given.size);
  const pack = packs.find((one) => one === given.pack);
  if (seeds.length === 0) refuse("--seeds wants names, such as a,b,c");
  if (!CivilDate.safeParse(given.anchor).success)
    refuse("--anchor wants a date, such as 2026-11-23");
  return {
    seeds,
    size: size ?? refuse(`--size is one of ${sizes.join(", ")}`),
    pack: pack ?? refuse(`--pack is one of ${packs.join(", ")}`),
    anchor: given.anchor,
  };
}

import { parseArgs } from "node:util";
import { killExperiment } from "./kill.ts";
import { formatResult, type Result } from "./report.ts";
import { sandboxTarget, trytonTarget } from "./targets.ts";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    kills: { type: "string", default: "20" },
    rounds: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    system: { type: "string", default: "sandbox" },
    moment: { type: "string" },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const seed = Number(options.seed);
const results: Result[] = [];

const target =
  options.system === "tryton"
    ? await trytonTarget({
        url: process.env["TRYTON_URL"] ?? "",
        user: process.env["TRYTON_USER"] ?? "",
        password: process.env["TRYTON_PASSWORD"] ?? "",
      })
    : await sandboxTarget();
results.push(
  await killExperiment(target, {
    kills: Number(options.kills),
    seed,
    progress: say,
    ...(options.moment ? { only: options.moment as "applied" } : {}),
  }),
);
await target.close();
for (const result of results) say(formatResult(result));
process.exit(results.some(({ violations }) => violations.length > 0) ? 1 : 0);

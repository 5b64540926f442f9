import { env } from "node:process";
import { expect, test } from "vitest";
import { ownDatabase } from "./server-database.ts";
import { takeoverExperiment } from "./takeover.ts";

const server = env["TEST_DATABASE_URL"];

test.skipIf(!server)(
  "P4: a process that is frozen or killed after its call is taken over from: one effect, one end, and who wakes up changes nothing",
  {
    timeout: 180_000,
  },
  async () => {
    const database = await ownDatabase(server ?? "");
    try {
      const result = await takeoverExperiment({ kills: 2, databaseUrl: database.url });
      expect(result.violations).toEqual([]);
      expect(result.lines.map(({ experiment, rounds }) => [experiment, rounds])).toEqual([
        ["frozen R08 applied", 1],
        ["killed R08 applied", 1],
      ]);
      // Otherwise the victim had not sent anything, or nobody took over.
      expect(result.lines.map(({ note }) => note)).toEqual(["2 attempts ×1", "2 attempts ×1"]);
    } finally {
      await database.drop();
    }
  },
);

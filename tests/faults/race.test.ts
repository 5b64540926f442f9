import { expect, test } from "vitest";
import { raceExperiment } from "./race.ts";

const serverUrl = process.env["TEST_DATABASE_URL"];
const databases = [undefined, ...(serverUrl ? [serverUrl] : [])];

test.each(databases)(
  "P4: people, doors and the clock at one proposal at one instant make one transition and one run (server: %s)",
  { timeout: 180_000 },
  async (url) => {
    const result = await raceExperiment({
      rounds: 30,
      seed: 30,
      ...(url ? { serverUrl: url } : {}),
    });
    expect(result.violations).toEqual([]);
    expect(result.lines.map(({ rounds }) => rounds)).toEqual(Array.from({ length: 8 }, () => 30));
  },
);

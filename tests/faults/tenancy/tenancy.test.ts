import { env } from "node:process";
import { expect, test } from "vitest";
import { askServices } from "./ask-across.ts";
import { queryAcross } from "./row-level-security.ts";
import { tenancyExperiment } from "./run.ts";
import { openTwoFirms } from "./two-firms.ts";

const server = env["TEST_DATABASE_URL"];

test.each([undefined, ...(server ? [server] : [])])(
  "P8: no function, tool, route, button or query gives anything of another firm, or changes it (server: %s)",
  { timeout: 180_000 },
  async (url) => {
    const result = await tenancyExperiment(url);
    expect(result.violations).toEqual([]);
    for (const { tried } of result.lines) expect(tried).toBeGreaterThan(8);
  },
);

test("P8: the experiment sees a wall with a hole", { timeout: 180_000 }, async () => {
  const two = await openTwoFirms(undefined);
  try {
    await two.database.pool.query("alter table proposal disable row level security");
    const { violations } = await queryAcross(two);
    expect(violations).toContainEqual(expect.stringMatching(/^proposal read: [1-9]/));
    expect(violations).toContainEqual(expect.stringMatching(/^proposal\.why changed: [1-9]/));
    expect((await askServices(two)).violations).toContainEqual(
      expect.stringMatching(/^services\.getProposal/),
    );
  } finally {
    await two.close();
  }
});

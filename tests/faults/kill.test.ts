import { expect, test } from "vitest";
import { killExperiment } from "./kill.ts";
import { sandboxTarget } from "./targets.ts";

test("P4, H5: killed with the effect applied and nothing recorded, the successor ends the run with one effect", {
  timeout: 180_000,
}, async () => {
  const target = await sandboxTarget();
  try {
    const result = await killExperiment(target, {
      kills: 4,
      seed: 4,
      actions: ["R08", "R14"],
      moments: ["applied", "read-back"],
    });
    expect(result.violations).toEqual([]);
    expect(result.lines.map(({ experiment, rounds }) => [experiment, rounds])).toEqual([
      ["R08 applied", 1],
      ["R14 applied", 1],
      ["R08 read-back", 1],
      ["R14 read-back", 1],
    ]);
    // Otherwise nothing was killed in the middle of anything.
    expect(result.lines.map(({ note }) => note)).toEqual(
      Array.from({ length: 4 }, () => "at the kill 1 effect, 2 attempts ×1"),
    );
  } finally {
    await target.close();
  }
});

test("the firm's own books show a second draft under one key as a second effect", async () => {
  const target = await sandboxTarget();
  try {
    const found = await target.next(0, "R14");
    const send = (): Promise<Response> =>
      fetch(`${found.wire.url}/tasks`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${target.env["SANDBOX_TOKEN"]}`,
        },
        body: JSON.stringify({
          project_id: "PRJ-101",
          title: "Acceptance",
          details: "Please confirm.",
          external_ref: "key",
          regarding: "psa:milestone:MS-101-1",
        }),
      });
    expect([(await send()).status, (await send()).status]).toEqual([201, 201]);
    expect([await found.effects(), found.wire.effectCalls()]).toEqual([2, 2]);
  } finally {
    await target.close();
  }
});

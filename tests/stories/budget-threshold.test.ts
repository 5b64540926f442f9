import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Running } from "#/main/run-everything.ts";
import { until } from "#/main/story-voice.ts";
import { approveOnCard, caseOf, openCases, toldInChannel } from "./flagship.ts";
import { newHome, startProduct, systemsOf } from "./start-product.ts";

const { home, remove } = newHome();
const world: { running?: Running } = {};
const product = (): Running => {
  if (!world.running) throw new Error("the product did not start");
  return world.running;
};
const control = () => systemsOf(product()).control;
const key = "budget-threshold:PRJ-109:70";
const title = /has used 70 % of its budget/;
const reports = () =>
  control()
    .records("progress-report")
    .filter((report) => report["projectId"] === "PRJ-109");
/** One forecast of a project waits at a time, whichever of its cases asked for it first. */
const forecastFiled = () =>
  until(
    "the forecast for PRJ-109",
    async () => {
      const { store, config } = product().product;
      const filed = await store.proposals(config.TENANT, {});
      return (
        filed.find(({ payload }) => payload.action === "R19" && payload.target.id === "PRJ-109") ??
        null
      );
    },
    60,
  );
const keysOpen = async () => (await openCases(product())).map(({ finding }) => finding.key);

beforeAll(async () => {
  world.running = await startProduct(home);
  await product().product.watch();
});
afterAll(async () => {
  await world.running?.stop();
  remove();
});

describe("a submitted timesheet carries a project over a threshold of its budget", () => {
  test("one case opens, it is told once, and the forecast waits for whoever may approve it (P1, P5; WF-31, WF-32)", async () => {
    expect(await keysOpen()).not.toContain(key);
    control().submitTimesheet("TS-109-bokafor-2026-11-23", 25);
    await control().webhooksSettled();
    for (let look = 0; look < 3; look += 1) await product().product.watch();
    const { finding } = await caseOf(product(), key);
    expect(finding).toMatchObject({ severity: 2, causes: [{ code: "MAR-1" }] });
    const forecast = await forecastFiled();
    expect(forecast).toMatchObject({
      state: "waiting",
      decision: { effect: "require", need: { delivery: 1 } },
      payload: { target: { id: "PRJ-109" } },
    });
    const view = await product().product.services.getProposal(
      await product().localPrincipal(),
      forecast.id,
    );
    const able = view.mayApprove.map(({ person }) => String(person));
    expect(able).toEqual(expect.arrayContaining(["dana.reyes", "tomas.lindqvist"]));
    expect(able).not.toContain("ben.okafor");
    expect((await keysOpen()).filter((open) => open === key)).toHaveLength(1);
  });

  test("approved, the new forecast is in the PSA beside the prior one (P2, P4; WF-33)", async () => {
    const before = reports();
    const forecast = await forecastFiled();
    const effect = forecast.payload.effects.find(({ field }) => field.endsWith("remainingMinutes"));
    expect(await approveOnCard(product(), forecast)).toMatchObject({ state: "done" });
    const after = reports();
    expect(after).toHaveLength(before.length + 1);
    expect(after).toEqual(expect.arrayContaining(before));
    const made = after.find((report) => !before.some((known) => known.id === report.id));
    expect(made?.["remainingMinutes"]).toBe(effect?.after);
    expect(before.map((report) => report["remainingMinutes"])).toContain(effect?.before);
    // 10,635 minutes for 61 %: as much again for every percent that is left.
    expect(effect?.after).toBe(Math.round((10_635 * 39) / 61));
  });

  test("under the threshold and over it again: nothing is told and nothing is filed again", async () => {
    const told = toldInChannel(product(), title);
    const all = async () =>
      (await product().product.store.proposals(product().product.config.TENANT, {})).length;
    const filed = await all();
    for (const budgetMinutes of [20_000, 14_880, 20_000, 14_880]) {
      control().changeRecord({ kind: "project", id: "PRJ-109" }, { budgetMinutes });
      await product().product.watch();
    }
    expect(await keysOpen()).not.toContain(key);
    expect(toldInChannel(product(), title)).toBe(told);
    expect(await all()).toBe(filed);
  });
});

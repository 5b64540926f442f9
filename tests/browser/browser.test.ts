import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, noChromium, openBrowser } from "../../scripts/browser/chromium.ts";
import { firstMinutes } from "../../scripts/browser/journey.ts";
import { type ProductProcess, startProduct } from "../../scripts/browser/product-process.ts";

const executable = findChromium();
if (executable === null) console.info(`browser tests are left out: ${noChromium}`);

describe.skipIf(executable === null)("in a browser", () => {
  const held: { home?: string; product?: ProductProcess; browser?: Browser } = {};
  beforeAll(async () => {
    held.home = mkdtempSync(join(tmpdir(), "countersign-browser-"));
    held.product = await startProduct(held.home);
    held.browser = await openBrowser(executable ?? "");
  }, 150_000);
  afterAll(async () => {
    await held.browser?.close();
    await held.product?.stop();
    if (held.home) rmSync(held.home, { recursive: true, force: true });
  }, 60_000);

  test("P9: a delivery lead sees the late invoice, asks why and what now, and approves one step", async () => {
    const { product, browser } = held;
    if (!product || !browser) throw new Error("nothing was started");
    const { steps, dana } = firstMinutes(product, { browser, picture: async () => undefined });
    for (const [name, run] of steps)
      await run().catch((cause: unknown) => {
        throw new Error(name, { cause });
      });
    expect(steps.length).toBeGreaterThan(3);
    expect(dana().problems).toEqual([]);
  }, 200_000);
});

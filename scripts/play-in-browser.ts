import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { says, wide } from "./browser/chat-page.ts";
import { findChromium, noChromium, openBrowser } from "./browser/chromium.ts";
import {
  afterRestart,
  decisions,
  firstMinutes,
  type Picture,
  type Step,
} from "./browser/journey.ts";
import { type ProductProcess, startProduct } from "./browser/product-process.ts";

/* Be the user: `npm run browser`. Exit 1: something was not as it should be; 3: no Chromium. */

const images = fileURLToPath(new URL("../docs/images/", import.meta.url));
const largestPicture = 200_000;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function play(steps: readonly Step[]): Promise<void> {
  for (const [name, run] of steps) {
    const began = performance.now();
    await run().catch((cause: unknown) => {
      throw new Error(`✗ ${name}`, { cause });
    });
    say(`✓ ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  }
}

function checkSize(path: string): void {
  const { size } = statSync(path);
  if (size > largestPicture)
    throw new Error(`${path} has ${size} bytes, more than a page may load`);
}

const picture: Picture = async (name, { page }, only) => {
  const path = join(images, `${name}.png`);
  const box = await only?.boundingBox();
  // The frame of the page around the messages is less than 220 pixels high.
  if (box) await page.setViewportSize({ ...wide, height: Math.ceil(box.height) + 220 });
  await page.waitForTimeout(300);
  await (only ?? page).screenshot({ path });
  await page.setViewportSize(wide);
  checkSize(path);
};

async function main(executable: string): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "countersign-browser-"));
  const browser = await openBrowser(executable);
  const began = performance.now();
  let product: ProductProcess | null = null;
  try {
    product = await startProduct(home);
    say(`ready after ${product.seconds.toFixed(1)} s, on an empty folder`);
    const { steps, dana } = firstMinutes(product, { browser, picture });
    await play(steps.slice(0, 1));
    say(
      `the first exception is on screen after ${((performance.now() - began) / 1000).toFixed(1)} s`,
    );
    await play([
      ...steps.slice(1),
      ...decisions(product, { browser, picture, dana }),
      ["the console shows the same", () => lookAtConsole(product?.consoleUrl ?? "")],
    ]);
    if (dana().problems.length > 0)
      throw new Error(`the page reported: ${dana().problems.join("; ")}`);
    await product.stop();
    product = await startProduct(home);
    say(`ready after ${product.seconds.toFixed(1)} s, on its own data`);
    await play(afterRestart(product, browser));
  } finally {
    await browser.close();
    await product?.stop();
    rmSync(home, { recursive: true, force: true });
  }

  async function lookAtConsole(url: string): Promise<void> {
    const page = await browser.newPage({ viewport: wide, colorScheme: "light" });
    await page.goto(url);
    await says(page.locator("main"), /8 invoices are late/);
    const path = join(images, "6-console.png");
    await page.screenshot({ path });
    checkSize(path);
    await page.goto(`${url}/audit`);
    await says(page.locator("main"), /The chain holds/);
  }
}

const executable = findChromium();
if (executable === null) {
  process.stderr.write(`${noChromium}\n`);
  process.exitCode = 3;
} else {
  try {
    await main(executable);
    say("Everything was as it should be.");
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : null;
    const text = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${text}\n${cause?.message ?? ""}\n`);
    process.exitCode = 1;
  }
}

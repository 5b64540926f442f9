import { accessSync, constants } from "node:fs";
import { env, getuid } from "node:process";
import { type Browser, chromium } from "playwright-core";

const usual = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** The program named by CHROMIUM, else one in a usual place; null when there is none to run. */
export function findChromium(): string | null {
  const named = env["CHROMIUM"];
  return (named ? [named] : usual).find(mayRun) ?? null;
}

function mayRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export const noChromium =
  "No Chromium was found. Install one (Debian: apt install chromium), or set CHROMIUM to its path.";

/** Chromium refuses to run its own sandbox as root, as in most containers. */
export const openBrowser = (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: getuid?.() === 0 ? ["--no-sandbox"] : [] });

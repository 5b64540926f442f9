import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { promises } from "./requirements.ts";

const names = globSync("*/**/*.test.ts", {
  exclude: ["node_modules/**", ".countersign/**"],
}).flatMap((file) =>
  [
    ...readFileSync(file, "utf8").matchAll(
      /\b(?:test|it)(?:\.\w+(?:\([^)]*\))?)?\(\s*["'`](P\d+)\b/g,
    ),
  ].map((match) => match[1] ?? ""),
);

test("every promise has at least one test that names it", () => {
  const proven = new Set(names);
  expect(Object.keys(promises).filter((promise) => !proven.has(promise))).toEqual([]);
});

test("no test names a promise that was never made", () => {
  expect(names.filter((name) => !(name in promises))).toEqual([]);
});

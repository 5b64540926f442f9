import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { authorityText } from "./authority-text.ts";

test("docs/authority.md is the shipped matrices", () => {
  expect(readFileSync("docs/authority.md", "utf8")).toBe(authorityText());
});

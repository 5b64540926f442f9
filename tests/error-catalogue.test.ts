import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorCatalogue } from "#/domain/errors.ts";
import { errorCatalogueText } from "./error-catalogue-text.ts";

const sources = globSync("*/**/*.ts", { exclude: ["node_modules/**", ".countersign/**"] })
  .filter((file) => !file.endsWith(".test.ts") && file !== "domain/errors.ts")
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");

test("docs/errors.md is the catalogue", () => {
  expect(readFileSync("docs/errors.md", "utf8")).toBe(errorCatalogueText());
});

test("every code of the catalogue is used, and every one says what to do", () => {
  const unused = Object.keys(errorCatalogue).filter((code) => !sources.includes(`"${code}"`));
  expect(unused).toEqual([]);
  for (const { fix } of Object.values(errorCatalogue)) expect(fix.length).toBeGreaterThan(20);
});

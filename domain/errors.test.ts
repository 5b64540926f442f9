import { describe, expect, test } from "vitest";
import { CountersignError, errorCatalogue, isCountersignError } from "./errors.ts";
import { EffectMissing, isEffectMissing, isRefused, Refused } from "./run.ts";

describe("errors", () => {
  test("every sentence of the catalogue is one, says what to do, and fills its names", () => {
    for (const [code, { fix }] of Object.entries(errorCatalogue)) {
      expect(`${code}: ${fix}`).toMatch(/[.}]$/);
      const names = [...fix.matchAll(/\{(\w+)\}/g)].flatMap((match) => match[1] ?? []);
      const details = Object.fromEntries(names.map((name) => [name, `<${name}>`]));
      const error = new CountersignError(code as keyof typeof errorCatalogue, details);
      for (const name of names) expect(error.message).toContain(`<${name}>`);
      expect(error.message).not.toMatch(/[{}]/);
    }
  });

  test("a forgotten detail shows as a question mark, never as a template", () => {
    expect(new CountersignError("UNKNOWN_INVOICE").message).toContain("“?”");
  });

  test("what upstream said stays in the cause", () => {
    const error = new CountersignError(
      "CONNECTOR_UNAVAILABLE",
      { system: "The ERP" },
      { cause: new Error("password=hunter2") },
    );
    expect(error.message).not.toContain("hunter2");
    expect(error.cause).toBeInstanceOf(Error);
  });

  test("is recognised after a replay took its class away", () => {
    const replayed = Object.assign(new Error("x"), { name: "CountersignError", code: "FORBIDDEN" });
    expect(isCountersignError(replayed)).toBe(true);
    expect(isCountersignError(new Error("x"))).toBe(false);
    expect(isCountersignError("CountersignError")).toBe(false);
    expect(isRefused(Object.assign(new Error("no"), { name: "Refused" }))).toBe(true);
    expect(isRefused(new Refused("conflict", "no"))).toBe(true);
    expect(isEffectMissing(new EffectMissing("gone"))).toBe(true);
    expect(isRefused(new EffectMissing("gone"))).toBe(false);
  });
});

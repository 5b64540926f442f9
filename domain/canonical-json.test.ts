import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, contentHash } from "./canonical-json.ts";
import { isCountersignError } from "./errors.ts";

describe("canonical JSON", () => {
  test("orders keys by UTF-16 code unit, as RFC 8785 shows", () => {
    const value = { "\u20ac": 1, "\r": 2, "1": 3, "\u{1f600}": 4, "\u0080": 5, "\u00f6": 6 };
    expect(canonicalJson(value)).toBe(
      '{"\\r":2,"1":3,"\u0080":5,"\u00f6":6,"\u20ac":1,"\u{1f600}":4}',
    );
  });

  test("writes numbers the one way ECMAScript does", () => {
    expect(canonicalJson([-0, 0.1, 1e-7, 333333333.3333333, 4820000])).toBe(
      "[0,0.1,1e-7,333333333.3333333,4820000]",
    );
  });

  test.each([
    ["undefined", undefined],
    ["NaN", Number.NaN],
    ["infinity", Number.POSITIVE_INFINITY],
    ["an unsafe integer", 2 ** 53],
    ["a lone surrogate", "\ud800"],
    ["a lone surrogate in a key", { "\udc00": 1 }],
    ["undefined in an array", [undefined]],
    ["a date", new Date(0)],
    ["a map", new Map()],
    ["a bigint", 1n],
    ["a function", () => 1],
    ["nested trouble", { a: [{ b: Number.NaN }] }],
  ])("refuses %s", (_, value) => {
    expect(() => canonicalJson(value)).toThrow(
      expect.toSatisfy(
        (error: unknown) => isCountersignError(error) && error.code === "NOT_CANONICAL",
      ),
    );
  });

  test("refuses a hole in an array", () => {
    expect(() => canonicalJson(Array.from({ length: 1 }))).toThrow(/undefined|symbol/);
  });

  test("leaves out keys whose value is undefined", () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  test("P2: says the same of equal values, whatever the order of their keys", () => {
    const json = fc.jsonValue({ maxDepth: 3 }).filter((value) => {
      try {
        canonicalJson(value);
        return true;
      } catch {
        return false;
      }
    });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), (value) => {
        const clean = Object.fromEntries(
          Object.entries(value).filter(([key]) => key.isWellFormed() && key !== "__proto__"),
        );
        const turned = Object.fromEntries(Object.entries(clean).toReversed());
        expect(contentHash(turned)).toBe(contentHash(clean));
        const text = canonicalJson(clean);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  test("P2: one changed leaf is another hash", () => {
    const payload = { amount: { minor: 4820000, currency: "EUR" }, target: "INV-1" };
    const hashes = [
      payload,
      { ...payload, target: "INV-1 " },
      { ...payload, target: "INV-1\u200b" },
      { ...payload, target: "\u0399NV-1" },
      { ...payload, amount: { minor: 4820001, currency: "EUR" } },
      { ...payload, amount: { minor: "4820000", currency: "EUR" } },
    ].map(contentHash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test("the hash is plain sha256 over the UTF-8 text", () => {
    expect(contentHash({})).toBe(
      "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    );
  });
});

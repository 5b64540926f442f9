import * as fc from "fast-check";
import { expect, test } from "vitest";
import { plainText } from "./plain-text.ts";

test("words we did not write lose everything invisible", () => {
  expect(plainText("Ana\u202e\u200b Kovac\u{e0041}\u0000\ufe0f", 80)).toBe("Ana Kovac");
  expect(plainText("one\n\n# two\ttabs\u2028three", 80)).toBe("one # two tabs three");
  expect(plainText("ＡＢＣ ﬁ", 80)).toBe("ABC fi");
  expect(plainText("Žiga Müller 日本 😀", 80)).toBe("Žiga Müller 日本 😀");
});

test("too long is cut with a sign, never inside a character", () => {
  expect(plainText("abcdef", 6)).toBe("abcdef");
  expect(plainText("abcdefg", 6)).toBe("abcde…");
  expect(plainText("😀😀😀", 2)).toBe("😀…");
  expect(plainText(plainText("abcdefg", 6), 80)).toBe("abcde…");
});

test("cleaning twice changes nothing, and the result is one well-formed line within its limit", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 50 }), (text, max) => {
      const clean = plainText(text, max);
      expect(plainText(clean, max)).toBe(clean);
      expect(clean.isWellFormed()).toBe(true);
      expect(Array.from(clean).length).toBeLessThanOrEqual(max);
      expect(clean).not.toMatch(/[\n\r\u200b\u202e]/);
    }),
  );
});

import { assert, integer, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { hostile } from "../test-views.ts";
import { clean, clip, hasHidden, link, plain, quote, when } from "./words.ts";

describe("foreign text", () => {
  test("loses hidden characters, keeps its words and its lines", () => {
    expect(hostile.map(clean)).toMatchInlineSnapshot(`
      [
        "<!channel> <@U0ADMIN> <https://evil.example|Approve>",
        "*Approved* by _Dana_ \`ok\` ~no~ :white_check_mark:",
        "pay gnp.eciovni now",
        "<!here> &lt; [31m",
        "line one
      line two
      line three",
        "a&b <b> � z̵̶̷algo",
        "https://evil.example/approve",
      ]
    `);
  });

  test("as part of mrkdwn it can neither ping, link, format nor show an emoji", () => {
    expect(hostile.map((text) => quote(text))).toMatchInlineSnapshot(`
      [
        "&lt;!channel&gt; &lt;@U0ADMIN&gt; &lt;https://evil.example|Approve&gt;",
        "∗Approved∗ by ˍDanaˍ ˋokˋ ∼no∼ ∶white_check_mark∶",
        "pay gnp.eciovni now",
        "&lt;!here&gt; &amp;lt; [31m",
        "line one line two line three",
        "a&amp;b &lt;b&gt; � z̵̶̷algo",
        "https://evil.example/approve",
      ]
    `);
  });

  test("keeps identifiers with underscores and times as they are", () => {
    expect(quote("INV_1042_a at 10:14:22")).toBe("INV_1042_a at 10:14:22");
  });

  test("never holds markup or more characters than asked for, whatever it is", () => {
    assert(
      property(
        string({ unit: "binary", maxLength: 400 }),
        integer({ min: 8, max: 300 }),
        (text, limit) => {
          const quoted = quote(text, limit);
          expect(quoted.length).toBeLessThanOrEqual(limit);
          expect(quoted).not.toMatch(/[<>*`~\n]|&(?!amp;|lt;|gt;)/);
          expect(hasHidden(quoted)).toBe(false);
          expect(quoted.isWellFormed()).toBe(true);
        },
      ),
    );
  });

  test("is cleaned once and for all: cleaning again changes nothing", () => {
    assert(
      property(string({ unit: "binary", maxLength: 200 }), (text) => {
        expect(clean(clean(text))).toBe(clean(text));
        expect(hasHidden(clean(text))).toBe(false);
      }),
    );
  });

  test("hidden characters are noticed, line ends and accents are not", () => {
    expect(["a\u200Bb", "a\u202Eb", "a\u{E0041}", "a\u0000", "a\ud800"].map(hasHidden)).toEqual(
      Array(5).fill(true),
    );
    expect(["a\r\nb", "Žofie Müller", "5 €", "a…", ""].map(hasHidden)).toEqual(
      Array(5).fill(false),
    );
  });
});

test("clip never cuts a surrogate pair in half", () => {
  expect(clip("ab😀cd", 4)).toBe("ab…");
  expect(clip("abcd", 4)).toBe("abcd");
});

test("empty text becomes a dash, because Slack wants at least one character", () => {
  expect(plain("\u200B", 10)).toEqual({ type: "plain_text", text: "–", emoji: false });
});

test("links are http or https, hold no credentials and cannot close themselves", () => {
  expect(
    [
      "https://psa.example/x?a=1&b=2",
      "https://psa.example/a|b>c",
      "javascript:alert(1)",
      "https://user:pass@psa.example/",
      `https://psa.example/${"x".repeat(400)}`,
      "not a link",
      null,
    ].map((url) => link(url, "open <it>")),
  ).toEqual([
    "<https://psa.example/x?a=1&amp;b=2|open &lt;it&gt;>",
    "<https://psa.example/a%7Cb%3Ec|open &lt;it&gt;>",
    "",
    "",
    "",
    "",
    "",
  ]);
});

test("an instant is shown in the reader's zone, in UTC where Slack cannot", () => {
  expect(when("2026-11-23T10:00:00.000Z")).toBe(
    "<!date^1795428000^{date_short_pretty} {time}|2026-11-23 10:00 UTC>",
  );
});

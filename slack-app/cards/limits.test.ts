import type { KnownBlock } from "@slack/types";
import { describe, expect, test } from "vitest";
import { blockProblems, fit, limits, optional, view } from "./limits.ts";
import { cell, label, marked, plain } from "./words.ts";

const section = (text: string): KnownBlock => ({ type: "section", text: plain(text, 9000) });
const id = (block: KnownBlock, name: string): KnownBlock => ({ ...block, block_id: name });

describe("what Slack would refuse is refused here", () => {
  const wrong: Record<string, KnownBlock[]> = {
    "no blocks": [],
    "too many": Array.from({ length: 51 }, (_, index) => id(section("x"), String(index))),
    "the same id twice": [id(section("x"), "a"), id(section("y"), "a")],
    "a long header": [{ type: "header", block_id: "a", text: plain("x".repeat(151), 200) }],
    "an image": [{ type: "image", block_id: "a", image_url: "https://x.example/a", alt_text: "a" }],
    "an emoji text": [
      { type: "section", block_id: "a", text: { type: "plain_text", text: ":x:", emoji: true } },
    ],
    "parsed mrkdwn": [{ type: "section", block_id: "a", text: { type: "mrkdwn", text: "x" } }],
    "a link button": [
      {
        type: "actions",
        block_id: "a",
        elements: [
          { type: "button", action_id: "x", text: label("x", 75), url: "https://x.example" },
        ],
      },
    ],
    "an action twice": [
      {
        type: "actions",
        block_id: "a",
        elements: ["x", "x"].map((action_id) => ({
          type: "button" as const,
          action_id,
          value: "1",
          text: label("x", 75),
        })),
      },
    ],
    "two tables": ["a", "b"].map((name) => ({
      type: "table" as const,
      block_id: name,
      rows: [[cell("x")]],
    })),
    "a ragged table": [
      { type: "table", block_id: "a", rows: [[cell("x")], [cell("y"), cell("z")]] },
    ],
    "too much text": Array.from({ length: 5 }, (_, n) => id(section("x".repeat(2900)), String(n))),
    "an input in a message": [
      {
        type: "input",
        block_id: "a",
        label: label("x", 10),
        element: { type: "plain_text_input", action_id: "x" },
      },
    ],
  };
  test.each(Object.entries(wrong))("%s", (_, blocks) => {
    expect(blockProblems(blocks, "message").length).toBeGreaterThan(0);
  });

  test("and what it takes is taken", () => {
    expect(blockProblems([id(section("x"), "a")], "message")).toEqual([]);
    expect(blockProblems([{ type: "table", block_id: "a", rows: [[cell("x")]] }], "view")).toEqual([
      "a view holds no table",
    ]);
  });
});

describe("degrading", () => {
  test("clip-text shortens a plain text that is too long", () => {
    const { blocks, applied } = fit([section("x".repeat(4000))], "message");
    expect(applied).toEqual(["clip-text"]);
    expect(blocks[0]?.type === "section" && blocks[0].text?.text).toHaveLength(limits.section);
  });

  test("drop-optional-blocks leaves out the last optional block first, never another", () => {
    const long = "x".repeat(2500);
    const { blocks, applied } = fit(
      [
        section(long),
        optional(section(`${long}a`)),
        optional(section(`${long}b`)),
        section(long),
        section(long),
        section("end"),
      ],
      "message",
    );
    expect(applied).toEqual(["drop-optional-blocks"]);
    expect(blocks).toHaveLength(5);
    expect(JSON.stringify(blocks)).toContain("xa");
    expect(JSON.stringify(blocks)).not.toContain("xb");
  });

  test("what still does not fit is an error of ours, not a message cut at will", () => {
    const long = Array.from({ length: 5 }, () => section("x".repeat(2900)));
    expect(() => fit(long, "message")).toThrow(/does not fit Slack's limits/);
    expect(() =>
      view({
        type: "modal",
        title: label("x", 24),
        private_metadata: "x".repeat(3001),
        blocks: [{ type: "section", text: marked("x") }],
      }),
    ).toThrow(/private_metadata/);
  });
});

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blockLimits } from "./block-limits.ts";
import { checkBlocks, checkView } from "./check-blocks.ts";
import type { Fields } from "./fields.ts";

const plain = (n: number): Fields => ({ type: "plain_text", text: "x".repeat(n) });
const mrkdwn = (n: number): Fields => ({ type: "mrkdwn", text: "x".repeat(n) });
const button = (more: Fields = {}): Fields => ({
  type: "button",
  action_id: "a",
  text: plain(4),
  ...more,
});
const actions = (...elements: Fields[]): Fields => ({ type: "actions", elements });
const times = (n: number, make: (at: number) => Fields): Fields[] =>
  Array.from({ length: n }, (_, at) => make(at));
const option = (at: number, more: Fields = {}): Fields => ({
  text: plain(3),
  value: `v${at}`,
  ...more,
});
const input = (element: Fields): Fields => ({ type: "input", label: plain(5), element });
const cell = (n = 1): Fields => ({ type: "raw_text", text: "x".repeat(n) });
const max = blockLimits;

/** For each limit, blocks with this size; the limit itself must pass and one more must not. */
const limits: readonly [name: string, most: number, make: (size: number) => Fields[]][] = [
  ["blocks in a message", max.messageBlocks, (n) => times(n, () => ({ type: "divider" }))],
  ["section text", max.sectionText, (n) => [{ type: "section", text: mrkdwn(n) }]],
  [
    "section fields",
    max.sectionFields,
    (n) => [{ type: "section", fields: times(n, () => mrkdwn(1)) }],
  ],
  ["section field", max.sectionField, (n) => [{ type: "section", fields: [mrkdwn(n)] }]],
  ["header", max.header, (n) => [{ type: "header", text: plain(n) }]],
  ["alert text", max.alertText, (n) => [{ type: "alert", text: mrkdwn(n) }]],
  ["card body", max.cardBody, (n) => [{ type: "card", body: mrkdwn(n) }]],
  [
    "card actions",
    max.cardActions,
    (n) => [{ type: "card", actions: times(n, (at) => button({ action_id: `a${at}` })) }],
  ],
  [
    "actions elements",
    max.actionsElements,
    (n) => [actions(...times(n, (at) => button({ action_id: `a${at}` })))],
  ],
  [
    "context elements",
    max.contextElements,
    (n) => [{ type: "context", elements: times(n, () => mrkdwn(1)) }],
  ],
  [
    "carousel",
    max.carouselCards,
    (n) => [{ type: "carousel", elements: times(n, () => ({ type: "card", body: mrkdwn(1) })) }],
  ],
  [
    "container",
    max.containerChildren,
    (n) => [
      { type: "container", title: plain(1), child_blocks: times(n, () => ({ type: "divider" })) },
    ],
  ],
  [
    "table rows",
    max.tableRows,
    (n) => [{ type: "table", rows: Array.from({ length: n }, () => [cell()]) }],
  ],
  ["table columns", max.tableColumns, (n) => [{ type: "table", rows: [times(n, () => cell())] }]],
  ["markdown", max.markdown, (n) => [{ type: "markdown", text: "x".repeat(n) }]],
  [
    "markdown in all",
    max.markdown,
    (n) => [
      { type: "markdown", text: "x" },
      { type: "markdown", text: "x".repeat(n - 1) },
    ],
  ],
  ["button text", max.buttonText, (n) => [actions(button({ text: plain(n) }))]],
  ["button value", max.buttonValue, (n) => [actions(button({ value: "x".repeat(n) }))]],
  ["button url", max.url, (n) => [actions(button({ url: `https://${"x".repeat(n - 8)}` }))]],
  ["action_id", max.id, (n) => [actions(button({ action_id: "x".repeat(n) }))]],
  ["block_id", max.id, (n) => [{ type: "divider", block_id: "x".repeat(n) }]],
  [
    "confirm title",
    max.confirmTitle,
    (n) => [actions(button({ confirm: { title: plain(n), text: plain(1) } }))],
  ],
  ["confirm text", max.confirmText, (n) => [actions(button({ confirm: { text: plain(n) } }))]],
  [
    "confirm button",
    max.confirmButton,
    (n) => [actions(button({ confirm: { text: plain(1), confirm: plain(n) } }))],
  ],
  ["options", max.options, (n) => [actions({ type: "static_select", options: times(n, option) })]],
  [
    "option text",
    max.optionText,
    (n) => [actions({ type: "overflow", options: [option(1, { text: plain(n) })] })],
  ],
  [
    "option value",
    max.optionValue,
    (n) => [actions({ type: "overflow", options: [option(1, { value: "x".repeat(n) })] })],
  ],
  [
    "overflow",
    max.overflowOptions,
    (n) => [actions({ type: "overflow", options: times(n, option) })],
  ],
  [
    "radio buttons",
    max.choiceOptions,
    (n) => [actions({ type: "radio_buttons", options: times(n, option) })],
  ],
  ["text input", max.plainTextInput, (n) => [input({ type: "plain_text_input", max_length: n })]],
];

describe("every limit of Block Kit", () => {
  test.each(limits)("%s: %i fits and one more does not", (_name, most, make) => {
    expect(checkBlocks(make(most), "message")).toEqual([]);
    const problems = checkBlocks(make(most + 1), "message");
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]).toMatch(/^\[ERROR\] .+ \[json-pointer:\/blocks/);
  });

  test("a view holds a hundred blocks, short titles and 3000 characters of private metadata", () => {
    const view = (more: Fields): Fields => ({
      type: "modal",
      title: plain(24),
      blocks: [],
      ...more,
    });
    expect(checkView(view({ private_metadata: "x".repeat(3000) }))).toEqual([]);
    expect(checkView(view({ blocks: times(100, () => ({ type: "divider" })) }))).toEqual([]);
    expect(checkView(view({ private_metadata: "x".repeat(3001) }))).toHaveLength(1);
    expect(checkView(view({ title: plain(25) }))).toHaveLength(1);
    expect(checkView(view({ submit: plain(25) }))).toHaveLength(1);
    expect(checkView(view({ blocks: times(101, () => ({ type: "divider" })) }))).toHaveLength(1);
    expect(checkView(view({ blocks: [input({ type: "plain_text_input" })] }))).toHaveLength(1);
    expect(checkView({ type: "popup" })).toHaveLength(1);
  });
});

test.each<[string, unknown[]]>([
  ["an unknown block", [{ type: "blink" }]],
  ["a block without a type", [{}]],
  ["an inherited name as a type", [{ type: "constructor" }]],
  ["an unknown field", [{ type: "divider", colour: "red" }]],
  ["mrkdwn in a header", [{ type: "header", text: mrkdwn(3) }]],
  ["an empty text", [{ type: "section", text: mrkdwn(0) }]],
  ["an empty table cell", [{ type: "table", rows: [[cell(0)]] }]],
  ["a section without words", [{ type: "section" }]],
  ["one action_id twice in a block", [actions(button(), button())]],
  [
    "one block_id twice",
    [
      { type: "divider", block_id: "a" },
      { type: "divider", block_id: "a" },
    ],
  ],
  [
    "an alert inside a container",
    [{ type: "container", title: plain(1), child_blocks: [{ type: "alert", text: plain(1) }] }],
  ],
  ["a script as a link", [actions(button({ url: "javascript:alert(1)" }))]],
  ["a select without options", [actions({ type: "static_select" })]],
  [
    "a preset that is not an option",
    [actions({ type: "static_select", options: [option(1)], initial_option: option(2) })],
  ],
  ["an unknown style", [actions(button({ style: "loud" }))]],
])("%s is refused", (_name, blocks) => {
  expect(checkBlocks(blocks, "message").length).toBeGreaterThan(0);
});

test("no JSON makes the check throw", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(checkBlocks([value], "message").length).toBeGreaterThan(0);
      expect(Array.isArray(checkBlocks(value, "home"))).toBe(true);
    }),
  );
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { escapeHtml } from "./html.ts";
import { markdown } from "./markdown.ts";
import { mrkdwn } from "./mrkdwn.ts";
import { renderBlocks } from "./render-blocks.ts";
import { renderChannel } from "./render-message.ts";
import type { Rendering } from "./rendering.ts";

const hostileName = '"><script>alert(1)</script>';
const rendering: Rendering = {
  me: "U1",
  tz: "Europe/Berlin",
  now: Date.UTC(2026, 10, 23, 10, 0),
  nameOf: (id) => (id === "U1" ? "Dana" : hostileName),
  channelName: () => "apollo",
  people: [{ id: "U2", name: hostileName }],
};

/** Reads markup as a browser's tokenizer would, strictly: every tag and attribute must be on the list. */
function strangeTags(markup: string): string[] {
  const allowed =
    /^<\/?(a|article|b|blockquote|br|button|caption|code|details|div|em|figcaption|figure|h2|h3|h4|hr|i|img|input|label|li|ol|optgroup|option|p|pre|s|select|small|span|strong|summary|table|tbody|td|textarea|th|thead|time|tr|ul)((\s+[a-z-]+(="[^"<>]*")?)*)\s*\/?>$/;
  const tags = markup.match(/<(?:"[^"]*"|[^">])*>?/g) ?? [];
  return tags.filter((tag) => {
    const parsed = allowed.exec(tag);
    return (
      !parsed || /\son[a-z]+=|javascript:|style=/i.test(parsed[2]?.replace(/="[^"]*"/g, "=") ?? "")
    );
  });
}

function hrefs(markup: string): string[] {
  return [...markup.matchAll(/(?:href|src|data-url)="([^"]*)"/g)].map((one) => one[1] ?? "");
}

const nasty = fc.string({
  unit: fc.constantFrom(
    ...Array.from("<>&\"'`*_~|[]()!#@:/\\\n \uE000\uE001019ab-"),
    "<script>",
    "javascript:alert(1)",
    "https://x.test/",
    '" onmouseover="alert(1)',
    "](https://e.test)",
    "[a](https://b/onmouseover=alert(1)//)",
    "```",
    "<!date^1718000000^{date}|",
    "<@U2>",
    "&lt;img src=x onerror=alert(1)&gt;",
  ),
  maxLength: 40,
});

test("no text becomes a tag, an attribute or a script, whichever way it comes in", () => {
  fc.assert(
    fc.property(nasty, (text) => {
      const blocks = [
        { type: "section", text: { type: "mrkdwn", text }, fields: [{ type: "plain_text", text }] },
        { type: "header", block_id: text, text: { type: "plain_text", text } },
        { type: "markdown", text },
        { type: text, text },
        { type: "table", rows: [[{ type: "raw_text", text }], [{ type: "raw_text", text }]] },
        { type: "alert", level: text, text: { type: "mrkdwn", text } },
        { type: "image", image_url: text, alt_text: text },
        {
          type: "actions",
          elements: [
            {
              type: "button",
              action_id: text,
              value: text,
              url: text,
              text: { type: "plain_text", text },
              confirm: { text: { type: "mrkdwn", text } },
            },
            { type: "users_select", action_id: text },
            { type: "overflow", options: [{ value: text, text: { type: "plain_text", text } }] },
          ],
        },
        {
          type: "input",
          block_id: "b",
          label: { type: "plain_text", text },
          element: {
            type: "plain_text_input",
            multiline: true,
            initial_value: text,
            placeholder: { type: "plain_text", text },
          },
        },
        {
          type: "rich_text",
          elements: [
            {
              type: "rich_text_section",
              elements: [
                { type: "text", text },
                { type: "link", url: text, text },
              ],
            },
          ],
        },
        { type: "task_card", title: text, status: text, sources: [{ url: text, text }] },
      ];
      const message = { ts: "1800000000.000001", user: "U2", text, blocks };
      const markup = [
        renderChannel([message, { ...message, blocks: [] }], rendering),
        renderBlocks(blocks, rendering, { b: text }).markup,
        mrkdwn(text, rendering).markup,
        markdown(text).markup,
      ].join("");
      expect(strangeTags(markup)).toEqual([]);
      for (const address of hrefs(markup)) expect(address).toMatch(/^(https?:\/\/|mailto:)/i);
    }),
    { numRuns: 400 },
  );
});

test("a hostile name stays a name", () => {
  const markup = renderChannel(
    [{ ts: "1800000000.000001", user: "U2", text: "hi <@U2>" }],
    rendering,
  );
  expect(markup).not.toContain("<script>");
  expect(markup).toContain(escapeHtml(hostileName));
});

test("mrkdwn shows what its author meant", () => {
  const show = (text: string): string => mrkdwn(text, rendering).markup;
  expect(show("*bold* _it_ ~no~ `a*b*`")).toBe(
    "<strong>bold</strong> <em>it</em> <s>no</s> <code>a*b*</code>",
  );
  expect(show("2*3*4 snake_case_name")).toBe("2*3*4 snake_case_name");
  expect(show("a &amp;&lt; b\nc")).toBe("a &amp;&lt; b<br>c");
  expect(show("• one\n• two")).toBe("<ul><li>one</li><li>two</li></ul>");
  expect(show("&gt; said")).toBe("<blockquote>said</blockquote>");
  expect(show("<https://x.test/?a=1&amp;b=2|*docs*>")).toBe(
    '<a href="https://x.test/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">*docs*</a>',
  );
  expect(show("<javascript:alert(1)|docs>")).toBe("docs");
  expect(show("<@U1> <!channel>")).toContain("mention-me");
  const seconds = Date.UTC(2026, 10, 24, 9, 30) / 1000;
  expect(show(`<!date^${seconds}^{date_short_pretty} {time}|then>`)).toContain(">tomorrow 10:30<");
  expect(show("<!date^nonsense^{date}|then>")).toBe("then");
});

test("markdown shows headings, lists, tables and code", () => {
  const markup = markdown(
    "# Late\n\n- a **b**\n- c\n\n| K | V |\n|---|---|\n| x | `y` |\n\n```\n<b>\n```",
  ).markup;
  expect(markup).toBe(
    '<h3>Late</h3><ul><li class="level-0">a <strong>b</strong></li><li class="level-0">c</li></ul>' +
      '<div class="table-scroll"><table><thead><tr><th>K</th><th>V</th></tr></thead>' +
      "<tbody><tr><td>x</td><td><code>y</code></td></tr></tbody></table></div><p><pre>&lt;b&gt;</pre></p>",
  );
});

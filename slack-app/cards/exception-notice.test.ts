import { array, assert, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { ExceptionId } from "#/domain/ids.ts";
import { answer, delay, facts, hostile, mrkdwnOf, proposal, tenant } from "../test-views.ts";
import { daysThatSum, exceptionNotice } from "./exception-notice.ts";
import { blockProblems } from "./limits.ts";

const exception = {
  tenant,
  id: ExceptionId.parse("X-7K3M2Q"),
  kind: "invoice-delay" as const,
  subject: { system: "erp" as const, type: "invoice", id: "INV-1042" },
  title: "Invoice INV-1042 for Aurora Health is late",
  state: "open" as const,
  openedAt: "2026-11-23T10:00:00.000Z",
  closedAt: null,
};

test("the notice says what is late, days by cause that add up, what is next and where to look", () => {
  const notice = exceptionNotice({
    exception,
    delay: delay(),
    proposals: [proposal()],
    explanation: answer(),
  });
  expect(notice).toMatchInlineSnapshot(`
    {
      "blocks": [
        {
          "block_id": "0.bd900e2f147b",
          "text": {
            "emoji": false,
            "text": "Invoice INV-1042 for Aurora Health is late",
            "type": "plain_text",
          },
          "type": "header",
        },
        {
          "block_id": "1.b3e498c8be32",
          "text": {
            "text": "*Late*: 2.3 working days since <!date^1793610000^{date_short_pretty}|2 Nov 2026>, as of <!date^1795428000^{date_short_pretty} {time}|2026-11-23 10:00 UTC>
    Aurora Health, Apollo · EUR 48,200.00 net · ERP invoice INV-1042, approved",
            "type": "mrkdwn",
            "verbatim": true,
          },
          "type": "section",
        },
        {
          "block_id": "2.987b5b9d7f9c",
          "column_settings": [
            {
              "is_wrapped": true,
            },
            {
              "align": "right",
            },
            {},
            {},
          ],
          "rows": [
            [
              {
                "text": "Cause",
                "type": "raw_text",
              },
              {
                "text": "Working days",
                "type": "raw_text",
              },
              {
                "text": "Now",
                "type": "raw_text",
              },
              {
                "text": "Confidence",
                "type": "raw_text",
              },
            ],
            [
              {
                "text": "Timesheets missing (INV-1)",
                "type": "raw_text",
              },
              {
                "text": "1.0",
                "type": "raw_text",
              },
              {
                "text": "over",
                "type": "raw_text",
              },
              {
                "text": "high",
                "type": "raw_text",
              },
            ],
            [
              {
                "text": "Waits for release (INV-8)",
                "type": "raw_text",
              },
              {
                "text": "1.0",
                "type": "raw_text",
              },
              {
                "text": "still open",
                "type": "raw_text",
              },
              {
                "text": "high",
                "type": "raw_text",
              },
            ],
            [
              {
                "text": "Unexplained",
                "type": "raw_text",
              },
              {
                "text": "0.3",
                "type": "raw_text",
              },
              {
                "text": "–",
                "type": "raw_text",
              },
              {
                "text": "–",
                "type": "raw_text",
              },
            ],
            [
              {
                "text": "Together",
                "type": "raw_text",
              },
              {
                "text": "2.3",
                "type": "raw_text",
              },
              {
                "text": "–",
                "type": "raw_text",
              },
              {
                "text": "–",
                "type": "raw_text",
              },
            ],
          ],
          "type": "table",
        },
        {
          "block_id": "3.9a30b502ce22",
          "text": {
            "text": "Invoice INV-1042 is approved and not issued. [1]",
            "type": "mrkdwn",
            "verbatim": true,
          },
          "type": "section",
        },
        {
          "block_id": "optional.4.4ca6e6f6ff5c",
          "elements": [
            {
              "text": "Worded by fixed rules, no AI",
              "type": "mrkdwn",
              "verbatim": true,
            },
          ],
          "type": "context",
        },
        {
          "block_id": "optional.5.a9fb3b68287d",
          "elements": [
            {
              "text": "[1] ERP invoice INV-1042: state approved · read <!date^1795428000^{date_short_pretty} {time}|2026-11-23 10:00 UTC> · <https://erp.example/invoices/INV-1042|open>",
              "type": "mrkdwn",
              "verbatim": true,
            },
          ],
          "type": "context",
        },
        {
          "block_id": "6.d9d27ae648ca",
          "text": {
            "text": "*Next steps proposed*
    • Release invoice INV-1042 to Aurora Health (P-7K3M2Q): *Waiting* for a decision.
    Whoever may decide has a card from me in their direct messages. How it ends is told in this thread.",
            "type": "mrkdwn",
            "verbatim": true,
          },
          "type": "section",
        },
        {
          "block_id": "optional.7.dbe27c409b43",
          "elements": [
            {
              "text": "<https://erp.example/invoices/INV-1042|ERP invoice INV-1042>",
              "type": "mrkdwn",
              "verbatim": true,
            },
          ],
          "type": "context",
        },
        {
          "block_id": "8.b939d2b27888",
          "elements": [
            {
              "text": "Mention me in this thread to ask about INV-1042: why it is late, or what to do · case X-7K3M2Q · rules 2026-11",
              "type": "mrkdwn",
              "verbatim": true,
            },
          ],
          "type": "context",
        },
      ],
      "text": "Invoice INV-1042 for Aurora Health is late",
    }
  `);
});

test("P6: a missing source is said, and the status is not known rather than fine", () => {
  const { blocks } = exceptionNotice({
    exception,
    delay: delay({
      status: "unknown",
      window: null,
      causes: [],
      gaps: ["The PSA did not answer."],
    }),
    proposals: [],
    explanation: null,
  });
  const all = JSON.stringify(blocks);
  expect(all).toContain("Not known");
  expect(all).toContain("The PSA did not answer.");
});

test("days as shown add up to the total as shown, unexplained included", () => {
  assert(
    property(
      array(integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 8 }),
      integer({ min: 60, max: 600 }),
      (minutes, perDay) => {
        const tenths = daysThatSum(minutes, perDay).map((text) => Math.round(Number(text) * 10));
        const total = minutes.reduce((sum, part) => sum + part, 0);
        const shown = Number(daysThatSum([total], perDay)[0]);
        expect(tenths.reduce((sum, part) => sum + part, 0)).toBe(Math.round(shown * 10));
        for (const [index, part] of minutes.entries())
          expect(Math.abs((tenths[index] ?? 0) / 10 - part / perDay)).toBeLessThan(0.1 + 1e-9);
      },
    ),
  );
});

test("hostile names stay names", () => {
  for (const evil of hostile) {
    const { text, blocks } = exceptionNotice({
      exception: { ...exception, title: evil },
      delay: delay({
        gaps: [evil],
        invoice: { ...delay().invoice, clientName: evil, projectName: evil, state: evil },
        causes: delay().causes.map((cause) => ({ ...cause, title: evil })),
        evidence: facts.map((fact) => ({ ...fact, url: `https://psa.example/${evil}` })),
      }),
      proposals: [proposal()],
      explanation: answer({ sentences: [{ text: evil, evidence: [] }] }),
    });
    expect(blockProblems(blocks, "message")).toEqual([]);
    expect([text, ...mrkdwnOf(blocks)].join()).not.toMatch(/<!(?!date)|<@|<https:\/\/evil/);
  }
});

import { expect, test } from "vitest";
import { ProposalId } from "#/domain/ids.ts";
import { answer, facts, hostile, withoutIds } from "../test-views.ts";
import { answerMessage } from "./answer-message.ts";
import { blockProblems } from "./limits.ts";

test("P5: every sentence points to numbered facts with record, value, time and link", () => {
  const [state, net] = facts;
  const { blocks } = answerMessage(
    answer({
      sentences: [
        { text: "It is worth EUR 48,200.00.", evidence: net ? [net.id] : [] },
        { text: "It is approved, not issued.", evidence: state && net ? [state.id, net.id] : [] },
      ],
      droppedClaims: 2,
      proposals: [ProposalId.parse("P-7K3M2Q")],
    }),
  );
  expect(withoutIds(blocks)).toMatchInlineSnapshot(`
    [
      {
        "block_id": undefined,
        "text": {
          "text": "It is worth EUR 48,200.00. [1]
    It is approved, not issued. [1]",
          "type": "mrkdwn",
          "verbatim": true,
        },
        "type": "section",
      },
      {
        "block_id": undefined,
        "elements": [
          {
            "text": "[1] ERP invoice INV-1042: state approved · net EUR 48,200.00 · read <!date^1795428000^{date_short_pretty} {time}|2026-11-23 10:00 UTC> · <https://erp.example/invoices/INV-1042|open>",
            "type": "mrkdwn",
            "verbatim": true,
          },
        ],
        "type": "context",
      },
      {
        "block_id": undefined,
        "text": {
          "text": "Proposed: P-7K3M2Q. Nothing changes before the people named on the card have approved it.",
          "type": "mrkdwn",
          "verbatim": true,
        },
        "type": "section",
      },
      {
        "block_id": undefined,
        "elements": [
          {
            "text": "Answered by fixed rules, no AI · 2 claims were left out for lack of evidence",
            "type": "mrkdwn",
            "verbatim": true,
          },
        ],
        "type": "context",
      },
    ]
  `);
});

test("an answer without sentences says that nothing could be backed", () => {
  expect(answerMessage(answer({ sentences: [], evidence: [] })).text).toBe(
    "I found nothing that I could back with evidence.",
  );
});

test("a long answer with hostile words still fits, and says what it left out", () => {
  const [fact] = facts;
  const { blocks } = answerMessage(
    answer({
      sentences: Array.from({ length: 80 }, (_, index) => ({
        text: `${hostile[index % hostile.length]} ${"word ".repeat(80)}`,
        evidence: fact ? [fact.id] : [],
      })),
    }),
  );
  expect(blockProblems(blocks, "message")).toEqual([]);
  expect(JSON.stringify(blocks)).toMatch(/more sentences/);
  expect(JSON.stringify(blocks)).not.toMatch(/<!(?!date)|<@/);
});

import type { AnyBlock, KnownBlock } from "@slack/types";
import { describe, expect, test } from "vitest";
import { observe } from "#/domain/evidence.ts";
import { hostile, invoiceSource, mrkdwnOf, payload, view, withoutIds } from "../test-views.ts";
import { evidenceModal, evidenceRefused, evidenceSkeleton } from "./evidence-modal.ts";
import { homePageSize, homeRefused, homeView } from "./home-view.ts";
import { blockProblems } from "./limits.ts";
import { outcomeMessage } from "./outcome-message.ts";
import { readRejection, rejectModal, rejectReasons } from "./reject-modal.ts";
import {
  type PendingVote,
  readCode,
  readPendingVote,
  secondFactorButton,
  secondFactorModal,
} from "./second-factor-modal.ts";
import { readValue, voteValue } from "./vote-value.ts";

const value = voteValue(view().proposal);
const place = { channel: "D1", message: "1.1", thread: "1.1" };
const known = ({ blocks }: { blocks: AnyBlock[] }) =>
  blocks.filter((block): block is KnownBlock => "type" in block);
const now = "2026-11-23T15:00:00.000Z";

describe("the inbox", () => {
  const waiting = (count: number) =>
    Array.from({ length: count }, (_, index) => view({ nonce: `n-${index}` }));

  test("counts what waits and what expires soon, with a row for each", () => {
    const { blocks } = homeView({ waiting: [view()], page: 0, now });
    expect(withoutIds(blocks)).toMatchInlineSnapshot(`
      [
        {
          "block_id": undefined,
          "text": {
            "emoji": false,
            "text": "Waiting for your decision",
            "type": "plain_text",
          },
          "type": "header",
        },
        {
          "block_id": undefined,
          "text": {
            "text": "*1* waits for you, *all* only for the next 4 hours. As of <!date^1795446000^{date_short_pretty} {time}|2026-11-23 15:00 UTC>.",
            "type": "mrkdwn",
            "verbatim": true,
          },
          "type": "section",
        },
        {
          "block_id": undefined,
          "type": "divider",
        },
        {
          "block_id": undefined,
          "text": {
            "text": "*Release invoice INV-1042 to Aurora Health*
      State: approved → issued · EUR 48,200.00",
            "type": "mrkdwn",
            "verbatim": true,
          },
          "type": "section",
        },
        {
          "block_id": undefined,
          "elements": [
            {
              "text": "Expires <!date^1795456800^{date_short_pretty} {time}|2026-11-23 18:00 UTC>",
              "type": "mrkdwn",
              "verbatim": true,
            },
            {
              "text": "So far 0 of 1 finance",
              "type": "mrkdwn",
              "verbatim": true,
            },
            {
              "text": "P-7K3M2Q version 1",
              "type": "mrkdwn",
              "verbatim": true,
            },
          ],
          "type": "context",
        },
        {
          "block_id": undefined,
          "elements": [
            {
              "action_id": "proposal.approve",
              "confirm": {
                "confirm": {
                  "emoji": false,
                  "text": "Approve",
                  "type": "plain_text",
                },
                "deny": {
                  "emoji": false,
                  "text": "Back",
                  "type": "plain_text",
                },
                "text": {
                  "emoji": false,
                  "text": "Release invoice INV-1042 to Aurora Health · state: approved → issued · EUR 48,200.00",
                  "type": "plain_text",
                },
                "title": {
                  "emoji": false,
                  "text": "Approve exactly this?",
                  "type": "plain_text",
                },
              },
              "style": "primary",
              "text": {
                "emoji": false,
                "text": "Approve",
                "type": "plain_text",
              },
              "type": "button",
              "value": "{"p":"P-7K3M2Q","v":1,"n":"nonce-1","h":"750e28045b079b9217d3d0755c16482ea1cab4bcd065d260551a5bc583a174cc"}",
            },
            {
              "action_id": "proposal.reject",
              "style": "danger",
              "text": {
                "emoji": false,
                "text": "Reject…",
                "type": "plain_text",
              },
              "type": "button",
              "value": "{"p":"P-7K3M2Q","v":1,"n":"nonce-1","h":"750e28045b079b9217d3d0755c16482ea1cab4bcd065d260551a5bc583a174cc"}",
            },
            {
              "action_id": "proposal.evidence",
              "text": {
                "emoji": false,
                "text": "Evidence",
                "type": "plain_text",
              },
              "type": "button",
              "value": "{"p":"P-7K3M2Q","v":1,"n":"nonce-1","h":"750e28045b079b9217d3d0755c16482ea1cab4bcd065d260551a5bc583a174cc"}",
            },
          ],
          "type": "actions",
        },
      ]
    `);
  });

  test("says when nothing waits", () => {
    expect(JSON.stringify(homeView({ waiting: [], page: 0, now }))).toContain("Nothing waits");
  });

  test("shows every proposal on exactly one page, however many there are", () => {
    for (const count of [1, homePageSize, homePageSize + 1, 3 * homePageSize]) {
      const pages = Math.ceil(count / homePageSize);
      const nonces = Array.from({ length: pages }, (_, page) =>
        homeView({ waiting: waiting(count), page, now }).blocks.flatMap((block) =>
          block.type === "actions" && "elements" in block
            ? [JSON.stringify(block.elements).match(/n-\d+/)?.[0] ?? ""]
            : [],
        ),
      ).flat();
      expect(new Set(nonces.filter((nonce) => nonce !== "")).size).toBe(count);
    }
  });

  test("a page that does not exist shows the last one", () => {
    const last = homeView({ waiting: waiting(30), page: 1, now });
    expect(homeView({ waiting: waiting(30), page: 99, now })).toEqual(last);
  });

  test("P2: what does not fit on a card cannot be approved from a row", () => {
    const long = view({
      payload: payload({
        effects: payload().effects.map((effect) => ({
          ...effect,
          after: "x".repeat(9000),
        })),
      }),
    });
    expect(JSON.stringify(homeView({ waiting: [long], page: 0, now }))).not.toContain(
      "proposal.approve",
    );
  });

  test("hostile words fit and stay words", () => {
    for (const evil of hostile.map((text) => text.toWellFormed())) {
      const rows = Array.from({ length: homePageSize }, () =>
        view({ payload: payload({ title: evil }) }),
      );
      expect(mrkdwnOf(homeView({ waiting: rows, page: 0, now })).join()).not.toMatch(
        /<!(?!date)|<@/,
      );
    }
    expect(homeRefused("No.").blocks).toHaveLength(1);
  });
});

describe("rejecting", () => {
  const submitted = (reason: string | null, words: string | null) => ({
    private_metadata: rejectModal(value, place).private_metadata ?? "",
    state: {
      values: {
        reason: { reason: { selected_option: reason === null ? null : { value: reason } } },
        words: { words: { value: words } },
      },
    },
  });

  test("takes a reason from the list and words, and remembers what it is about", () => {
    expect(readRejection(submitted("wrong-amount", "The rate is last year's."))).toEqual({
      ok: true,
      value,
      place,
      reason: "Wrong amount: The rate is last year's.",
    });
  });

  test("is refused field by field without them", () => {
    expect(readRejection(submitted(null, null))).toEqual({
      ok: false,
      errors: {
        reason: "Choose one of the reasons.",
        words: "Say why in 8 to 500 characters.",
      },
    });
    expect(readRejection(submitted("because", "long enough words"))).toMatchObject({ ok: false });
    expect(readRejection(submitted("other", "\u200B".repeat(20)))).toMatchObject({ ok: false });
    expect(
      readRejection({ ...submitted("other", "long enough words"), private_metadata: "{}" }),
    ).toMatchObject({ ok: false });
  });

  test("offers the closed list", () => {
    expect(Object.keys(rejectReasons)).toHaveLength(8);
  });
});

describe("the second factor", () => {
  const pending: PendingVote = { value, verdict: "reject", reason: '"'.repeat(500), place };

  test("carries the vote through a modal and through a button", () => {
    expect(readPendingVote(secondFactorModal(pending).private_metadata)).toEqual(pending);
    const [button] = secondFactorButton(pending).elements;
    expect(readPendingVote(button && "value" in button ? button.value : "")).toEqual(pending);
    expect(blockProblems([{ ...secondFactorButton(pending), block_id: "b" }], "message")).toEqual(
      [],
    );
  });

  test("takes six to eight digits, with spaces or dashes", () => {
    expect(["123456", "123 456", "12-34-56-78"].map(readCode)).toEqual([
      "123456",
      "123456",
      "12345678",
    ]);
    expect(["12345", "123456789", "abcdef", "", null, undefined].map(readCode)).toEqual(
      Array(6).fill(null),
    );
  });

  test("reads nothing that is not ours", () => {
    expect(["", "{}", "[]", "null", '{"value":1}'].map(readPendingVote)).toEqual(
      Array(5).fill(null),
    );
    expect(["", "{}", "x", '{"p":"P-7K3M2Q"}'].map(readValue)).toEqual(Array(4).fill(null));
  });
});

test("the evidence form lists facts and origins, and fits with hundreds of them", () => {
  const evidence = Array.from({ length: 300 }, (_, index) => ({
    ...observe(
      { ...invoiceSource, id: `INV-${Math.floor(index / 15)}` },
      `field${index}`,
      hostile[index % 5] ?? "",
    ),
    retrievedAt: `2026-11-23T10:${String(index % 3).padStart(2, "0")}:00.000Z`,
  }));
  const many = view({}, { evidence });
  expect(blockProblems(known(evidenceModal(many)), "view")).toEqual([]);
  expect(JSON.stringify(evidenceModal(many))).toContain("and 20 more in the console");
  expect(JSON.stringify(evidenceModal(view()))).toContain(view().proposal.payloadHash);
  expect(evidenceSkeleton().blocks).toHaveLength(1);
  expect(evidenceRefused("No.").blocks).toHaveLength(1);
});

test("the outcome names the change, the state, the voters and the audit line", () => {
  const done = view({ state: "done" }, { outcome: "Invoice INV-1042 is issued." });
  expect(outcomeMessage(done)).toMatchInlineSnapshot(`
    {
      "blocks": [
        {
          "block_id": "0.e471fb7bedc2",
          "text": {
            "text": "*Release invoice INV-1042 to Aurora Health*
    *Done.* Invoice INV-1042 is issued.",
            "type": "mrkdwn",
            "verbatim": true,
          },
          "type": "section",
        },
        {
          "block_id": "1.9df28a866a2f",
          "elements": [
            {
              "text": "P-7K3M2Q version 1 · payload 750e28045b07 · audit #41 0a1b2c3d4e5f",
              "type": "mrkdwn",
              "verbatim": true,
            },
          ],
          "type": "context",
        },
      ],
      "text": "Release invoice INV-1042 to Aurora Health: Done. Invoice INV-1042 is issued.",
    }
  `);
});

import type { KnownBlock } from "@slack/types";
import { describe, expect, test } from "vitest";
import { ProposalState, payloadHash } from "#/domain/proposal.ts";
import { dana, facts, hostile, mrkdwnOf, payload, view } from "../test-views.ts";
import { blockProblems } from "./limits.ts";
import { proposalCard } from "./proposal-card.ts";
import { readValue } from "./vote-value.ts";

const effect = {
  record: { system: "erp" as const, type: "invoice", id: "INV-1042" },
  field: "state",
  before: "approved",
  after: "issued",
};
const buttonsOf = (blocks: readonly KnownBlock[]) =>
  blocks.flatMap((block) => (block.type === "actions" ? block.elements : []));
const actionIds = (blocks: readonly KnownBlock[]) =>
  buttonsOf(blocks).map((element) => ("action_id" in element ? element.action_id : ""));
const valueOf = (blocks: readonly KnownBlock[], id: string) => {
  const found = buttonsOf(blocks).find((one) => "action_id" in one && one.action_id === id);
  return readValue(found && "value" in found ? found.value : undefined);
};

describe("the approval card", () => {
  test("shows the exact change, where it comes from, who decides, how to undo it, until when", () => {
    expect(proposalCard(view())).toMatchInlineSnapshot(`
      {
        "blocks": [
          {
            "block_id": "0.aca4f545b2ec",
            "text": {
              "emoji": false,
              "text": "Release invoice INV-1042 to Aurora Health",
              "type": "plain_text",
            },
            "type": "header",
          },
          {
            "block_id": "optional.1.2288ebf57bd4",
            "text": {
              "emoji": false,
              "text": "All blockers are gone, so the invoice can go out.",
              "type": "plain_text",
            },
            "type": "section",
          },
          {
            "block_id": "2.5c09647fc9b6",
            "elements": [
              {
                "text": "Worded by fixed rules, no AI · asked for by planner (agent) · against INV-8",
                "type": "mrkdwn",
                "verbatim": true,
              },
            ],
            "type": "context",
          },
          {
            "block_id": "3.330d8d9ff8e3",
            "column_settings": [
              {
                "is_wrapped": true,
              },
              {
                "is_wrapped": true,
              },
              {
                "is_wrapped": true,
              },
            ],
            "rows": [
              [
                {
                  "text": "What",
                  "type": "raw_text",
                },
                {
                  "text": "Now",
                  "type": "raw_text",
                },
                {
                  "text": "Afterwards",
                  "type": "raw_text",
                },
              ],
              [
                {
                  "text": "State",
                  "type": "raw_text",
                },
                {
                  "text": "approved",
                  "type": "raw_text",
                },
                {
                  "text": "issued",
                  "type": "raw_text",
                },
              ],
            ],
            "type": "table",
          },
          {
            "block_id": "4.fa579e09036a",
            "elements": [
              {
                "text": "Now: ERP invoice INV-1042, read <!date^1795428000^{date_short_pretty} {time}|2026-11-23 10:00 UTC>",
                "type": "mrkdwn",
                "verbatim": true,
              },
            ],
            "type": "context",
          },
          {
            "block_id": "5.ed6517388430",
            "text": {
              "emoji": false,
              "text": "Undo: A credit note. The client will have seen the invoice.",
              "type": "plain_text",
            },
            "type": "section",
          },
          {
            "block_id": "6.055285a24c0e",
            "fields": [
              {
                "text": "*Target*
      ERP invoice INV-1042 <https://erp.example/invoices/INV-1042|open>",
                "type": "mrkdwn",
                "verbatim": true,
              },
              {
                "text": "*Amount*
      EUR 48,200.00",
                "type": "mrkdwn",
                "verbatim": true,
              },
              {
                "text": "*Risk tier*
      4 of 4, financial or contractual",
                "type": "mrkdwn",
                "verbatim": true,
              },
              {
                "text": "*Seen by*
      people outside the firm",
                "type": "mrkdwn",
                "verbatim": true,
              },
            ],
            "type": "section",
          },
          {
            "block_id": "optional.7.436cfb6dbbfb",
            "elements": [
              {
                "text": "*Evidence*
      • ERP invoice INV-1042: state approved · net EUR 48,200.00 · read <!date^1795428000^{date_short_pretty} {time}|2026-11-23 10:00 UTC> · <https://erp.example/invoices/INV-1042|open>",
                "type": "mrkdwn",
                "verbatim": true,
              },
            ],
            "type": "context",
          },
          {
            "block_id": "8.2a5d6fb22716",
            "elements": [
              {
                "emoji": false,
                "text": "Where each value comes from
      • Invoice [destination] = INV-1042: from ERP invoice INV-1042, id",
                "type": "plain_text",
              },
            ],
            "type": "context",
          },
          {
            "block_id": "9.7d18581db94d",
            "text": {
              "text": "*Needs* 1 finance approval. So far: 0 of 1 finance.
      *May approve:* Dana Ito (finance).",
              "type": "mrkdwn",
              "verbatim": true,
            },
            "type": "section",
          },
          {
            "block_id": "optional.10.0032d2738bd3",
            "elements": [
              {
                "text": "Policy: Money needs a finance manager. (T10-money-needs-finance)",
                "type": "mrkdwn",
                "verbatim": true,
              },
            ],
            "type": "context",
          },
          {
            "block_id": "11.f05236d99c26",
            "elements": [
              {
                "text": "Expires <!date^1795456800^{date_short_pretty} {time}|2026-11-23 18:00 UTC> · P-7K3M2Q version 1 · payload 750e28045b07 · audit #41 0a1b2c3d4e5f",
                "type": "mrkdwn",
                "verbatim": true,
              },
            ],
            "type": "context",
          },
          {
            "block_id": "12.e5f2ae76c79f",
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
        ],
        "text": "Release invoice INV-1042 to Aurora Health (P-7K3M2Q version 1): your decision is needed",
      }
    `);
  });

  test("P2: the hash its buttons carry is computed from the payload it shows", () => {
    const shown = view();
    const { blocks } = proposalCard(shown);
    expect(valueOf(blocks, "proposal.approve")).toEqual({
      p: "P-7K3M2Q",
      v: 1,
      n: "nonce-1",
      h: payloadHash(shown.proposal.payload),
    });
  });

  test("P2: content that does not match its recorded hash takes no vote", () => {
    const tampered = view({ payloadHash: "0".repeat(64) });
    const { blocks } = proposalCard(tampered);
    expect(actionIds(blocks)).toEqual(["proposal.evidence"]);
    expect(JSON.stringify(blocks)).toContain("does not match its recorded hash");
  });

  test("P2: a change that does not fit in full takes no approval, and says so", () => {
    const many = Array.from({ length: 60 }, (_, index) => ({
      record: { system: "erp" as const, type: "invoice", id: `INV-${index}` },
      field: "state",
      before: "approved",
      after: "issued",
    }));
    const longBody = payload({
      effects: [{ ...effect, after: "word ".repeat(2000) }],
    });
    for (const content of [payload({ effects: many }), longBody]) {
      const { blocks } = proposalCard(view({ payload: content }));
      expect(actionIds(blocks)).toEqual(["proposal.evidence"]);
      expect(JSON.stringify(blocks)).toContain("too long to be shown here in full");
    }
  });

  test("a drafted message is shown in full below the table, with its lines", () => {
    const body = `Dear Aurora team,\n${"We wait for your decision. ".repeat(100)}\nKind regards`;
    const { blocks } = proposalCard(
      view({
        payload: payload({
          effects: [
            {
              record: { system: "crm", type: "change-order", id: "CO-1" },
              field: "draft",
              before: null,
              after: body,
            },
          ],
        }),
      }),
    );
    const shown = blocks
      .flatMap((block) => (block.type === "section" && block.text ? [block.text.text] : []))
      .join("");
    expect(shown).toContain(body.replace(/ \n/g, "\n"));
    expect(actionIds(blocks)).toContain("proposal.approve");
  });

  test("hidden characters in what will be written are pointed out", () => {
    const content = payload({
      effects: [{ ...effect, after: "issued\u202E" }],
    });
    expect(JSON.stringify(proposalCard(view({ payload: content })).blocks)).toContain(
      "1 values hold hidden characters",
    );
  });

  test("hostile words in every field stay words: no ping, no foreign link, no second button", () => {
    for (const evil of hostile.map((text) => text.toWellFormed())) {
      const { text, blocks } = proposalCard(
        view(
          {
            payload: payload({
              title: evil,
              undo: evil,
              target: { system: "erp", type: "invoice", id: evil.slice(0, 100) },
              arguments: [{ name: evil, sink: "text", label: "TEXT", value: evil, from: null }],
              effects: [{ ...effect, before: evil, after: evil }],
            }),
            why: evil,
            causes: [evil],
            producedBy: { mind: evil, promptHash: null },
            requestedBy: { kind: "person", person: null, name: evil },
            stateReason: evil,
          },
          {
            auditAnchor: evil,
            evidence: facts.map((fact) => ({
              ...fact,
              value: evil,
              url: "https://psa.example/a>|<!channel>",
            })),
            mayApprove: [{ person: dana.id, name: evil, kind: "finance" }],
            votes: [
              {
                name: evil,
                kind: "finance",
                verdict: "approve",
                reason: evil,
                at: "2026-11-23T10:14:00.000Z",
              },
            ],
          },
        ),
      );
      expect(blockProblems(blocks, "message")).toEqual([]);
      const marked = [text, ...mrkdwnOf(blocks)].join("\n");
      const tags = marked.match(/<[^>]*>/g) ?? [];
      for (const tag of tags) expect(tag).toMatch(/^<(?:!date\^\d+\^|https:\/\/psa\.example\/)/);
      expect(marked).not.toContain("*Approved*");
      expect(marked).not.toContain(":white_check_mark:");
      expect(JSON.stringify(blocks)).not.toMatch(/\u202E|\u200B|\\u0000/);
    }
  });

  test("has no buttons to decide with in any state but waiting", () => {
    const offered = ProposalState.options.map((state) => [
      state,
      actionIds(proposalCard(view({ state })).blocks).includes("proposal.approve"),
    ]);
    expect(Object.fromEntries(offered)).toEqual({
      ...Object.fromEntries(ProposalState.options.map((state) => [state, false])),
      waiting: true,
    });
  });

  test("H3: expired, rejected, superseded, failed and unknown each have their own words", () => {
    const words = ProposalState.options
      .filter((state) => state !== "waiting")
      .map((state) => proposalCard(view({ state })).blocks[1])
      .map((block) => (block?.type === "section" ? block.text?.text : ""));
    expect(words).toMatchInlineSnapshot(`
      [
        "*Approved*, not carried out yet.",
        "*Rejected*. Nothing was changed.",
        "*Expired* without a decision; nobody rejected it. Nothing was changed.",
        "*Replaced or out of date*: this version no longer counts. Nothing was changed.",
        "*Withdrawn* by whoever asked for it, or by an administrator. Nothing was changed.",
        "*Approved*, being carried out now.",
        "*Done*, and read back from the target.",
        "*Not carried out*. Nothing was changed.",
        "*Outcome not known*: something may have been written. A person has to look at the target.",
      ]
    `);
    expect(new Set(words).size).toBe(words.length);
  });

  test("H8: once decided it names who decided, when, and how it ended", () => {
    const { blocks } = proposalCard(
      view(
        { state: "done" },
        {
          votes: [
            {
              name: "Dana Ito",
              kind: "finance",
              verdict: "approve",
              reason: null,
              at: "2026-11-23T10:14:00.000Z",
            },
          ],
          have: { finance: 1 },
          outcome: "Invoice INV-1042 is issued.",
        },
      ),
    );
    const all = mrkdwnOf(blocks).join("\n");
    expect(all).toContain("Dana Ito (finance) approved <!date^1795428840^");
    expect(all).toContain("Invoice INV-1042 is issued.");
  });

  test("blocks that changed get a new id, the others keep theirs", () => {
    const before = proposalCard(view()).blocks.map((block) => block.block_id);
    const after = proposalCard(view({}, { auditAnchor: "#42 ffffffffffff" })).blocks.map(
      (block) => block.block_id,
    );
    expect(before.filter((id) => !after.includes(id))).toHaveLength(1);
    expect(proposalCard(view()).blocks.map((block) => block.block_id)).toEqual(before);
  });

  test("its largest form still fits Slack", () => {
    const { blocks } = proposalCard(
      view(
        {
          why: "&".repeat(5000),
          payload: payload({ title: "&".repeat(140), undo: "u".repeat(880) }),
          decision: {
            effect: "require",
            need: { finance: 2, contract: 2, delivery: 2 },
            waits: ["next-business-window"],
            policies: Array.from({ length: 30 }, (_, index) => ({
              id: `T${index}`,
              reason: "&".repeat(500),
            })),
            policySetHash: "a".repeat(64),
          },
        },
        {
          evidence: facts
            .flatMap((fact) => Array<typeof fact>(20).fill(fact))
            .map((fact) => ({ ...fact, value: "&".repeat(900) })),
          mayApprove: Array.from({ length: 40 }, () => ({
            person: dana.id,
            name: "&".repeat(90),
            kind: "finance" as const,
          })),
          votes: Array.from({ length: 20 }, () => ({
            name: "&".repeat(90),
            kind: "finance" as const,
            verdict: "approve" as const,
            reason: "&".repeat(900),
            at: "2026-11-23T10:14:00.000Z",
          })),
        },
      ),
    );
    expect(blockProblems(blocks, "message")).toEqual([]);
    expect(actionIds(blocks)).toContain("proposal.approve");
  });
});

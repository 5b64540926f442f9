import type { ActionsBlock, KnownBlock } from "@slack/types";
import { formatMoney } from "#/domain/money.ts";
import { payloadHash } from "#/domain/proposal.ts";
import { formatRef } from "#/domain/record.ts";
import type { ProposalView } from "#/workflows/services.ts";
import { editNotice } from "./edit-modal.ts";
import { exactChange } from "./exact-change.ts";
import { limits, message, optional, type SlackMessage } from "./limits.ts";
import { needText, stateSentence, tallyText, tierText, votesText } from "./proposal-words.ts";
import { sourceLine, sourcesOf } from "./sources.ts";
import { voteValue, writeValue } from "./vote-value.ts";
import { label, link, marked, mindText, plain, quote, refText, when } from "./words.ts";

const mostSources = 4;
/** What a context block holds, less the words around the list. */
const roomForSources = limits.contextText - 100;

/**
 * The card of one proposal version: what exactly will change, why, on whose word, until when.
 * Buttons only while it waits, and only when the whole change is on the card.
 * Throws CARD_INVALID when Slack would not take it.
 */
export function proposalCard(view: ProposalView): SlackMessage {
  const { proposal } = view;
  const { payload } = proposal;
  const change = exactChange(view);
  const genuine = payloadHash(payload) === proposal.payloadHash;
  const open = proposal.state === "waiting";
  const decidable = open && genuine && change.complete;
  const state = stateSentence(view);
  const blocks: KnownBlock[] = [
    { type: "header", text: label(payload.title, limits.header) },
    ...(open ? [] : [{ type: "section" as const, text: marked(state) }]),
    ...warnings({ genuine, complete: change.complete, hidden: change.hidden }),
    ...pauseNotice(view),
    ...editNotice(view),
    ...why(view),
    ...change.blocks,
    { type: "section", text: plain(`Undo: ${payload.undo}`, 900) },
    { type: "section", fields: facts(view) },
    ...evidence(view),
    ...change.origins,
    { type: "section", text: marked(approvals(view)) },
    ...policy(view),
    { type: "context", elements: [marked(anchors(view))] },
    ...(decidable ? [buttons(view, change.summary)] : [evidenceButton(view)]),
  ];
  return message(
    `${quote(payload.title, 200)} (${proposal.id} version ${proposal.version}): ${open ? "your decision is needed" : state.replaceAll("*", "")}`,
    blocks,
  );
}

function facts(view: ProposalView) {
  const { proposal } = view;
  const { payload } = proposal;
  const target = formatRef(payload.target);
  const url = view.evidence.find((fact) => formatRef(fact.record) === target && fact.url)?.url;
  const opened = link(url ?? null, "open");
  return [
    marked(`*Target*\n${quote(refText(payload.target))}${opened && ` ${opened}`}`),
    marked(`*Amount*\n${payload.amount ? quote(formatMoney(payload.amount)) : "none"}`),
    marked(`*Risk tier*\n${tierText[payload.tier]}`),
    marked(
      `*Seen by*\n${payload.recipientInternal ? "colleagues only" : "people outside the firm"}`,
    ),
  ];
}

function warnings(found: { genuine: boolean; complete: boolean; hidden: number }): KnownBlock[] {
  const texts = [
    ...(found.genuine
      ? []
      : ["The content does not match its recorded hash. It cannot be approved; report this."]),
    ...(found.complete
      ? []
      : ["This change is too long to be shown here in full. Decide it in the console."]),
    ...(found.hidden > 0
      ? [`${found.hidden} values hold hidden characters, which are not shown. Look at the source.`]
      : []),
  ];
  return texts.map((text) => ({ type: "section", text: marked(`*Warning:* ${text}`) }));
}

const pauseNotice = ({ paused }: ProposalView): KnownBlock[] =>
  paused
    ? [
        {
          type: "section",
          text: marked(
            `*Paused* by ${quote(paused.by, 80)} since ${when(paused.since)}: ${quote(paused.reason, 300)}. It can be decided; nothing is carried out until it is resumed.`,
          ),
        },
      ]
    : [];

const why = ({ proposal }: ProposalView): KnownBlock[] => {
  const mind = mindText(proposal.producedBy.mind);
  const { causes, requestedBy } = proposal;
  const asked = ` · asked for by ${quote(requestedBy.name, 80)} (${requestedBy.kind})`;
  const worded = mind.startsWith("AI") ? `Written by ${mind}, unverified` : `Worded by ${mind}`;
  return [
    optional({ type: "section", text: plain(proposal.why, 1200) }),
    {
      type: "context",
      elements: [
        marked(
          `${quote(worded, 100)}${asked}${causes.length > 0 ? ` · against ${quote(causes.join(", "), 100)}` : ""}`,
        ),
      ],
    },
  ];
};

function evidence(view: ProposalView): KnownBlock[] {
  const sources = sourcesOf(view.evidence);
  const shown: string[] = [];
  for (const line of sources.slice(0, mostSources).map((source) => `• ${sourceLine(source)}`))
    if ([...shown, line].join("\n").length <= roomForSources) shown.push(line);
  if (sources.length === 0) return [];
  const more = sources.length - shown.length;
  return [
    optional({
      type: "context",
      elements: [
        marked(
          ["*Evidence*", ...shown, ...(more > 0 ? [`and ${more} more under Evidence`] : [])].join(
            "\n",
          ),
        ),
      ],
    }),
  ];
}

function approvals(view: ProposalView): string {
  const votes = votesText(view.votes);
  const may = [...Map.groupBy(view.mayApprove.slice(0, 12), ({ kind }) => kind)]
    .map(([kind, people]) => `${people.map(({ name }) => quote(name, 60)).join(", ")} (${kind})`)
    .join("; ");
  return [
    `*Needs* ${needText(view.need)}. So far: ${tallyText(view.have, view.need) || "no votes needed"}.`,
    ...(votes ? [votes] : []),
    ...(view.proposal.state === "waiting"
      ? [`*May approve:* ${may || "nobody at present. It will expire unless a role is assigned"}.`]
      : []),
  ].join("\n");
}

function policy({ proposal: { decision } }: ProposalView): KnownBlock[] {
  const lines = decision.policies
    .slice(0, 6)
    .map(({ id, reason }) => `${quote(reason, 200)} (${quote(id, 60)})`);
  const waits = decision.effect === "require" ? decision.waits : [];
  if (waits.length > 0) lines.push(`Will wait for: ${quote(waits.join(", "), 200)}`);
  return lines.length === 0
    ? []
    : [
        optional({
          type: "context",
          elements: [marked(`Policy: ${lines.join(" · ")}`)],
        }),
      ];
}

const anchors = (view: ProposalView): string =>
  [
    `${view.proposal.state === "waiting" ? "Expires" : "Was open until"} ${when(view.proposal.expiresAt)}`,
    `${view.proposal.id} version ${view.proposal.version}`,
    `payload ${payloadHash(view.proposal.payload).slice(0, 12)}`,
    `audit ${quote(view.auditAnchor ?? "none yet", 80)}`,
  ].join(" · ");

const evidenceButton = ({ proposal }: ProposalView): ActionsBlock => ({
  type: "actions",
  elements: [
    {
      type: "button",
      action_id: "proposal.evidence",
      text: label("Evidence", limits.button),
      value: writeValue(voteValue(proposal)),
    },
  ],
});

/** Approve with the effect repeated, reject with a reason, look closer. */
export function buttons(view: ProposalView, summary: string): ActionsBlock {
  const value = writeValue(voteValue(view.proposal));
  return {
    type: "actions",
    elements: [
      {
        type: "button",
        action_id: "proposal.approve",
        style: "primary",
        text: label("Approve", limits.button),
        value,
        confirm: {
          title: label("Approve exactly this?", limits.confirmTitle),
          text: label(summary, limits.confirmText),
          confirm: label("Approve", limits.confirmButton),
          deny: label("Back", limits.confirmButton),
        },
      },
      {
        type: "button",
        action_id: "proposal.reject",
        style: "danger",
        text: { type: "plain_text", text: "Reject…", emoji: false },
        value,
      },
      ...(view.editable?.length
        ? [
            {
              type: "button" as const,
              action_id: "proposal.edit",
              text: label("Modify…", limits.button),
              value,
            },
          ]
        : []),
      ...evidenceButton(view).elements,
    ],
  };
}

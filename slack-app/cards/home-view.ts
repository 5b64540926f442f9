import type { Button, HomeView, KnownBlock } from "@slack/types";
import { formatMoney } from "#/domain/money.ts";
import type { Portfolio } from "#/workflows/operations-services.ts";
import type { ProposalView } from "#/workflows/services.ts";
import { exactChange } from "./exact-change.ts";
import { limits, view } from "./limits.ts";
import { portfolioSection } from "./portfolio-section.ts";
import { buttons } from "./proposal-card.ts";
import { stateSentence, tallyText, upperFirst } from "./proposal-words.ts";
import { withdrawButton } from "./withdraw-modal.ts";
import { fieldText, label, marked, quote, refText, valueText, when } from "./words.ts";

/** Four blocks each; with the frame and the portfolio that stays below the 100 blocks of a view. */
export const homePageSize = 18;
const soonHours = 4;

export type Inbox = {
  readonly waiting: readonly ProposalView[];
  /** Still open, and this person may take it back. */
  readonly asked?: readonly ProposalView[];
  /** 0 is the first page; a page past the end shows the last one. */
  readonly page: number;
  /** An instant, for what counts as expiring soon. */
  readonly now: string;
  /** null: nothing is known of the firm as a whole, or it could not be read. */
  readonly portfolio?: Portfolio | null;
};

/** The approver's inbox: what waits for this person, oldest expiry first. */
export function homeView({ waiting, asked = [], page, now, portfolio = null }: Inbox): HomeView {
  const pages = Math.max(1, Math.ceil(waiting.length / homePageSize));
  const current = Math.min(Math.max(0, page), pages - 1);
  const shown = waiting.slice(current * homePageSize, (current + 1) * homePageSize);
  const soon = Temporal.Instant.from(now).add({ hours: soonHours });
  const expiring = waiting.filter(
    ({ proposal }) => Temporal.Instant.compare(proposal.expiresAt, soon) <= 0,
  ).length;
  return view({
    type: "home",
    blocks: [
      { type: "header", text: label("Waiting for your decision", limits.header) },
      {
        type: "section",
        text: marked(
          waiting.length === 0
            ? "Nothing waits for you. Ask me in our direct messages, for example which invoices are late."
            : `*${waiting.length}* ${waiting.length === 1 ? "waits" : "wait"} for you${expiring === 0 ? "" : `, *${expiring === waiting.length ? "all" : expiring}* only for the next ${soonHours} hours`}. As of ${when(now)}.`,
        ),
      },
      ...shown.flatMap(row),
      ...pager(current, pages),
      ...askedRows(asked),
      ...(portfolio && current === 0 ? portfolioSection(portfolio) : []),
    ],
  });
}

/** A sentence of ours instead of an inbox. */
export const homeRefused = (sentence: string): HomeView =>
  view({ type: "home", blocks: [{ type: "section", text: marked(sentence) }] });

function row(proposed: ProposalView): KnownBlock[] {
  const { proposal, have, need } = proposed;
  const { payload } = proposal;
  const effect = payload.effects[0];
  const change = exactChange(proposed);
  const others = payload.effects.length - 1;
  const more = others > 0 ? ` and ${others} more` : "";
  const key = effect
    ? `${quote(upperFirst(fieldText(effect.field)), 60)}: ${quote(valueText(effect.before), 80)} → ${quote(valueText(effect.after), 80)}${more}`
    : quote(refText(payload.target), 120);
  const amount = payload.amount ? ` · ${quote(formatMoney(payload.amount))}` : "";
  // A change that does not fit on a card is not approved from a row either.
  const all = buttons(proposed, change.summary);
  const offered = change.complete ? all : { ...all, elements: all.elements.slice(-1) };
  return [
    { type: "divider" },
    {
      type: "section",
      text: marked(`*${quote(payload.title, 200)}*\n${key}${amount}`),
    },
    {
      type: "context",
      elements: [
        marked(`Expires ${when(proposal.expiresAt)}`),
        marked(tallyText(have, need) ? `So far ${tallyText(have, need)}` : "no votes needed"),
        marked(`${proposal.id} version ${proposal.version}`),
      ],
    },
    offered,
  ];
}

const mostAsked = 4;

/** What this person can still take back, next expiry first. */
function askedRows(asked: readonly ProposalView[]): KnownBlock[] {
  if (asked.length === 0) return [];
  const more = asked.length - mostAsked;
  return [
    { type: "header", text: label("What you can take back", limits.header) },
    ...asked.slice(0, mostAsked).flatMap((one): KnownBlock[] => [
      {
        type: "section",
        text: marked(
          `*${quote(one.proposal.payload.title, 200)}*\n${one.proposal.id} version ${one.proposal.version} · ${stateSentence(one)}`,
        ),
      },
      withdrawButton(one.proposal),
    ]),
    ...(more > 0
      ? [
          {
            type: "context" as const,
            elements: [marked(`and ${more} more: countersign proposals`)],
          },
        ]
      : []),
  ];
}

function pager(current: number, pages: number): KnownBlock[] {
  if (pages === 1) return [];
  const to = (page: number, text: string): Button => ({
    type: "button",
    action_id: `home.page.${page}`,
    text: label(text, limits.button),
    value: String(page),
  });
  return [
    { type: "context", elements: [marked(`Page ${current + 1} of ${pages}`)] },
    {
      type: "actions",
      elements: [
        ...(current > 0 ? [to(current - 1, "Earlier")] : []),
        ...(current < pages - 1 ? [to(current + 1, "Later")] : []),
      ],
    },
  ];
}

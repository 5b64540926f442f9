import type { KnownBlock, ModalView } from "@slack/types";
import type { ProposalView } from "#/workflows/services.ts";
import { limits, view } from "./limits.ts";
import { provenanceText } from "./proposal-words.ts";
import { factText, ordered, type Source, sourcesOf } from "./sources.ts";
import { label, link, marked, plain, quote, refText, valueText, when } from "./words.ts";

const mostSources = 40;
const mostFacts = 12;

const frame = (blocks: KnownBlock[]): ModalView =>
  view({
    type: "modal",
    callback_id: "proposal.evidence.view",
    title: label("Evidence", limits.viewTitle),
    close: label("Close", limits.viewTitle),
    blocks,
  });

/** Opened at once, before anything is read: Slack allows three seconds. */
export const evidenceSkeleton = (): ModalView =>
  frame([{ type: "section", text: marked("Reading the evidence…") }]);

/** A sentence of ours instead of the evidence. */
export const evidenceRefused = (sentence: string): ModalView =>
  frame([{ type: "section", text: marked(sentence) }]);

/** Every cited fact with its record, value, time and link, and where each argument comes from. */
export function evidenceModal(proposed: ProposalView): ModalView {
  const { proposal, evidence } = proposed;
  const sources = sourcesOf(evidence);
  const more = sources.length - mostSources;
  return frame([
    { type: "header", text: label(proposal.payload.title, limits.header) },
    ...sources
      .slice(0, mostSources)
      .map((source): KnownBlock => ({ type: "section", text: marked(sourceText(source)) })),
    ...(more > 0
      ? [{ type: "context" as const, elements: [marked(`and ${more} more in the console`)] }]
      : []),
    { type: "divider" },
    { type: "section", text: marked("*Where each value comes from*") },
    ...proposal.payload.arguments.slice(0, 25).map(
      (argument): KnownBlock => ({
        type: "section",
        text: plain(provenanceText(argument, valueText(argument.value)), 2900),
      }),
    ),
    {
      type: "context",
      elements: [
        marked(`${proposal.id} version ${proposal.version}`),
        marked(`payload ${proposal.payloadHash}`),
        marked(`audit ${quote(proposed.auditAnchor ?? "none yet", 80)}`),
      ],
    },
  ]);
}

/** One record with what was seen in it, a fact a line. mrkdwn. */
function sourceText(source: Source): string {
  const facts = ordered(source);
  const more = facts.length - mostFacts;
  const open = link(facts.find(({ url }) => url !== null)?.url ?? null, "open");
  const where = `*${quote(refText(source[0].record), 160)}* · read ${when(source[0].retrievedAt)}`;
  return [
    open ? `${where} · ${open}` : where,
    ...facts.slice(0, mostFacts).map((fact) => `• ${factText(fact, 180)}`),
    ...(more > 0 ? [`and ${more} more fields`] : []),
  ].join("\n");
}

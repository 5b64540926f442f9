import type { SinkClass, Tier } from "#/domain/action.ts";
import type { Need } from "#/domain/decision.ts";
import type { Evidence, TrustLabel } from "#/domain/evidence.ts";
import type { Argument, Effect, ProposalState } from "#/domain/proposal.ts";
import { formatRef } from "#/domain/record.ts";
import type { ProposalView } from "#/workflows/services.ts";
import { link, quote, refText, valueText, when } from "./words.ts";

/** `1 finance and 2 delivery`, or `nobody`. */
export const needText = (need: Need): string =>
  Object.entries(need)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(" and ") || "nobody";

/** What is still missing; `nobody` when nothing is. */
export const missingText = (have: Need, need: Need): string =>
  needText(
    Object.fromEntries(
      Object.entries(need)
        .map(([kind, count]): [string, number] => [kind, count - countOf(have, kind)])
        .filter(([, count]) => count > 0),
    ),
  );

const countOf = (need: Need, kind: string): number =>
  Object.entries(need).find(([name]) => name === kind)?.[1] ?? 0;

/** `finance 0 of 1, delivery 1 of 1`. */
export const tallyText = (have: Need, need: Need): string =>
  Object.entries(need)
    .map(([kind, count]) => `${kind} ${countOf(have, kind)} of ${count}`)
    .join(", ");

export const tierText: Readonly<Record<Tier, string>> = {
  0: "0, reads only",
  1: "1, internal nudge",
  2: "2, internal record",
  3: "3, seen by the client or close to money",
  4: "4, financial or contractual",
};

const originText: Readonly<Record<TrustLabel, string>> = {
  SOR: "from the system of record",
  DERIVED: "computed from the system of record",
  CHOICE: "chosen from a computed list",
  TEXT: "free text, not verified",
};

const sinkText: Readonly<Record<SinkClass, string>> = {
  destination: "destination",
  amount: "amount",
  recipient: "recipient",
  contractTerm: "contract term",
  choice: "choice",
  text: "text",
};

/** `recipient (recipient): finance@…, from the system of record (crm client C-1 email)`. */
export function provenanceText(argument: Argument, shown: string): string {
  const from = argument.from ? ` (${refText(argument.from.record)} ${argument.from.field})` : "";
  return `${argument.name} [${sinkText[argument.sink]}] = ${shown}: ${originText[argument.label]}${from}`;
}

/** When the value before was read, as the newest fact about that record says. */
export function readAt(effect: Effect, view: ProposalView): string {
  const record = formatRef(effect.record);
  const reads = view.evidence
    .filter((fact) => formatRef(fact.record) === record)
    .map((fact) => fact.retrievedAt);
  return reads.toSorted().at(-1) ?? view.proposal.createdAt;
}

/** One cited fact as mrkdwn: record, field, value, when it was read, and a link where there is one. */
export function evidenceLine(fact: Evidence, limit = 160): string {
  const what = quote(`${refText(fact.record)} ${fact.field} = ${valueText(fact.value)}`, limit);
  const open = link(fact.url, "open");
  return `${what} (${originText[fact.label]}, read ${when(fact.retrievedAt)})${open && ` ${open}`}`;
}

/** The state in words. `expired` is not `rejected`, `unknown` is not `failed`. mrkdwn. */
export function stateSentence(view: ProposalView): string {
  const { state, stateReason } = view.proposal;
  const ended = view.outcome ?? stateReason;
  return ended ? `${stateWords[state]} ${quote(ended, 600)}` : stateWords[state];
}

export const stateWords: Readonly<Record<ProposalState, string>> = {
  waiting: "*Waiting* for a decision.",
  approved: "*Approved*, not carried out yet.",
  executing: "*Approved*, being carried out now.",
  rejected: "*Rejected*. Nothing was changed.",
  expired: "*Expired* without a decision; nobody rejected it. Nothing was changed.",
  superseded: "*Replaced or out of date*: this version no longer counts. Nothing was changed.",
  done: "*Done*, and read back from the target.",
  failed: "*Not carried out*. Nothing was changed.",
  unknown:
    "*Outcome not known*: something may have been written. A person has to look at the target.",
};

const mostVotes = 6;

/** Who voted what and when, one per line. mrkdwn. */
export const votesText = (votes: ProposalView["votes"]): string =>
  votes
    .slice(0, mostVotes)
    .map(
      (vote) =>
        `${quote(vote.name, 60)} (${vote.kind}) ${vote.verdict === "approve" ? "approved" : "rejected"} ${when(vote.at)}${vote.reason ? `: ${quote(vote.reason, 120)}` : ""}`,
    )
    .join("\n");

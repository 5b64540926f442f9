import type { SinkClass, Tier } from "#/domain/action.ts";
import type { Need } from "#/domain/decision.ts";
import type { TrustLabel } from "#/domain/evidence.ts";
import type { Argument, Effect, ProposalState } from "#/domain/proposal.ts";
import { formatRef } from "#/domain/record.ts";
import type { ProposalView } from "#/workflows/services.ts";
import { fieldText, quote, refText, when } from "./words.ts";

/** `1 finance approval and 2 delivery approvals`, or `nobody`. */
export const needText = (need: Need): string =>
  Object.entries(need)
    .map(([kind, count]) => `${count} ${kind} ${count === 1 ? "approval" : "approvals"}`)
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

/** `0 of 1 finance, 1 of 2 delivery`. */
export const tallyText = (have: Need, need: Need): string =>
  Object.entries(need)
    .map(([kind, count]) => `${countOf(have, kind)} of ${count} ${kind}`)
    .join(", ");

export const tierText: Readonly<Record<Tier, string>> = {
  0: "0 of 4, reads only",
  1: "1 of 4, internal nudge",
  2: "2 of 4, internal record",
  3: "3 of 4, seen by the client or close to money",
  4: "4 of 4, financial or contractual",
};

const originText: Readonly<Record<Exclude<TrustLabel, "SOR">, string>> = {
  DERIVED: "computed from the records",
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

/** `Total [amount] = EUR 2.00: from ERP invoice SI-1, total`. */
export function provenanceText(argument: Argument, shown: string): string {
  const { name, sink, label, from } = argument;
  const place = from && `${refText(from.record)}, ${fieldText(from.field)}`;
  const origin =
    label === "SOR"
      ? place
        ? `from ${place}`
        : "from a record that is not named"
      : `${originText[label]}${place ? ` (${place})` : ""}`;
  return `${upperFirst(fieldText(name))} [${sinkText[sink]}] = ${shown}: ${origin}`;
}

/** `draft subject` → `Draft subject`. */
export const upperFirst = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** When the value before was read, as the newest fact about that record says. */
export function readAt(effect: Effect, view: ProposalView): string {
  const record = formatRef(effect.record);
  const reads = view.evidence
    .filter((fact) => formatRef(fact.record) === record)
    .map((fact) => fact.retrievedAt);
  return reads.toSorted().at(-1) ?? view.proposal.createdAt;
}

/** The state in words. `expired` is not `rejected`, `unknown` is not `failed`. mrkdwn. */
export function stateSentence(view: ProposalView): string {
  const { state, stateReason } = view.proposal;
  if (view.outcome) return `${endWords[state] ?? stateWords[state]} ${quote(view.outcome, 600)}`;
  return stateReason ? `${stateWords[state]} ${quote(stateReason, 600)}` : stateWords[state];
}

/** Where the outcome's own sentence follows. */
const endWords: Partial<Record<ProposalState, string>> = {
  done: "*Done.*",
  failed: "*Not carried out.*",
  unknown: "*Outcome not known.*",
  expired: "*Expired.*",
  rejected: "*Rejected.*",
  superseded: "*Replaced or out of date.*",
  withdrawn: "*Withdrawn.*",
};

export const stateWords: Readonly<Record<ProposalState, string>> = {
  waiting: "*Waiting* for a decision.",
  approved: "*Approved*, not carried out yet.",
  executing: "*Approved*, being carried out now.",
  rejected: "*Rejected*. Nothing was changed.",
  expired: "*Expired* without a decision; nobody rejected it. Nothing was changed.",
  withdrawn: "*Withdrawn* by whoever asked for it, or by an administrator. Nothing was changed.",
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
        `${quote(vote.name, 60)} (${vote.kind}${vote.actingFor ? `, for ${quote(vote.actingFor, 90)}` : ""}) ${vote.verdict === "approve" ? "approved" : "rejected"} ${when(vote.at)}${vote.reason ? `: ${quote(vote.reason, 120)}` : ""}`,
    )
    .join("\n");

import type { KnownBlock } from "@slack/types";
import type { DeliveryException, InvoiceDelay } from "#/domain/assessment.ts";
import { formatMoney } from "#/domain/money.ts";
import type { Proposal } from "#/domain/proposal.ts";
import { formatRef } from "#/domain/record.ts";
import type { Answer } from "#/workflows/services.ts";
import { citedSentences, sourceLines } from "./answer-message.ts";
import { limits, message, optional, type SlackMessage } from "./limits.ts";
import { stateWords } from "./proposal-words.ts";
import { cell, clip, dayOf, label, link, marked, mindText, quote, refText, when } from "./words.ts";

export type ExceptionView = {
  readonly exception: DeliveryException;
  readonly delay: InvoiceDelay;
  readonly proposals: readonly Proposal[];
  readonly explanation: Answer | null;
  /** `#seq hash12` of the newest audit line about the case. */
  readonly auditAnchor?: string | null;
};

/** What is late, which cause took how many days, and what happens next. */
export function exceptionNotice({
  exception,
  delay,
  proposals,
  explanation,
  auditAnchor,
}: ExceptionView): SlackMessage {
  const name = delay.invoice.number ?? delay.invoice.reference ?? delay.invoice.ref.id;
  const blocks: KnownBlock[] = [
    { type: "header", text: label(exception.title, limits.header) },
    { type: "section", text: marked(standing(delay)) },
    ...gaps(delay),
    ...(delay.window ? [causeTable(delay)] : []),
    ...explained(explanation),
    { type: "section", text: marked(nextSteps(proposals)) },
    ...sources(delay),
    {
      type: "context",
      elements: [
        marked(
          `Mention me in this thread to ask about ${quote(name, 60)}: why it is late, or what to do · case ${exception.id} · rules ${quote(delay.rulesVersion, 40)}${auditAnchor ? ` · audit ${quote(auditAnchor, 80)}` : ""}`,
        ),
      ],
    },
  ];
  return message(quote(exception.title, 300), blocks);
}

function standing(delay: InvoiceDelay): string {
  const { invoice, window } = delay;
  const about = [invoice.clientName, invoice.projectName].filter((part) => part !== null);
  const status = {
    late: "*Late*",
    "on-time": "On time",
    unknown: "*Not known*: a source needed for the answer is missing",
  }[delay.status];
  const days = window
    ? `: ${daysThatSum([window.businessMinutes], delay.minutesPerDay)[0]} working days since ${dayOf(window.start)}`
    : "";
  return [
    `${status}${days}, as of ${when(delay.asOf)}`,
    `${about.length > 0 ? `${quote(about.join(", "))} · ` : ""}${quote(formatMoney(invoice.net))} net · ${quote(refText(invoice.ref))}, ${quote(invoice.state, 40)}`,
  ].join("\n");
}

const gaps = ({ gaps: missing }: InvoiceDelay): KnownBlock[] =>
  missing.length === 0
    ? []
    : [
        {
          type: "section",
          text: marked(
            `*Missing:* ${missing
              .slice(0, 6)
              .map((gap) => quote(gap, 200))
              .join("; ")}`,
          ),
        },
      ];

/** Days by cause, the unexplained ones included. The rows add up to the last one, as shown. */
function causeTable(delay: InvoiceDelay): KnownBlock {
  const minutes = [...delay.causes.map((cause) => cause.totalMinutes), delay.unexplainedMinutes];
  const days = daysThatSum(minutes, delay.minutesPerDay);
  const total = minutes.reduce((sum, part) => sum + part, 0);
  const rows = delay.causes.map((cause, index) => [
    `${clip(cause.title, 100)} (${cause.code})`,
    days[index] ?? "",
    cause.open ? "still open" : "over",
    cause.confidence,
  ]);
  return {
    type: "table",
    rows: [
      ["Cause", "Working days", "Now", "Confidence"],
      ...rows,
      ["Unexplained", days.at(-1) ?? "", "", ""],
      ["Together", daysThatSum([total], delay.minutesPerDay)[0] ?? "", "", ""],
    ].map((row) => row.map(cell)),
    column_settings: [{ is_wrapped: true }, { align: "right" }, {}, {}],
  };
}

/**
 * Minutes as days with one decimal, rounded so that the shown parts add up to the shown total
 * (largest remainder first).
 */
export function daysThatSum(minutes: readonly number[], minutesPerDay: number): string[] {
  const exact = minutes.map((part) => (part * 10) / minutesPerDay);
  const tenths = exact.map(Math.floor);
  const total = Math.round((minutes.reduce((sum, part) => sum + part, 0) * 10) / minutesPerDay);
  const byRemainder = exact
    .map((part, index) => ({ index, remainder: part - Math.floor(part) }))
    .toSorted((a, b) => b.remainder - a.remainder || a.index - b.index);
  const missing = total - tenths.reduce((sum, part) => sum + part, 0);
  const raised = new Set(byRemainder.slice(0, missing).map(({ index }) => index));
  return tenths.map((part, index) => ((part + (raised.has(index) ? 1 : 0)) / 10).toFixed(1));
}

const explained = (explanation: Answer | null): KnownBlock[] =>
  explanation === null || explanation.sentences.length === 0
    ? []
    : [
        { type: "section", text: marked(citedSentences(explanation, 2400)) },
        optional({
          type: "context",
          elements: [marked(`Worded by ${quote(mindText(explanation.producedBy.mind), 80)}`)],
        }),
        optional({
          type: "context",
          elements: [marked(sourceLines(explanation, { most: 6, characters: 1900 }))],
        }),
      ];

const nextSteps = (proposals: readonly Proposal[]): string =>
  proposals.length === 0
    ? "*Next:* no step is proposed yet. Mention me to ask what would help."
    : [
        "*Next steps proposed*",
        ...proposals
          .slice(0, 8)
          .map((one) => `• ${quote(one.payload.title, 160)} (${one.id}): ${stateWords[one.state]}`),
        ...(proposals.some(({ state }) => state === "waiting")
          ? [
              "Whoever may decide has a card from me in their direct messages. How it ends is told in this thread.",
            ]
          : []),
      ].join("\n");

function sources({ evidence, invoice }: InvoiceDelay): KnownBlock[] {
  const target = formatRef(invoice.ref);
  const found = new Map<string, string>();
  for (const fact of evidence) {
    const open = link(fact.url, refText(fact.record));
    if (open) found.set(formatRef(fact.record), open);
  }
  const ordered = [...found].toSorted(([a], [b]) => Number(b === target) - Number(a === target));
  return ordered.length === 0
    ? []
    : [
        optional({
          type: "context",
          elements: ordered.slice(0, 8).map(([, open]) => marked(open)),
        }),
      ];
}

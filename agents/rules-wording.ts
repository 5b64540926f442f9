import type { Cause, InvoiceDelay } from "#/domain/assessment.ts";
import { formatDays } from "#/domain/business-time.ts";
import { formatMoney } from "#/domain/money.ts";
import { formatRef, type RecordRef } from "#/domain/record.ts";
import type { SentenceDraft } from "./grounding.ts";
import type { LateInvoice } from "./tool-shapes.ts";

/* Templates. Every number in them is a field of a tool's answer, never worked out here. */

/** Ids of the facts about one record, as a tool's answer brought them. */
export type CitesFor = (ref: RecordRef) => readonly string[];

const joined = (parts: readonly (string | null)[], gap: string): string =>
  parts.filter((part) => part !== null && part !== "").join(gap);

/** `1 working day`, `6.2 working days`. */
export const workingDays = (days: string): string =>
  `${days} working day${days === "1" ? "" : "s"}`;

const nameOf = (invoice: InvoiceDelay["invoice"]): string =>
  invoice.number ?? invoice.reference ?? invoice.ref.id;

/** Why one invoice is late: the size of it, every cause with its days, what is not explained or known. */
export function delaySentences(delay: InvoiceDelay): SentenceDraft[] {
  const { invoice, window, minutesPerDay: perDay } = delay;
  const own = delay.evidence
    .filter((fact) => formatRef(fact.record) === formatRef(invoice.ref))
    .map((fact) => fact.id);
  const evidence = own.length > 0 ? own : delay.evidence.slice(0, 5).map((fact) => fact.id);
  const subject = joined(
    [`Invoice ${nameOf(invoice)}`, invoice.clientName && `to ${invoice.clientName}`],
    " ",
  );
  const about = `${subject} (${formatMoney(invoice.net)})`;
  const days = window && formatDays(window.businessMinutes, perDay);
  const gaps = delay.gaps.slice(0, 4).map((text) => ({ text, evidence }));
  if (delay.status === "unknown")
    return [
      { text: `${about}: a source is missing, so nobody can say whether it is late.`, evidence },
      ...gaps,
    ];
  if (delay.status === "on-time") return [{ text: `${about} is not late.`, evidence }, ...gaps];
  const sent = !["draft", "approved"].includes(invoice.state);
  const size =
    days === null ? "" : `: ${workingDays(days)} ${sent ? "until it went out" : "so far"}`;
  return [
    { text: `${about} ${sent ? "was" : "is"} late${size}.`, evidence },
    ...delay.causes.map((cause, rank) => causeSentence(cause, perDay, rank === 0)),
    ...(delay.unexplainedMinutes > 0
      ? [
          {
            text: `No record explains ${workingDays(formatDays(delay.unexplainedMinutes, perDay))} of it.`,
            evidence,
          },
        ]
      : []),
    ...gaps,
  ];
}

function causeSentence(cause: Cause, perDay: number, first: boolean): SentenceDraft {
  const shown = [...new Set(cause.blockers.map((blocker) => blocker.detail))].slice(0, 3);
  // The same number twice says nothing.
  const saved =
    first && cause.savedMinutes > 0 && cause.savedMinutes !== cause.totalMinutes
      ? ` Without it, the invoice would have been ready ${workingDays(formatDays(cause.savedMinutes, perDay))} earlier.`
      : "";
  const text = `${cause.title}: ${workingDays(formatDays(cause.totalMinutes, perDay))}${cause.open ? ", still open" : ""}. ${shown.join("; ")}.${saved}`;
  return { text, evidence: cause.evidence };
}

export function lateInvoiceSentence(invoice: LateInvoice, cites: CitesFor): SentenceDraft {
  const main = invoice.causes.find((cause) => cause.open) ?? invoice.causes[0];
  const who = joined([invoice.clientName, invoice.projectName], ", ");
  const late =
    invoice.status === "unknown"
      ? "a source is missing, so nobody can say whether it is late"
      : `late, ${workingDays(formatDays(invoice.lateByMinutes, invoice.minutesPerDay))} so far`;
  const others = invoice.causes.length > 1 ? ", among other causes" : "";
  const text = joined(
    [
      `${invoice.number ?? invoice.ref.id}${who ? ` (${who})` : ""}, ${formatMoney(invoice.net)}: ${late}`,
      main && invoice.status === "late" ? `${main.title}${others}` : null,
    ],
    ". ",
  );
  return { text: `${text}.`, evidence: cites(invoice.ref) };
}

import type { InvoiceDelay } from "#/domain/assessment.ts";
import { formatDays } from "#/domain/business-time.ts";
import type { Evidence } from "#/domain/evidence.ts";
import { formatMoney } from "#/domain/money.ts";
import { formatRef } from "#/domain/record.ts";
import type { LateInvoice } from "#/workflows/services.ts";
import { inline } from "./wire-text.ts";

/** What a tool says: data for the program, a short text for the reader. */
export type Presented = { readonly facts: Record<string, unknown>; readonly text: string };

/** `INV-1042 for Aurora Health`, safe inside Markdown. */
const nameOf = (invoice: { number: string | null; clientName: string | null; ref: string }) =>
  `${inline(invoice.number ?? invoice.ref)}${invoice.clientName ? ` for ${inline(invoice.clientName)}` : ""}`;

/** Where the facts were read: each record once, with its link. */
export function sourcesLine(evidence: readonly Evidence[]): string {
  const links = new Map(evidence.map((fact) => [formatRef(fact.record), fact.url]));
  const shown = [...links].slice(0, 8);
  const lines = shown.map(([ref, url]) => `${inline(ref)}${url ? ` <${encodeURI(url)}>` : ""}`);
  const more = links.size > shown.length ? ` and ${links.size - shown.length} more` : "";
  return lines.length ? `Sources: ${lines.join(", ")}${more}` : "Sources: none";
}

export function presentDelay(delay: InvoiceDelay): Presented {
  const { evidence, ...rest } = delay;
  const days = (minutes: number) => `${formatDays(minutes, delay.minutesPerDay)} working days`;
  const { invoice } = delay;
  const ref = formatRef(invoice.ref);
  const number = invoice.number ?? invoice.reference;
  const head = `Invoice ${nameOf({ ...invoice, number, ref })} (${ref}), ${formatMoney(invoice.net)}: ${delay.status}`;
  const span = delay.window ? `, ${days(delay.window.businessMinutes)} to account for` : "";
  const text = [
    `${head}${span}. As of ${delay.asOf}.`,
    ...delay.causes.flatMap((cause) => [
      `- ${cause.code} ${inline(cause.title)}: ${days(cause.totalMinutes)}${cause.open ? ", still open" : ""} [${cause.evidence.slice(0, 3).join(", ")}]`,
      ...cause.blockers.slice(0, 5).map((blocker) => `  - ${inline(blocker.detail)}`),
    ]),
    `Unexplained: ${days(delay.unexplainedMinutes)}.`,
    ...delay.gaps.map((gap) => `Not known: ${inline(gap)}`),
    sourcesLine(evidence),
  ].join("\n");
  return { facts: { delay: rest, evidence }, text };
}

/** `delays` holds the explanation of each row, by reference: the facts the row stands on. */
export function presentLateInvoices(
  all: readonly LateInvoice[],
  rows: readonly LateInvoice[],
  delays: ReadonlyMap<string, InvoiceDelay>,
): Presented {
  const evidence = new Map<string, Evidence>();
  const invoices = rows.map((row) => {
    const ref = formatRef(row.ref);
    const delay = delays.get(ref);
    // Enough to cite the row by; the whole chain of facts comes with the explanation of one.
    const cited = new Set(delay?.causes.flatMap((cause) => cause.evidence.slice(0, 1)));
    const known = delay?.evidence ?? [];
    const own = known.filter((fact) => formatRef(fact.record) === ref).slice(0, 2);
    const facts = known.filter((fact) => cited.has(fact.id) || own.includes(fact));
    for (const fact of facts) evidence.set(fact.id, fact);
    const { number, clientName, projectName, net, status, lateByMinutes, minutesPerDay } = row;
    return {
      ref,
      number,
      clientName,
      projectName,
      net,
      status,
      lateByMinutes,
      minutesPerDay,
      causes: row.causes.map(({ code, title, totalMinutes, open }) => ({
        code,
        title,
        totalMinutes,
        open,
      })),
      asOf: delay?.asOf ?? null,
      evidence: facts.map((fact) => fact.id),
    };
  });
  const count = (status: LateInvoice["status"]) => all.filter((i) => i.status === status).length;
  const counts = { late: count("late"), unknown: count("unknown") };
  const text = [
    `${counts.late} late, ${counts.unknown} unknown; showing ${rows.length}.`,
    ...invoices.map(
      (row) =>
        `- ${nameOf(row)} (${row.ref}), ${formatMoney(row.net)}: ${row.status}` +
        (row.status === "late"
          ? ` by ${formatDays(row.lateByMinutes, row.minutesPerDay)} working days; ${row.causes.map((c) => `${c.code} ${inline(c.title)}`).join(", ") || "no cause found"}`
          : "") +
        `. As of ${row.asOf}.`,
    ),
    sourcesLine([...evidence.values()]),
  ].join("\n");
  return {
    facts: { invoices, total: all.length, counts, evidence: [...evidence.values()] },
    text,
  };
}

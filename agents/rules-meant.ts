import { formatRef } from "#/domain/record.ts";
import type { SentenceDraft } from "./grounding.ts";
import { matchNames, type Named } from "./name-match.ts";
import type { PictureAnswer, PortfolioRow } from "./picture-shapes.ts";
import type { Plan, View } from "./rules-model.ts";
import { ask, citesOf } from "./rules-plans.ts";
import { lateInvoiceSentence } from "./rules-wording.ts";
import type { LateInvoice } from "./tool-shapes.ts";

/** Which record the words point at. */
export type Meant = {
  /** Its reference, or the number as it was said; null when none or several fit. */
  readonly ref: string | null;
  /** The question itself names it, rather than the conversation before. */
  readonly named: boolean;
  /** The question names something, whether or not we know it. */
  readonly asked: boolean;
  /** A sentence about each that fits equally well. */
  readonly several: readonly SentenceDraft[];
};

type Candidate = { readonly ref: string; readonly line: SentenceDraft };

/** Pages of fifty: more than this is no answer for a conversation. */
const mostPages = 6;

/**
 * The project (or, for `any`, the late invoice) in the question, else the one last spoken of. A plan
 * where a list has to be read first. Ids and numbers go on as they were said: the service knows more
 * records than these lists.
 */
export function meant(view: View, only: "projects" | "any"): Meant | { readonly plan: Plan } {
  const projects = projectsOf(view);
  if ("plan" in projects) return projects;
  const invoices = only === "any" ? invoicesOf(view) : { entries: [] };
  if ("plan" in invoices) return invoices;
  // A client or project has invoices and a health: the invoice comes first where money is spoken of.
  const money = /\binvoices?\b|\bpaid\b|\bpay\b|\bbill/i.test(view.task);
  const groups = money
    ? [invoices.entries, projects.entries]
    : [projects.entries, invoices.entries.map((entry) => ({ ...entry, names: [] }))];
  const here = groups.map((group) => matchNames(view.task, group)).find((hits) => hits.length > 0);
  const [first, ...more] = here ?? [];
  const asked = first !== undefined || namesSomething(view.task);
  if (first && more.length === 0) return found(first.ref, { named: true, asked });
  if (here && first)
    return { ...found(null, { named: true, asked }), several: here.map(({ line }) => line) };
  const id = only === "any" ? recordId(view.task) : null;
  if (id !== null) return found(id, { named: true, asked: true });
  if (asked) return found(null, { named: true, asked });
  for (const turn of view.history.toReversed())
    for (const group of groups) {
      const before = matchNames(turn.text, group);
      const [last] = before;
      if (last && before.length === 1) return found(last.ref, { named: false, asked });
    }
  return found(null, { named: false, asked });
}

const found = (ref: string | null, how: { named: boolean; asked: boolean }): Meant => ({
  ref,
  ...how,
  several: [],
});

type Entries = { readonly entries: readonly Named<Candidate>[] };

function projectsOf(view: View): Entries | { readonly plan: Plan } {
  const pages = view.seen.filter((call) => call.tool === "portfolio_list" && call.ok);
  const tried = view.seen.some((call) => call.tool === "portfolio_list");
  const last = pages.at(-1)?.answer as PictureAnswer<"portfolio_list"> | undefined;
  if (!tried) return { plan: ask("portfolio_list", { limit: 50 }) };
  if (last && last.nextCursor !== null && pages.length < mostPages)
    return { plan: ask("portfolio_list", { limit: 50, cursor: last.nextCursor }) };
  const rows = pages.flatMap((page) => (page.answer as PictureAnswer<"portfolio_list">).projects);
  return { entries: rows.map(projectNamed) };
}

const projectNamed = (row: PortfolioRow): Named<Candidate> => ({
  item: {
    ref: row.ref,
    line: { text: `${row.name}: ${row.rag}.`, evidence: row.evidence },
  },
  ids: [row.ref.split(":").slice(2).join(":")],
  names: [row.name, row.clientName ?? ""],
});

function invoicesOf(view: View): Entries | { readonly plan: Plan } {
  const seen = view.seen.find((call) => call.tool === "late_invoice_list");
  if (!seen) return { plan: ask("late_invoice_list", { limit: 25 }) };
  const rows = seen.ok ? (seen.answer as LateInvoice[]) : [];
  return {
    entries: rows.map((row) => ({
      item: { ref: formatRef(row.ref), line: lateInvoiceSentence(row, citesOf(seen)) },
      ids: [row.ref.id, ...(row.number === null ? [] : [row.number])],
      names: [row.clientName ?? "", row.projectName ?? ""],
    })),
  };
}

/** `INV-1042`, `CO-9`. */
export const recordId = (text: string): string | null =>
  /\b[A-Za-z]{1,6}[-_/]\d[\w-]*\b/.exec(text)?.[0] ?? null;

/** A capital inside the sentence, or an id: somebody or something is named. */
const namesSomething = (text: string): boolean =>
  recordId(text) !== null ||
  /(?<=\p{Ll}['’]?s? )(?!(?:I|DSO|KPI|KPIs|WIP|CPI|SPI|RAG|PSA|CRM|ERP|SLA)\b)\p{Lu}[\p{L}\p{N}]+/u.test(
    text,
  );

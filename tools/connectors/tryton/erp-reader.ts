import { z } from "zod";
import { contentHash } from "#/domain/canonical-json.ts";
import type { Invoice } from "#/domain/record.ts";
import type { ErpReader } from "#/tools/ports.ts";
import {
  type InvoiceLinks,
  invoiceLineView,
  readInvoiceLinks,
  type TrytonInvoiceLine,
} from "./invoice-links.ts";
import { dateMarker, periodMarker } from "./markers.ts";
import { billingOf } from "./psa-reader.ts";
import { amountOf, dayOf, numericId, type Reading, sourceOf } from "./reading.ts";
import type { Domain, View } from "./tryton-client.ts";

export const TrytonInvoiceState = z.enum(["draft", "validated", "posted", "paid", "cancelled"]);
const TrytonInvoice = z.object({
  id: z.int(),
  number: z.string().nullable(),
  reference: z.string().nullable(),
  comment: z.string().nullable(),
  party: z.object({ id: z.int(), name: z.string().nullable() }),
  state: TrytonInvoiceState,
  invoice_date: z.iso.date().nullable(),
  currency: z.object({ code: z.string() }),
  untaxed_amount: z.string(),
  total_amount: z.string(),
  amount_to_pay: z.string().nullable(),
  lines_to_pay: z.array(z.int()),
  move: z.object({ id: z.int(), post_number: z.string().nullable() }).nullable(),
  create_date: z.iso.datetime(),
  timestamp: z.string(),
});
type TrytonInvoice = z.infer<typeof TrytonInvoice>;
const invoiceView: View<TrytonInvoice> = {
  model: "account.invoice",
  fields: [
    "number",
    "reference",
    "comment",
    "party.name",
    "state",
    "invoice_date",
    "currency.code",
    "untaxed_amount",
    "total_amount",
    "amount_to_pay",
    "lines_to_pay",
    "move.post_number",
    "create_date",
    "_timestamp",
  ],
  schema: TrytonInvoice,
};

const Maturity = z.object({ id: z.int(), maturity_date: z.iso.date().nullable() });
const maturityView: View<z.infer<typeof Maturity>> = {
  model: "account.move.line",
  fields: ["maturity_date"],
  schema: Maturity,
};

const customerInvoices: Domain = [["type", "=", "out"]];

/** ISO weekday on which the firm runs its billing, Monday = 1; null where it bills one by one. */
type Billing = { readonly billingWeekday: number | null };

/** Customer invoices with their lines, due dates and ledger numbers out of `account.invoice`. */
export function createErpReader(reading: Reading, { billingWeekday }: Billing): ErpReader {
  const { client } = reading;

  async function invoices(domain: Domain): Promise<Invoice[]> {
    const retrievedAt = reading.now();
    const found = await client.read(invoiceView, [...customerInvoices, ...domain]);
    if (found.length === 0) return [];
    const toPay = found.flatMap((invoice) => invoice.lines_to_pay);
    const [lines, maturities] = await Promise.all([
      client.read(invoiceLineView, linesOf(found.map(({ id }) => id))),
      toPay.length === 0 ? [] : client.read(maturityView, [["id", "in", toPay]]),
    ]);
    const links = await readInvoiceLinks(reading, lines);
    const dueDates = new Map(maturities.map((line) => [line.id, line.maturity_date]));
    return found.map((invoice) =>
      invoiceOf(reading, invoice, {
        lines: lines.filter((line) => line.invoice === invoice.id),
        links,
        dueOn: invoice.lines_to_pay.flatMap((id) => dueDates.get(id) ?? []).toSorted()[0] ?? null,
        billingWeekday,
        retrievedAt,
      }),
    );
  }

  return {
    connection: reading.connection,
    listInvoices: () => invoices([]),
    async getInvoice(id) {
      const number = numericId(id);
      return number === null ? null : ((await invoices([["id", "=", number]]))[0] ?? null);
    },
  };
}

/** Money lines only: titles, comments and subtotals are decoration. */
export const linesOf = (invoices: readonly number[]): Domain => [
  ["invoice", "in", invoices],
  ["type", "=", "line"],
];

/**
 * The version of the whole invoice. Its own token does not move when a line is written directly
 * (measured), so the lines' tokens are part of it. The first part is what the server compares.
 */
export function invoiceRevision(
  timestamp: string,
  lines: readonly Pick<TrytonInvoiceLine, "id" | "timestamp">[],
): string {
  const tokens = lines.map((line) => [line.id, line.timestamp]);
  return `${timestamp}~${contentHash(tokens).slice(0, 16)}`;
}

function invoiceOf(
  reading: Reading,
  invoice: TrytonInvoice,
  known: {
    lines: readonly TrytonInvoiceLine[];
    links: InvoiceLinks;
    dueOn: string | null;
    billingWeekday: number | null;
    retrievedAt: string;
  },
): Invoice {
  const { lines, links, billingWeekday, retrievedAt } = known;
  const money = (decimal: string) => amountOf(decimal, invoice.currency.code, "account.invoice");
  const state = stateOf(invoice);
  const issued = invoice.state === "posted" || invoice.state === "paid";
  const waiting = invoice.state === "draft" || invoice.state === "validated";
  const project = links.project(invoice, lines);
  const period = periodMarker(invoice.comment);
  const createdOn = dayOf(reading, invoice.create_date);
  const imported = dateMarker(invoice.comment, "drafted");
  // A draft taken over from elsewhere is older than its record, never younger.
  const draftedOn = imported !== null && imported < createdOn ? imported : createdOn;
  return {
    source: sourceOf(
      reading,
      { system: "erp", type: "invoice", id: String(invoice.id) },
      {
        model: "account.invoice",
        revision: invoiceRevision(invoice.timestamp, lines),
        retrievedAt,
      },
    ),
    number: invoice.number,
    reference: invoice.reference,
    clientId: String(invoice.party.id),
    clientName: invoice.party.name,
    projectId: project === null ? null : String(project.id),
    state,
    billing: project === null ? null : billingOf(project),
    periodStart: period?.start ?? null,
    periodEnd: period?.end ?? null,
    lines: lines.map((line) => ({
      id: String(line.id),
      text: line.description || (line.product?.rec_name ?? ""),
      net: money(line.amount),
      milestoneId: links.milestoneId(line),
      changeOrderId: links.changeOrderId(line),
    })),
    net: money(invoice.untaxed_amount),
    total: money(invoice.total_amount),
    ledgerEntry: issued ? (invoice.move?.post_number ?? null) : null,
    draftedOn,
    issuedOn: issued ? invoice.invoice_date : null,
    dueOn: issued ? known.dueOn : null,
    // Tryton has no approval queue for invoices.
    approval: null,
    billingRunOn:
      waiting && billingWeekday !== null ? nextWeekday(draftedOn, billingWeekday) : null,
  };
}

/** `validated` is released for issue and neither numbered nor in the ledger yet. */
function stateOf(invoice: TrytonInvoice): Invoice["state"] {
  const { amount_to_pay: open, total_amount: total, currency } = invoice;
  if (invoice.state !== "posted" || open === null) return stateWords[invoice.state];
  const size = (text: string) => Math.abs(amountOf(text, currency.code, "account.invoice").minor);
  return size(open) < size(total) ? "part_paid" : "issued";
}

const stateWords = {
  draft: "draft",
  validated: "approved",
  posted: "issued",
  paid: "paid",
  cancelled: "void",
} as const satisfies Record<TrytonInvoice["state"], Invoice["state"]>;

/** The first such weekday after the day. */
function nextWeekday(date: string, weekday: number): string {
  const day = Temporal.PlainDate.from(date);
  return day.add({ days: ((weekday - day.dayOfWeek + 6) % 7) + 1 }).toString();
}

import { z } from "zod";
import { projectOf, readSales, type Sale } from "./contract-links.ts";
import { idMarker, marker } from "./markers.ts";
import { readWorkTree, type Work, type WorkTree } from "./project-works.ts";
import { isMilestone } from "./psa-reader.ts";
import type { Reading } from "./reading.ts";
import type { View } from "./tryton-client.ts";

const InvoiceLine = z.object({
  id: z.int(),
  invoice: z.int(),
  description: z.string().nullable(),
  product: z.object({ rec_name: z.string() }).nullable(),
  note: z.string().nullable(),
  origin: z.string().nullable(),
  amount: z.string(),
  timestamp: z.string(),
});
export type TrytonInvoiceLine = z.infer<typeof InvoiceLine>;
export const invoiceLineView: View<TrytonInvoiceLine> = {
  model: "account.invoice.line",
  fields: ["invoice", "description", "product.rec_name", "note", "origin", "amount", "_timestamp"],
  schema: InvoiceLine,
};

const BilledTime = z.object({
  id: z.int(),
  invoice_line: z.int(),
  work: z.object({ origin: z.string().nullable() }),
});
const billedTimeView: View<z.infer<typeof BilledTime>> = {
  model: "timesheet.line",
  fields: ["invoice_line", "work.origin"],
  schema: BilledTime,
};

const BilledProgress = z.object({ id: z.int(), invoice_line: z.int(), work: z.int() });
const billedProgressView: View<z.infer<typeof BilledProgress>> = {
  model: "project.work.invoiced_progress",
  fields: ["invoice_line", "work"],
  schema: BilledProgress,
};

const SaleLine = z.object({ id: z.int(), sale: z.int() });
const saleLineView: View<z.infer<typeof SaleLine>> = {
  model: "sale.line",
  fields: ["sale"],
  schema: SaleLine,
};

const OpenChange = z.object({ id: z.int(), amendment: z.int(), line: z.int().nullable() });
const openChangeView: View<z.infer<typeof OpenChange>> = {
  model: "sale.amendment.line",
  fields: ["amendment", "line"],
  schema: OpenChange,
};

export type InvoiceLinks = {
  milestoneId(line: TrytonInvoiceLine): string | null;
  changeOrderId(line: TrytonInvoiceLine): string | null;
  /** The one project its lines or its `project:CODE` name; null when none, or several. */
  project(invoice: { comment: string | null }, lines: readonly TrytonInvoiceLine[]): Work | null;
};

/**
 * What the lines of invoices bill. Tryton keeps the link on the other side (the work, the time line
 * or the progress points at the invoice line), except for contracts, where the line's origin is the
 * sale line. Lines entered by hand say it in their note: `milestone:ID`, `change-order:ID`.
 */
export async function readInvoiceLinks(
  reading: Reading,
  lines: readonly TrytonInvoiceLine[],
): Promise<InvoiceLinks> {
  const { client } = reading;
  const ids = lines.map((line) => line.id);
  const sold = [...new Set(lines.flatMap((line) => originId(line.origin, "sale.line") ?? []))];
  const [tree, time, progress, saleLines] = await Promise.all([
    readWorkTree(reading, []),
    client.read(billedTimeView, [["invoice_line", "in", ids]]),
    client.read(billedProgressView, [["invoice_line", "in", ids]]),
    sold.length === 0 ? [] : client.read(saleLineView, [["id", "in", sold]]),
  ]);
  const [sales, changes] =
    sold.length === 0
      ? [[], []]
      : await Promise.all([
          readSales(reading, [["id", "in", [...new Set(saleLines.map((line) => line.sale))]]]),
          client.read(openChangeView, [
            ["line", "in", sold],
            ["amendment.state", "=", "draft"],
          ]),
        ]);

  const billedWorks = new Map<number, Work[]>();
  const link = (line: number, work: Work | undefined): void => {
    if (work !== undefined) billedWorks.set(line, [...(billedWorks.get(line) ?? []), work]);
  };
  for (const work of tree.works.values())
    if (work.invoice_line !== null) link(work.invoice_line, work);
  for (const row of progress) link(row.invoice_line, tree.works.get(row.work));
  const timeWorks = new Map<number, Set<number>>();
  for (const { invoice_line, work } of time) {
    const id = originId(work.origin, "project.work");
    if (id !== null)
      timeWorks.set(invoice_line, (timeWorks.get(invoice_line) ?? new Set()).add(id));
  }

  return {
    milestoneId(line) {
      const milestones = (billedWorks.get(line.id) ?? []).flatMap((work) => {
        const found = tree.firstLevel(work);
        return found !== null && isMilestone(found) ? String(found.id) : [];
      });
      const [only, ...others] = new Set(milestones);
      if (only !== undefined) return others.length === 0 ? only : null;
      return idMarker(line.note, "milestone");
    },
    changeOrderId(line) {
      const saleLine = originId(line.origin, "sale.line");
      const open = changes.find((change) => saleLine !== null && change.line === saleLine);
      return open === undefined ? idMarker(line.note, "change-order") : String(open.amendment);
    },
    project(invoice, own) {
      const roots = rootsOf(tree);
      const found = own.flatMap((line) => [
        ...(billedWorks.get(line.id) ?? []),
        ...[...(timeWorks.get(line.id) ?? [])].flatMap((id) => tree.works.get(id) ?? []),
        ...(saleProject(line, { saleLines, sales, roots }) ?? []),
      ]);
      const code = marker(invoice.comment, "project");
      const named =
        code === null ? [] : roots.filter((root) => marker(root.comment, "code") === code);
      const [only, ...others] = new Set([...found.map((work) => tree.root(work)), ...named]);
      return only !== undefined && others.length === 0 ? only : null;
    },
  };
}

function saleProject(
  line: TrytonInvoiceLine,
  known: {
    saleLines: readonly z.infer<typeof SaleLine>[];
    sales: readonly Sale[];
    roots: readonly Work[];
  },
): Work[] | null {
  const id = originId(line.origin, "sale.line");
  const saleLine = known.saleLines.find((found) => found.id === id);
  const sale = known.sales.find((found) => found.id === saleLine?.sale);
  const project = sale === undefined ? null : projectOf(sale, known.roots);
  return project === null ? null : [project];
}

const rootsOf = (tree: WorkTree): Work[] =>
  [...tree.works.values()].filter((work) => work.type === "project" && work.parent === null);

/** `"sale.line,7"` → 7 for that model, else null. */
function originId(origin: string | null, model: string): number | null {
  const [name, id] = (origin ?? "").split(",");
  return name === model && id !== undefined && /^\d+$/.test(id) ? Number(id) : null;
}

import { z } from "zod";
import { Invoice } from "#/domain/record.ts";
import { defineLookTool, pageOfMany, paging } from "./define-look-tool.ts";
import { invoiceCiting, invoiceLine } from "./invoice-fields.ts";
import { page } from "./page.ts";

export const invoiceList = defineLookTool({
  name: "invoice_list",
  kind: "erp",
  title: "List invoices",
  description:
    "List customer invoices of the ERP, drafts included, with state, amounts and dates, ordered by id.",
  input: z.strictObject({
    state: Invoice.shape.state.optional().describe("Only invoices in this state"),
    projectId: z.string().min(1).max(128).optional().describe("Only invoices of this project"),
    ...paging,
  }),
  output: pageOfMany("invoices", Invoice),
  async look({ state, projectId, ...asked }, { look, principal }) {
    const all = await look.erp.listInvoices();
    return page(
      {
        tool: "invoice_list",
        noun: "invoices",
        records: all.filter(
          (invoice) =>
            (!state || invoice.state === state) && (!projectId || invoice.projectId === projectId),
        ),
        filter: { state: state ?? null, project: projectId ?? null },
        citing: invoiceCiting,
        line: invoiceLine,
      },
      { principal, ...asked },
    );
  },
});

import { z } from "zod";
import { CivilDate } from "#/domain/ids.ts";
import type { Invoice } from "#/domain/record.ts";
import { Refused } from "#/domain/run.ts";
import type { ErpReader, ErpWriter } from "#/tools/ports.ts";
import type { Kind, Read, SystemClient } from "./system-client.ts";
import { Amount, envelope, OptionalDate, pathOf, sourceOf, Text, words } from "./vendor-shapes.ts";
import { writeOperations } from "./write-operations.ts";

const InvoiceShape = z.object({
  ...envelope,
  document_no: Text.nullable(),
  our_reference: Text.nullable(),
  customer: z.object({ code: Text, name: Text.nullable() }).nullable(),
  project_ref: Text.nullable(),
  status: words({
    open_draft: "draft",
    released: "approved",
    posted: "issued",
    partially_settled: "part_paid",
    settled: "paid",
    cancelled: "void",
    credited: "credited",
  }),
  kind: words({ effort: "time_and_materials", milestone: "fixed" }).nullable(),
  service_period: z.object({ first_day: CivilDate, last_day: CivilDate }).nullable(),
  positions: z.array(
    z.object({
      no: Text,
      description: z.string(),
      net: Amount,
      milestone_ref: Text.nullable(),
      change_request_ref: Text.nullable(),
    }),
  ),
  net_amount: Amount,
  gross_amount: Amount,
  created_on: OptionalDate,
  posting_date: OptionalDate,
  payment_due: OptionalDate,
  approval: z
    .object({
      requested_on: CivilDate,
      granted_on: OptionalDate,
      granted_by: Text.nullable(),
    })
    .nullable(),
  billing_run: OptionalDate,
  journal_entry: Text.nullable(),
});

const invoice = { name: "an invoice", schema: InvoiceShape } satisfies Kind<unknown>;
type MadeInvoice = Read<z.output<typeof InvoiceShape>>;

export function createErpReader(client: SystemClient, connection: string): ErpReader {
  const source = sourceOf({ connection, baseUrl: client.baseUrl });

  const toInvoice = ({ record: r, at }: MadeInvoice): Invoice => ({
    source: source({ system: "erp", type: "invoice", id: r.id }, { etag: r.etag, at }),
    number: r.document_no,
    reference: r.our_reference,
    clientId: r.customer?.code ?? null,
    clientName: r.customer?.name ?? null,
    projectId: r.project_ref,
    state: r.status,
    billing: r.kind,
    periodStart: r.service_period?.first_day ?? null,
    periodEnd: r.service_period?.last_day ?? null,
    lines: r.positions.map((line) => ({
      id: line.no,
      text: line.description,
      net: line.net,
      milestoneId: line.milestone_ref,
      changeOrderId: line.change_request_ref,
    })),
    net: r.net_amount,
    total: r.gross_amount,
    ledgerEntry: r.journal_entry,
    draftedOn: r.created_on,
    issuedOn: r.posting_date,
    dueOn: r.payment_due,
    approval: r.approval && {
      requestedOn: r.approval.requested_on,
      approvedOn: r.approval.granted_on,
      approverName: r.approval.granted_by,
    },
    billingRunOn: r.billing_run,
  });

  return {
    connection,
    async listInvoices() {
      return (await client.all("/invoices", {}, invoice)).map(toInvoice);
    },
    async getInvoice(id) {
      const read = await client.one(pathOf("/invoices", id), invoice);
      return read && toInvoice(read);
    },
  };
}

export function createErpWriter(client: SystemClient): ErpWriter {
  return {
    async issueInvoice({ invoiceId, revision }) {
      // Without a version the ERP would not know which invoice the people have seen.
      if (revision === null)
        throw new Refused("invalid", "The invoice cannot be issued without the version approved.");
      await client.write(
        writeOperations.issueInvoice,
        { path: `${pathOf("/invoices", invoiceId)}/issue`, body: {}, ifMatch: revision },
        invoice,
      );
    },
  };
}

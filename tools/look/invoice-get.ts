import { z } from "zod";
import { CountersignError } from "#/domain/errors.ts";
import { observe } from "#/domain/evidence.ts";
import { formatMoney } from "#/domain/money.ts";
import { formatRef, Invoice } from "#/domain/record.ts";
import { defineLookTool, oneOf } from "./define-look-tool.ts";
import { findNamed } from "./find-named.ts";
import { invoiceCiting, invoiceLine } from "./invoice-fields.ts";
import { cite, cleaned, details, fenced } from "./shown-record.ts";

const shownLines = 50;

export const invoiceGet = defineLookTool({
  name: "invoice_get",
  kind: "erp",
  title: "Get one invoice",
  description:
    "Get one customer invoice of the ERP by its id, number or reference, with its lines and its approval in the ERP.",
  input: z.strictObject({
    invoice: z.string().min(1).max(128).describe("Id, number or reference"),
  }),
  output: oneOf("invoice", Invoice),
  async look({ invoice: wanted }, { look }) {
    const unknown = (invoice: string) => new CountersignError("UNKNOWN_INVOICE", { invoice });
    const found = findNamed(await look.erp.listInvoices(), wanted, {
      names: ({ number, reference }) => [number, reference],
      unknown,
    });
    const fresh = await look.erp.getInvoice(found.source.id);
    if (fresh === null) throw unknown(found.source.id);
    const invoice = cleaned({ ...fresh, lines: fresh.lines.slice(0, shownLines) });
    const { source, approval } = invoice;
    const left = fresh.lines.length - invoice.lines.length;
    return {
      facts: {
        invoice,
        linesLeftOut: left,
        labels: { "lines.text": "TEXT" },
        evidence: [
          ...cite(invoice, invoiceCiting),
          ...(approval === null
            ? []
            : [
                observe(source, "approval.requestedOn", approval.requestedOn),
                observe(source, "approval.approvedOn", approval.approvedOn),
              ]),
          ...invoice.lines.flatMap((line) => [
            observe(source, `lines.${line.id}.text`, line.text, "TEXT"),
            observe(source, `lines.${line.id}.net`, formatMoney(line.net)),
          ]),
        ],
      },
      text: [
        `${formatRef(source)} ${invoiceLine(invoice)}. As of ${source.retrievedAt}.`,
        ...invoice.lines.map(
          (line) =>
            `- line ${line.id}: ${fenced(line.text)} ${details({
              net: formatMoney(line.net),
              milestone: line.milestoneId,
              "change order": line.changeOrderId,
            })}`,
        ),
        ...(left > 0 ? [`${left} more lines are not shown.`] : []),
        ...(approval === null
          ? []
          : [
              `Approval in the ERP: ${details({ asked: approval.requestedOn, given: approval.approvedOn ?? "no" })}`,
            ]),
      ].join("\n"),
    };
  },
});

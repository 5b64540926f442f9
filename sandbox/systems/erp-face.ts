import { type Invoice, netCents, totalCents } from "../firm/firm.ts";
import { issueInvoice } from "./happenings.ts";
import { type Answer, type Call, problem, type Route } from "./serve-face.ts";
import type { Shelf } from "./shelf.ts";
import { amount, ok, page, tagged } from "./vendor-json.ts";
import type { World } from "./world.ts";

/* The ERP: customer invoices and the ledger, in its own words. */

export function presentInvoice(shelf: Shelf, invoice: Invoice) {
  const name = (handle: string | null) => handle && (shelf.person(handle)?.name ?? handle);
  const { approval } = invoice;
  return tagged(
    {
      id: invoice.id,
      document_no: invoice.number,
      our_reference: invoice.reference,
      customer: {
        code: invoice.clientId,
        name: shelf.clientName(invoice.clientId),
      },
      project_ref: invoice.projectId,
      status: invoice.state,
      kind: invoice.billing === "time" ? "effort" : "milestone",
      service_period: invoice.period
        ? { first_day: invoice.period.start, last_day: invoice.period.end }
        : null,
      positions: invoice.lines.map((line) => ({
        no: line.id,
        description: line.text,
        net: amount(line.netCents),
        milestone_ref: line.milestoneId,
        change_request_ref: line.changeOrderId,
      })),
      net_amount: amount(netCents(invoice)),
      gross_amount: amount(totalCents(invoice)),
      created_on: invoice.draftedOn,
      posting_date: invoice.postedOn,
      payment_due: invoice.dueOn,
      approval: approval && {
        requested_on: approval.requestedOn,
        granted_on: approval.approvedOn,
        granted_by: name(approval.approver),
      },
      billing_run: invoice.billingRunOn,
      journal_entry: invoice.ledgerEntry,
      journal_entries: shelf.postings(invoice.id),
      memo: invoice.note,
    },
    invoice.version,
  );
}

export function erpRoutes(world: World): Route[] {
  const { shelf } = world;
  return [
    { method: "GET", path: "/ping", run: () => ({ status: 200, json: { product: "erp" } }) },
    {
      method: "GET",
      path: "/invoices",
      run: (call) => page(shelf.all("invoices"), call, (invoice) => presentInvoice(shelf, invoice)),
    },
    {
      method: "GET",
      path: "/invoices/:id",
      run: ({ params }) => ok(presentInvoice(shelf, shelf.one("invoices", params["id"] ?? ""))),
    },
    { method: "POST", path: "/invoices/:id/issue", run: (call) => issue(world, call) },
    {
      method: "GET",
      path: "/journal",
      run: (call) => {
        const invoice = call.query.get("invoice");
        const entries = shelf
          .all("ledger")
          .filter((entry) => !invoice || entry.invoiceId === invoice);
        return page(entries, call, (entry) => ({
          id: entry.id,
          invoice: entry.invoiceId,
          booked_on: entry.postedOn,
          gross_amount: amount(entry.totalCents),
        }));
      },
    },
  ];
}

function issue(world: World, { params, headers, body }: Call): Answer {
  const tag = headers["if-match"];
  if (!tag) return problem(428, "version_needed", "Say in If-Match which version you have read.");
  if (Object.keys(body).length > 0) return problem(422, "unknown_field", "No field is taken here.");
  const seen = (invoice: Invoice): boolean =>
    tag === `"${presentInvoice(world.shelf, invoice).etag}"`;
  const posted = world.commit(issueInvoice(params["id"] ?? "", seen));
  return ok(presentInvoice(world.shelf, posted));
}

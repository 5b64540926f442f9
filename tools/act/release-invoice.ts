import { contentHash } from "#/domain/canonical-json.ts";
import { CountersignError } from "#/domain/errors.ts";
import { observe } from "#/domain/evidence.ts";
import { formatMoney } from "#/domain/money.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { Argument } from "#/domain/proposal.ts";
import type { Invoice } from "#/domain/record.ts";
import { EffectMissing, type Receipt } from "#/domain/run.ts";
import { type Action, defineAction } from "./define-action.ts";
import { projectPart } from "./draft-effect.ts";
import { checkedTarget, noteArgument, refOf, type TargetArgs, targetArgs } from "./target-args.ts";

/** R08. Issues a finished invoice by the ERP's own transition. Money: only a credit note undoes it. */
export const releaseInvoice: Action<TargetArgs> = defineAction({
  declaration: {
    id: "R08",
    name: "release-invoice",
    title: "Release an invoice",
    group: "financialWrite",
    tier: 4,
    judgement: false,
    forCauses: ["INV-8", "INV-12"],
    sinks: {
      invoice: "destination",
      client: "recipient",
      total: "amount",
      net: "amount",
      note: "text",
    },
    editable: ["note"],
    idempotency: "natural",
    reversible: "counter-entry",
    undo: "Credit note only: an issued invoice stays in the books.",
  },
  args: targetArgs("erp", "invoice"),

  async preview({ target, note }, { look, openBlockers }) {
    const refuse = (reason: string) =>
      new CountersignError("PRECONDITION_FAILED", { action: "The release of the invoice", reason });
    const invoice = checkedTarget(await look.erp.getInvoice(target.id), target, () =>
      refuse("the ERP has no such invoice"),
    );
    const { net, total } = invoice;
    if (invoice.state !== "draft" && invoice.state !== "approved")
      throw refuse(`it is already ${invoice.state}`);
    if (total.minor <= 0) throw refuse("its total is not above zero");
    if (invoice.lines.length === 0) throw refuse("it has no lines");
    if ([net, ...invoice.lines.map((line) => line.net)].some((m) => m.currency !== total.currency))
      throw refuse("its amounts are in more than one currency");
    const blockers = await openBlockers(target.id);
    if (blockers.length > 0) throw refuse(heldBack(blockers));

    const project =
      invoice.projectId === null ? null : await look.psa.getProject(invoice.projectId);
    const { projectLeadEmail, projectEvidence } = projectPart(project);
    const record = refOf(invoice.source);
    const client = invoice.clientName === null ? null : plainText(invoice.clientName, 80);
    const fromField = (name: string, part: Pick<Argument, "sink" | "value">): Argument => ({
      name,
      ...part,
      label: "SOR",
      from: { record, field: name === "client" ? "clientName" : name === "invoice" ? "id" : name },
    });
    return {
      target: record,
      title: `Release invoice ${nameOf(invoice)}${client === null ? "" : ` to ${client}`}`,
      arguments: [
        fromField("invoice", { sink: "destination", value: record.id }),
        ...(client === null ? [] : [fromField("client", { sink: "recipient", value: client })]),
        fromField("total", { sink: "amount", value: formatMoney(total) }),
        ...(net.minor === total.minor
          ? []
          : [fromField("net", { sink: "amount", value: formatMoney(net) })]),
        ...noteArgument(note),
      ],
      effects: [{ record, field: "state", before: invoice.state, after: "issued" }],
      amount: total,
      preconditions: [
        {
          record,
          revision: invoice.source.revision,
          asserted: [
            { field: "state", value: invoice.state },
            { field: "total", value: formatMoney(total) },
            { field: "net", value: formatMoney(net) },
            { field: "clientId", value: invoice.clientId },
            { field: "lines", value: contentHash(invoice.lines) },
          ],
        },
      ],
      projectId: invoice.projectId,
      projectLeadEmail,
      recipientInternal: false,
      evidence: [
        observe(invoice.source, "state", invoice.state),
        observe(invoice.source, "total", formatMoney(total)),
        observe(invoice.source, "net", formatMoney(net)),
        observe(invoice.source, "billingRunOn", invoice.billingRunOn),
        ...projectEvidence,
      ],
    };
  },

  async find({ target }, _key, { erp }) {
    const invoice = await erp.getInvoice(target.id);
    return invoice !== null && isOut(invoice) ? receiptOf(invoice) : null;
  },
  async send({ target }, approved, { key, systems }) {
    const revision = approved.preconditions[0]?.revision ?? null;
    await systems.erpWriter.issueInvoice({ key, invoiceId: target.id, revision });
  },
  async verify({ target }, approved, { systems }) {
    const invoice = await systems.erp.getInvoice(target.id);
    const missing = (what: string) =>
      new EffectMissing(`The ERP answered, and ${what}. Look at the invoice before anything else.`);
    if (invoice === null) throw missing("the invoice is not there");
    if (!isOut(invoice)) throw missing(`the invoice is still ${invoice.state}`);
    if (invoice.number === null) throw missing("the issued invoice has no number");
    if (invoice.ledgerEntry === null) throw missing("the issued invoice has no ledger entry");
    if (
      approved.amount === null ||
      invoice.total.minor !== approved.amount.minor ||
      invoice.total.currency !== approved.amount.currency
    )
      throw missing(`it was issued over ${formatMoney(invoice.total)}, which was not approved`);
    return receiptOf(invoice);
  },
});

const isOut = ({ state }: Invoice): boolean => ["issued", "part_paid", "paid"].includes(state);

const receiptOf = (invoice: Invoice): Receipt => ({
  record: refOf(invoice.source),
  externalId: invoice.number ?? invoice.source.id,
  url: invoice.source.url,
  observed: {
    state: invoice.state,
    number: invoice.number,
    ledgerEntry: invoice.ledgerEntry,
    total: formatMoney(invoice.total),
    issuedOn: invoice.issuedOn,
  },
  verifiedAt: invoice.source.retrievedAt,
});

const nameOf = (invoice: Invoice): string =>
  plainText(invoice.number ?? invoice.reference ?? invoice.source.id, 60);

function heldBack(blockers: readonly string[]): string {
  const shown = blockers.slice(0, 3).map((blocker) => plainText(blocker, 200).replace(/\.$/, ""));
  const rest = blockers.length - shown.length;
  return `${shown.join("; ")}${rest > 0 ? `; and ${rest} more` : ""}`;
}

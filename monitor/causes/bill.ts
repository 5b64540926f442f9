import { endOfDay } from "../civil-time.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { changesOf } from "./record-history.ts";

/** One invoice with the records that its own conditions are about. */
export type Bill = {
  readonly invoice: TwinRecord<"invoice">;
  readonly project: TwinRecord<"project"> | null;
  readonly lines: readonly TwinRecord<"invoice-line">[];
  readonly draftedAt: string;
  /** When it went out; null: not yet. */
  readonly out: string | null;
};

export function billOf(view: FirmView, invoice: TwinRecord<"invoice">): Bill {
  const { draftedOn, issuedOn, state } = invoice.fields;
  const issued = state === "issued" || state === "paid";
  const sent = changesOf(view, invoice, "issuedOn").findLast(({ value }) => value !== null);
  return {
    invoice,
    project: view.get("project", invoice.fields.projectId),
    lines: view.by("invoice-line", "invoiceId", invoice.id),
    draftedAt:
      view.history("invoice", invoice.id)[0]?.occurredAt ?? endOfDay(view.calendar, draftedOn),
    out: !issued ? null : (sent?.at ?? (issuedOn ? endOfDay(view.calendar, issuedOn) : null)),
  };
}

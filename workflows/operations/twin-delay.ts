import type { FirmInvoiceDelay } from "#/domain/assessment.ts";
import { invoiceDelayOf } from "#/monitor/causes/invoice-delay.ts";
import type { Tenant } from "../store.ts";
import type { FirmPicture } from "./firm-picture.ts";

/** Why an invoice is late, of the records that only the firm's whole picture holds. */
export type TwinDelay = (tenant: Tenant, invoiceId: string) => Promise<FirmInvoiceDelay | null>;

/** null: the picture does not have the invoice, or not all that the answer needs. */
export const twinDelay =
  (picture: FirmPicture): TwinDelay =>
  async (tenant, invoiceId) => {
    const { view } = await picture.now(tenant);
    if (!view.get("invoice", invoiceId)) return null;
    const delay = invoiceDelayOf(view, invoiceId);
    return delay.status === "unknown" ? null : delay;
  };

/** Causes that can be read from the invoice's own systems when somebody asks. */
const readAtTheSource: ReadonlySet<string> = new Set([
  "INV-1",
  "INV-2",
  "INV-3",
  "INV-4",
  "INV-8",
  "INV-12",
]);

/** Orders, rates, holds, transfers and second projects: the picture knows them, a single look does not. */
export const knowsMore = ({ causes }: FirmInvoiceDelay): boolean =>
  causes.some(({ code }) => !readAtTheSource.has(code));

/** What of that still holds the invoice back, in our words; nothing of it may be open at a release. */
export const furtherBlockers = ({ causes }: FirmInvoiceDelay): string[] =>
  causes
    .filter(({ code, open }) => open && !readAtTheSource.has(code))
    .flatMap(({ blockers }) =>
      blockers.filter(({ end }) => end === null).map(({ detail }) => `${detail}.`),
    );

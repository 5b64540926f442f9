import type { InvoiceDelay } from "#/domain/assessment.ts";
import { contentHash } from "#/domain/canonical-json.ts";
import type { TenantId } from "#/domain/ids.ts";
import { formatMoney } from "#/domain/money.ts";
import { formatRef, type Invoice } from "#/domain/record.ts";
import type { Start } from "./durable.ts";
import { type ExplainNeeds, explainInvoice } from "./explain-invoice.ts";
import type { FirmWatch } from "./operations/watch-operations.ts";
import type { Store, Tenant } from "./store.ts";

export type WatchNeeds = ExplainNeeds & {
  readonly store: Pick<
    Store,
    "tenant" | "openExceptions" | "openException" | "updateException" | "closeException"
  >;
  readonly start: Pick<Start, "investigate">;
  /** The whole firm, where its systems tell what changes. */
  readonly firm?: FirmWatch | null;
};

export type SweepNeeds = WatchNeeds & {
  readonly store: Pick<Store, "overdue" | "expireProposal" | "restartStalled">;
  readonly start: Pick<Start, "carryOutAgain">;
};

/** What the clock does: lets run out what is overdue, starts again what stalled, looks at the firm. */
export async function sweepTenant(tenant: TenantId, needs: SweepNeeds): Promise<void> {
  for (const { id, version } of await needs.store.overdue(tenant))
    await needs.store.expireProposal(tenant, id, version);
  await needs.store.restartStalled(tenant, (stalled) =>
    needs.start.carryOutAgain({ tenant, ...stalled }),
  );
  await watchFirm(tenant, needs);
}

/**
 * The firm's unissued invoices one by one, and the firm as a whole where it can be seen. Late invoices go
 * first: what is proposed for one stands with all of its causes, and is not proposed again for a part.
 */
export async function watchFirm(tenant: TenantId, needs: WatchNeeds): Promise<void> {
  await needs.firm?.takeIn(tenant);
  await watchInvoices(tenant, needs);
  await needs.firm?.look(tenant);
}

/**
 * One look at the firm's unissued invoices: opens a case where one is late, brings open cases up to
 * date, closes those whose cause is gone. Looking twice changes nothing more.
 */
export async function watchInvoices(tenantId: TenantId, needs: WatchNeeds): Promise<void> {
  const tenant = await needs.store.tenant(tenantId);
  const open = new Map(
    (await needs.store.openExceptions(tenantId)).map((each) => [formatRef(each.subject), each]),
  );
  const { erp } = needs.reads(tenant);
  const invoices = await erp.listInvoices();
  for (const invoice of invoices) {
    const known = open.get(formatRef(invoice.source));
    if (!known && !isUnissued(invoice)) continue;
    const delay = await explainInvoice(tenant, invoice, needs);
    if (!known) await openIfLate(tenant, delay, needs);
    else if (!isUnissued(invoice))
      await needs.store.closeException(known.id, delay, `the invoice is ${invoice.state}`);
    else if (delay.status === "on-time")
      await needs.store.closeException(known.id, delay, "the invoice is no longer late");
    else if (shapeOf(known.delay) !== shapeOf(delay))
      await needs.store.updateException(
        known.id,
        delay,
        needs.start.investigate(tenantId, known.id, digestOf(delay)),
      );
    open.delete(formatRef(invoice.source));
  }
  // A deleted draft is in no list; it is asked for by id before it counts as gone.
  for (const { id, subject, delay } of open.values())
    if ((await erp.getInvoice(subject.id)) === null)
      await needs.store.closeException(id, delay, "the ERP no longer has the invoice");
}

async function openIfLate(tenant: Tenant, delay: InvoiceDelay, needs: WatchNeeds): Promise<void> {
  if (delay.status !== "late") return;
  await needs.store.openException(delay, titleOf(delay), (id) =>
    needs.start.investigate(tenant.id, id, digestOf(delay)),
  );
}

const isUnissued = ({ state }: Invoice): boolean => state === "draft" || state === "approved";

/** What makes a case worth telling again: which causes, on which records, open or gone. */
const shapeOf = (delay: InvoiceDelay): string =>
  JSON.stringify([
    delay.status,
    delay.invoice.state,
    delay.causes.map((cause) => [
      cause.code,
      cause.blockers.map((blocker) => [formatRef(blocker.record), blocker.end === null]),
    ]),
    delay.gaps,
  ]);

/** The same shape investigated twice is one investigation. */
const digestOf = (delay: InvoiceDelay): string => contentHash(shapeOf(delay)).slice(0, 16);

/** `Invoice NWH-0925 to Northwind Health is late (EUR 18,600.00)`. */
const titleOf = ({ invoice }: InvoiceDelay): string =>
  `Invoice ${invoice.number ?? invoice.reference ?? invoice.ref.id}${
    invoice.clientName ? ` to ${invoice.clientName}` : ""
  } is late (${formatMoney(invoice.net)})`;

import { at, dayOf, type Moment } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import type { Log } from "./events.ts";
import type { Wait } from "./invoice.ts";
import type { ProjectPlan } from "./staffing-plan.ts";

type Billed = {
  readonly netCents: number;
  readonly issuedAt: Moment;
  readonly waits: readonly { readonly what: string; readonly to: Moment; readonly from: Moment }[];
};

/** The contract asks for an order of the client: who else has one, and whoever's ran out. */
export const orderRequired = ({ circumstances }: Cast, { id, client }: ProjectPlan): boolean =>
  client.purchaseOrderRequired ||
  circumstances.ever("purchase-order-absent", id) !== null ||
  circumstances.ever("purchase-order-used-up", id) !== null;

/** The client's order over its life: what was drawn on it, when it ran out, when it was renewed. */
export function keepPurchaseOrder(
  cast: Cast,
  log: Log,
  { plan, invoices }: { plan: ProjectPlan; invoices: readonly Billed[] },
): void {
  if (!orderRequired(cast, plan)) return;
  const { calendar } = cast.setting;
  const id = `PO-${plan.id}`;
  const expired = cast.circumstances.ever("purchase-order-absent", plan.id);
  const usedUp = cast.circumstances.ever("purchase-order-used-up", plan.id);
  const links = { project: plan.id, client: plan.client.id };
  const stuck = invoices.filter(({ waits }) => waits.some(({ what }) => what === "purchase order"));
  const first = stuck[0];
  const enough = plan.valueCents * 3;
  const drawnBefore = invoices
    .filter(
      ({ issuedAt }) =>
        first && issuedAt < first.issuedAt && !stuck.some((one) => one.issuedAt === issuedAt),
    )
    .reduce((sum, { netCents }) => sum + netCents, 0);
  const received = at(calendar.addDays(plan.start - 6, 0), 11 * 60);
  log.opened("purchase-order", id, {
    what: "received",
    when: { occurred: received },
    links,
    fields: {
      clientId: plan.client.id,
      projectId: plan.id,
      number: `45${plan.id.slice(1)}00${plan.weeks}`,
      amountCents: usedUp && first ? Math.round(drawnBefore + first.netCents * 0.4) : enough,
      receivedOn: calendar.date(dayOf(received)),
      expiresOn: calendar.date(expired ? expired.from - 1 : plan.plannedEnd + 365),
      usedCents: 0,
    },
  });
  // Where no bill waits for it, the client sends the next order in its own time.
  const inTime = expired ? calendar.add(at(expired.until, 9 * 60), 0.1) : null;
  const when = renewalOf(invoices) ?? inTime;
  if (when !== null)
    log.changed("purchase-order", id, {
      what: "renewed",
      when: { occurred: when },
      fields: { amountCents: enough, expiresOn: calendar.date(plan.plannedEnd + 365) },
      links,
    });
  let usedCents = 0;
  for (const { issuedAt, netCents } of invoices.toSorted(
    (one, other) => one.issuedAt - other.issuedAt,
  )) {
    usedCents += netCents;
    log.changed("purchase-order", id, {
      what: "drawn",
      when: { occurred: issuedAt },
      fields: { usedCents },
      links,
    });
  }
}

/** When the client sent the next order, because a bill waited for it; null where none did. */
export function renewalOf(invoices: readonly Billed[]): Moment | null {
  const renewed = invoices.flatMap(({ waits }) =>
    waits.flatMap(({ what, to }) => (what === "purchase order" ? to : [])),
  );
  return renewed.length > 0 ? Math.min(...renewed) : null;
}

/** Where the order has run out, in time or in money. */
export function orderMissing(
  cast: Cast,
  { plan, checked, renewedAt }: { plan: ProjectPlan; checked: Moment; renewedAt: Moment | null },
): Wait | null {
  if (renewedAt !== null && renewedAt <= checked) return null;
  const day = dayOf(checked);
  const change =
    cast.circumstances.on("purchase-order-absent", plan.id, day) ??
    cast.circumstances.on("purchase-order-used-up", plan.id, day);
  if (!change) return null;
  const to = renewedAt ?? cast.setting.calendar.add(checked, change.strength);
  return {
    what: "purchase order",
    record: { type: "purchase-order", id: `PO-${plan.id}` },
    from: checked,
    to,
    source: change.id,
  };
}

import { formatMoney } from "#/domain/money.ts";
import type { TwinRecord } from "../twin/firm-view.ts";
import { facts, money } from "./draft-finding.ts";
import type { Blocker } from "./invoice-blockers.ts";
import type { Scene } from "./scene.ts";

/** What is wrong with the client's order for an invoice of this size: none, expired or used up. */
export function orderProblem(
  { view, today }: Scene,
  project: TwinRecord<"project">,
  netCents: number,
): Blocker | null {
  const { contractId, currency } = project.fields;
  const contract = contractId === null ? null : view.get("contract", contractId);
  const client = view.get("client", project.fields.clientId);
  const required =
    contract?.fields.purchaseOrderRequired ?? client?.fields.purchaseOrderRequired ?? false;
  if (!required) return null;
  const orders = view.by("purchase-order", "projectId", project.id);
  const problem = (title: string, detail: string, cited: Blocker["facts"]): Blocker => ({
    code: "INV-6",
    hard: true,
    open: true,
    days: null,
    title,
    detail,
    facts: cited,
  });
  if (orders.length === 0)
    return problem(
      "There is no purchase order",
      "The contract asks for one and none is on record.",
      contract
        ? facts(contract, "purchaseOrderRequired")
        : client
          ? facts(client, "purchaseOrderRequired")
          : facts(project, "contractId"),
    );
  const valid = orders.filter(
    ({ fields }) => fields.expiresOn === null || fields.expiresOn >= today,
  );
  const [newest] = orders.toSorted((a, b) =>
    (a.fields.expiresOn ?? "9999") < (b.fields.expiresOn ?? "9999") ? 1 : -1,
  );
  if (valid.length === 0 && newest)
    return problem(
      "The purchase order has expired",
      `${newest.fields.number} ended on ${newest.fields.expiresOn}.`,
      facts(newest, "expiresOn", "number"),
    );
  const left = valid.reduce((sum, { fields }) => sum + fields.amountCents - fields.usedCents, 0);
  if (left >= netCents) return null;
  return problem(
    "The purchase order is used up",
    `${formatMoney(money(left, currency))} are left for ${formatMoney(money(netCents, currency))}.`,
    valid.flatMap((order) => facts(order, "amountCents", "usedCents")),
  );
}

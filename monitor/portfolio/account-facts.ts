import { civilDays } from "../clocks/civil-days.ts";
import type { Observed } from "../kpi/intake.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { fieldsOf, listed } from "./basis.ts";

export const isOpenTicket = ({ fields }: TwinRecord<"ticket">): boolean => fields.state === "open";

/** Civil days since anybody met the client's sponsor; null: nobody ever did, as far as we know. */
export function lastSponsorContact(
  view: FirmView,
  clientId: string,
  today: string,
): { readonly days: number | null; readonly evidence: readonly Observed[] } {
  const contacts = listed(view, "contact", ["clientId", clientId]);
  const last = contacts.records
    .filter(({ fields }) => fields.role === "sponsor" && fields.on <= today)
    .reduce<TwinRecord<"contact"> | null>(
      (best, each) => (best === null || each.fields.on > best.fields.on ? each : best),
      null,
    );
  return {
    days: last && civilDays(last.fields.on, today),
    evidence: [contacts.count, ...(last ? fieldsOf(last, "role", "on") : [])],
  };
}

/** Civil days by which the client's longest overdue invoice is late; 0: none is. */
export const overdueDays = (view: FirmView, clientId: string, today: string): number =>
  view
    .by("invoice", "clientId", clientId)
    .reduce(
      (most, { fields }) =>
        fields.state === "issued" && fields.dueOn !== null && fields.dueOn < today
          ? Math.max(most, civilDays(fields.dueOn, today))
          : most,
      0,
    );

/** The contract whose renewal comes next, or came without being decided. null: none renews. */
export function renewalOf(
  view: FirmView,
  clientId: string,
  today: string,
): { readonly contract: TwinRecord<"contract">; readonly on: string } | null {
  const decided = new Set(
    view
      .by("opportunity", "clientId", clientId)
      .flatMap(({ fields }) =>
        fields.renewalOfContractId !== null && (fields.stage === "won" || fields.stage === "lost")
          ? [fields.renewalOfContractId]
          : [],
      ),
  );
  return view
    .by("contract", "clientId", clientId)
    .flatMap((contract) => {
      const { renewalOn, endsOn } = contract.fields;
      return renewalOn === null || decided.has(contract.id) || endsOn < today
        ? []
        : [{ contract, on: renewalOn }];
    })
    .reduce<{ contract: TwinRecord<"contract">; on: string } | null>(
      (first, each) => (first === null || each.on < first.on ? each : first),
      null,
    );
}

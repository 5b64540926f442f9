import type { FirmView } from "../twin/firm-view.ts";
import { type Spread, spreadOf } from "./spread.ts";

/** Fewer payments of one client say less than those of all of them. */
const enoughPayments = 5;

export type PaymentHabit = Spread & { readonly of: "client" | "firm" };

const known = new WeakMap<FirmView, Map<string, PaymentHabit | null>>();

/** By how many calendar days a client pays late, early ones negative; null: nobody has paid yet. */
export function paymentHabit(view: FirmView, clientId: string): PaymentHabit | null {
  let habits = known.get(view);
  if (!habits) known.set(view, (habits = new Map()));
  let habit = habits.get(clientId);
  if (habit === undefined) habits.set(clientId, (habit = readHabit(view, clientId)));
  return habit;
}

function readHabit(view: FirmView, clientId: string): PaymentHabit | null {
  const own = lateness(view, (client) => client === clientId);
  const client = own.length >= enoughPayments ? spreadOf(own) : null;
  if (client) return { ...client, of: "client" };
  const all = spreadOf(lateness(view, () => true));
  return all && { ...all, of: "firm" };
}

const lateness = (view: FirmView, of: (clientId: string) => boolean): number[] =>
  view
    .all("invoice")
    .flatMap(({ fields: { clientId, dueOn, paidOn } }) =>
      dueOn !== null && paidOn !== null && of(clientId) ? [daysBetween(dueOn, paidOn)] : [],
    );

export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);

export const addDays = (date: string, days: number): string =>
  Temporal.PlainDate.from(date).add({ days }).toString();

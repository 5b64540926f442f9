import type { FirmView, TwinRecord } from "../twin/firm-view.ts";

/** How many requests of the nearest amounts are asked. */
const neighbours = 15;

type Asked = { readonly amount: number; readonly levels: number };
const known = new WeakMap<FirmView, Map<string, readonly Asked[]>>();

/**
 * The commonest number of levels among requests of the same kind and the nearest amounts; the lower
 * one where two are as common. null: the firm has too few to say what is typical.
 */
export function typicalLevels(view: FirmView, { fields }: TwinRecord<"approval">): number | null {
  let kinds = known.get(view);
  if (!kinds) known.set(view, (kinds = new Map()));
  let asked = kinds.get(fields.kind);
  if (!asked) {
    asked = view
      .by("approval", "kind", fields.kind)
      .map((one) => ({ amount: one.fields.amountCents ?? 0, levels: one.fields.levels }))
      .toSorted((one, other) => one.amount - other.amount);
    kinds.set(fields.kind, asked);
  }
  if (asked.length < neighbours) return null;
  const amount = fields.amountCents ?? 0;
  const near = nearest(asked, amount);
  const counts = Map.groupBy(near, ({ levels }) => levels);
  const [commonest] = [...counts].toSorted(
    ([one, its], [other, theirs]) => theirs.length - its.length || one - other,
  );
  return commonest?.[0] ?? null;
}

/** Grows a range of the sorted amounts to the nearer side until it is full. */
function nearest(sorted: readonly Asked[], amount: number): readonly Asked[] {
  let high = sorted.findIndex((one) => one.amount >= amount);
  if (high < 0) high = sorted.length;
  let low = high;
  while (high - low < neighbours) {
    const [before, after] = [sorted[low - 1], sorted[high]];
    if (before && (!after || amount - before.amount < after.amount - amount)) low -= 1;
    else if (after) high += 1;
    else break;
  }
  return sorted.slice(low, high);
}

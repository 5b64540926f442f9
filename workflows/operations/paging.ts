import { CountersignError } from "#/domain/errors.ts";
import type { Paged, PageQuery } from "../operations-services.ts";

const usual = 20;
const most = 100;

/** One page of a list that is whole in memory. Throws INVALID_ARGUMENTS for a cursor of another list. */
export function pageOf<T>(items: readonly T[], { cursor, limit }: PageQuery): Paged<T> {
  const start = cursor === undefined ? 0 : Number(/^from-(\d{1,9})$/.exec(cursor)?.[1] ?? "NaN");
  if (!Number.isSafeInteger(start) || start > items.length)
    throw new CountersignError("INVALID_ARGUMENTS", {
      problems: "cursor: use the `next` of the page before, unchanged",
    });
  const size = Math.min(most, Math.max(1, Math.trunc(limit ?? usual)));
  const end = start + size;
  return {
    items: items.slice(start, end),
    total: items.length,
    next: end < items.length ? `from-${end}` : null,
  };
}

export const mapPage = <T, U>(page: Paged<T>, as: (item: T) => U): Paged<U> => ({
  ...page,
  items: page.items.map(as),
});

import { CountersignError } from "#/domain/errors.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { Source } from "#/domain/record.ts";

/**
 * The one record whose id, or one of whose names, is what was asked for. An id wins over a name.
 * Throws what `unknown` makes, or AMBIGUOUS_NAME with the ids.
 */
export function findNamed<T extends { readonly source: Source }>(
  records: readonly T[],
  wanted: string,
  {
    names,
    unknown,
  }: {
    names: (record: T) => readonly (string | null)[];
    unknown: (shown: string) => CountersignError;
  },
): T {
  const shown = plainText(wanted, 60);
  const byId = records.find((record) => record.source.id === wanted);
  if (byId) return byId;
  const key = fold(wanted);
  const found = records.filter((record) =>
    names(record).some((n) => n !== null && fold(n) === key),
  );
  const [only, another] = found;
  if (!only) throw unknown(shown);
  if (another)
    throw new CountersignError("AMBIGUOUS_NAME", {
      name: shown,
      candidates: found
        .slice(0, 8)
        .map((record) => record.source.id)
        .join(", "),
    });
  return only;
}

const fold = (text: string): string => plainText(text, 200).toLowerCase();

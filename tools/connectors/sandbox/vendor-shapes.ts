import { z } from "zod";
import { CountersignError } from "#/domain/errors.ts";
import { CivilDate } from "#/domain/ids.ts";
import { moneyFromDecimal } from "#/domain/money.ts";
import type { RecordRef, Source } from "#/domain/record.ts";

const longestMinutes = 10_000_000;

/**
 * Decimal hours with two places → whole minutes. 7.35 h is 441 min: two places are finer than a
 * minute, so each minute has one spelling, and anything between two minutes is refused.
 */
export const Hours = z
  .number()
  .nonnegative()
  .transform((hours, context) => {
    const minutes = Math.round(hours * 60);
    const spelled = Math.round((minutes / 60) * 100) / 100;
    if (Math.abs(spelled - hours) < 1e-9 && minutes <= longestMinutes) return minutes;
    context.addIssue({ code: "custom", message: "not whole minutes" });
    return z.NEVER;
  });

/** `{ value: "11400.00", currency: "EUR" }` → minor units, read as text and never as a float. */
export const Amount = z
  .object({ value: z.string(), currency: z.string().regex(/^[A-Z]{3}$/) })
  .transform(({ value, currency }, context) => {
    try {
      return moneyFromDecimal(value, currency);
    } catch {
      context.addIssue({ code: "custom", message: "not an exact amount" });
      return z.NEVER;
    }
  });

export const OptionalDate = CivilDate.nullable();
export const Text = z.string().min(1);

/** The system's own words → ours. A word that is not in the table is refused, not guessed. */
export const words = <const Table extends Readonly<Record<string, string>>>(table: Table) =>
  z
    .enum(Object.keys(table) as [keyof Table & string])
    .transform((word): Table[keyof Table] => table[word]);

/** What every record of the three systems carries. */
export const envelope = { id: Text.max(128), etag: Text };

/** Throws CONNECTOR_SHAPE that names fields and kinds of problems, never what the system sent. */
export function parseRecord<T>(
  schema: z.ZodType<T>,
  value: unknown,
  about: { system: string; record: string },
): T {
  const { data, error } = schema.safeParse(value);
  if (!error) return data;
  const problems = error.issues
    .slice(0, 5)
    .map(({ path, code }) => `${path.join(".") || "all of it"} (${code})`)
    .join(", ");
  throw new CountersignError("CONNECTOR_SHAPE", { ...about, problems });
}

/** Makes the origin of each record: where it was read, when, which version, and a page to open. */
export const sourceOf =
  (origin: { connection: string; baseUrl: string }) =>
  (ref: RecordRef, { etag, at }: { etag: string; at: string }): Source => ({
    ...ref,
    connection: origin.connection,
    revision: etag,
    retrievedAt: at,
    url: recordUrl(origin.baseUrl, ref),
  });

export const recordUrl = (baseUrl: string, { type, id }: RecordRef): string =>
  `${baseUrl}/records/${type}/${encodeURIComponent(id)}`;

export const pathOf = (list: string, id: string): string => `${list}/${encodeURIComponent(id)}`;

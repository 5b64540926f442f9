import { type Evidence, type EvidenceValue, observe, type TrustLabel } from "#/domain/evidence.ts";
import { formatMoney, Money } from "#/domain/money.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { Source } from "#/domain/record.ts";

const fieldLimit = 200;

/**
 * A record as it may leave: every text on one line, without invisible characters, cut. Ids and the
 * source stay as they are, they name things.
 */
export const cleaned = <T extends { readonly source: Source }>(record: T): T => ({
  ...(cleanedValue(record, "") as T),
  source: record.source,
});

function cleanedValue(value: unknown, key: string): unknown {
  if (typeof value === "string")
    return key === "id" || key.endsWith("Id") ? value : plainText(value, fieldLimit);
  if (Array.isArray(value)) return value.map((item: unknown) => cleanedValue(item, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, cleanedValue(item, name)]),
  );
}

/** Which fields to cite, and which of them hold words that anybody may have written. */
export type Citing<T> = {
  readonly fields: readonly (keyof T & string)[];
  readonly freeText?: readonly (keyof T & string)[];
};

/** One fact for each cited field, as shown: money as text with its currency, numbers as numbers. */
export function cite<T extends { readonly source: Source }>(
  record: T,
  { fields, freeText = [] }: Citing<T>,
): Evidence[] {
  return fields.map((field) => {
    const label: TrustLabel = freeText.includes(field) ? "TEXT" : "SOR";
    return observe(record.source, field, evidenceValue(record[field]), label);
  });
}

function evidenceValue(value: unknown): EvidenceValue {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "boolean") return value;
  const money = Money.safeParse(value);
  if (money.success) return formatMoney(money.data);
  throw new TypeError("a cited field is neither a plain value nor an amount");
}

/** A name inside our own sentence. */
export const quoted = (name: string | null): string =>
  name === null ? "(no name)" : `“${plainText(name, 80).replace(/[“”]/g, "'")}”`;

/** Somebody's words inside our own text, between marks they cannot write. */
export const fenced = (text: string): string =>
  `⟦text: ${plainText(text.replace(/[⟦⟧]/g, ""), fieldLimit)}⟧`;

/** `state draft · net EUR 1.00`, without what is not known. */
export const details = (parts: Readonly<Record<string, string | number | null>>): string =>
  Object.entries(parts)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${value}`)
    .join(" · ");

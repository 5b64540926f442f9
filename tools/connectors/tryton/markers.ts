/*
 * What Tryton 6.0 has no field for, firms write into a comment as `name:value`, one word each.
 * The list is in README.md.
 */

const day = /^\d{4}-\d{2}-\d{2}$/;

/** The value of the first `name:value` word of a comment, or null. */
export function marker(comment: string | null, name: string): string | null {
  const words = (comment ?? "").split(/\s+/);
  const found = words.find((word) => word.startsWith(`${name}:`));
  return found?.slice(name.length + 1) || null;
}

/** The text for people: without the words of that name. */
export const withoutMarker = (text: string | null, name: string): string =>
  (text ?? "")
    .split(/\s+/)
    .filter((word) => !word.startsWith(`${name}:`))
    .join(" ");

/** A marker that is a civil date; anything else in its place counts as not said. */
export const dateMarker = (comment: string | null, name: string): string | null =>
  civilDate(marker(comment, name));

/** `period:2026-10-01..2026-10-31`, both days inclusive. */
export function periodMarker(comment: string | null): { start: string; end: string } | null {
  const [first, last, ...rest] = (marker(comment, "period") ?? "").split("..");
  const start = civilDate(first ?? null);
  const end = civilDate(last ?? null);
  return start !== null && end !== null && rest.length === 0 && start <= end
    ? { start, end }
    : null;
}

/** A marker that is a whole number of days. */
export function daysMarker(comment: string | null, name: string): number | null {
  const text = marker(comment, name);
  return text !== null && /^\d{1,3}$/.test(text) ? Number(text) : null;
}

/** A marker that is the id of a record. */
export function idMarker(comment: string | null, name: string): string | null {
  const text = marker(comment, name);
  return text !== null && /^\d{1,10}$/.test(text) ? text : null;
}

const keyLine = "\n\ncountersign-key:";

/** The body of a draft with the key that makes it findable, as its last line. */
export const withKey = (body: string, key: string): string => `${body}${keyLine}${key}`;

/** The body before the key line, or null when the text does not end with this very key. */
export function bodyOfKey(text: string | null, key: string): string | null {
  const tail = `${keyLine}${key}`;
  return text?.endsWith(tail) ? text.slice(0, -tail.length) : null;
}

function civilDate(text: string | null): string | null {
  if (text === null || !day.test(text)) return null;
  try {
    return Temporal.PlainDate.from(text).toString();
  } catch {
    return null;
  }
}

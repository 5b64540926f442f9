import { plainText } from "#/domain/plain-text.ts";

// Controls, bidi and zero-width marks, variation selectors, tag characters, line separators.
const invisible = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;

/** Text of a system of record with what nobody can see taken out, at most `max` characters. */
export function visibleText(text: string, max = 500): string {
  const clean = text.toWellFormed().replace(invisible, "");
  return clean.length <= max ? clean : `${clean.slice(0, max - 1).toWellFormed()}…`;
}

/** The same on one line of Markdown, where it can form no link, tag, code or table. */
export const inline = (text: string, max = 160): string =>
  plainText(text, max).replace(/[[\]<>`|*_~\\]/g, (mark) => `\\${mark}`);

/** A copy of plain data in which every string is visible text. */
export function visibleData<T>(data: T, max = 4_000): T {
  if (typeof data === "string") return visibleText(data, max) as T;
  if (Array.isArray(data)) return data.map((item) => visibleData(item, max)) as T;
  if (typeof data === "object" && data !== null)
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, visibleData(value, max)]),
    ) as T;
  return data;
}

import { plainText } from "#/domain/plain-text.ts";

const longestLeaf = 2_000;

/** The same value with every text in it, keys included, made safe to show: see `plainText`. */
export function cleanLeaves(value: unknown): unknown {
  if (typeof value === "string") return plainText(value, longestLeaf);
  if (Array.isArray(value)) return value.map(cleanLeaves);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [plainText(key, 80), cleanLeaves(item)]),
  );
}

/**
 * Data from outside between two lines that carry the run's secret mark, so that nothing inside can
 * pretend to end it. At most `limit` characters; says so when something was cut.
 */
export function fence(
  origin: string,
  data: unknown,
  { mark, limit = 24_000 }: FenceOptions,
): string {
  const text = JSON.stringify(cleanLeaves(data) ?? null).replaceAll(mark, "");
  const head = text.length <= limit ? text : text.slice(0, limit).replace(/[\ud800-\udbff]$/, "");
  const cut =
    head.length < text.length
      ? `\n[cut: ${text.length - head.length} more characters; ask for less at once]`
      : "";
  return `<data-${mark} from="${origin}">\n${head}\n</data-${mark}>${cut}`;
}
export type FenceOptions = { readonly mark: string; readonly limit?: number };

/** The JSON between the fences of a message; null when there is none. For minds that are code. */
export function unfence(text: string): unknown {
  const inner = /<data-\w+ from="[\w-]+">\n([\s\S]*?)\n<\/data-\w+>/.exec(text)?.[1];
  try {
    return inner === undefined ? null : JSON.parse(inner);
  } catch {
    return null;
  }
}

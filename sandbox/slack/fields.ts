/** Anything that arrived as JSON and has not been looked at yet. */
export type Fields = Record<string, unknown>;

export type Block = { type: string; block_id?: string; [field: string]: unknown };

export function asFields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as text; numbers are written out, everything else is the empty string. */
export function asText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : "";
}

export function asFlag(value: unknown): boolean {
  return value === true || value === "true" || value === "1" || value === 1;
}

export function asBlocks(value: unknown): Block[] {
  return asList(value).filter((item): item is Block => typeof asFields(item)["type"] === "string");
}

export function copy<T>(value: T): T {
  return structuredClone(value);
}

/** What rendering needs to know besides the thing itself: who looks, when, and who is who. */
export type Rendering = {
  me: string;
  tz: string;
  now: number;
  nameOf: (userId: string) => string;
  channelName: (channelId: string) => string;
  people: readonly { id: string; name: string }[];
};

/** Any part of Block Kit: what is not of the expected kind reads as empty. */
export type Part = Readonly<Record<string, unknown>>;

export function part(value: unknown): Part {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Part)
    : {};
}
export function parts(value: unknown): Part[] {
  return Array.isArray(value) ? value.map(part) : [];
}
export function str(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : "";
}

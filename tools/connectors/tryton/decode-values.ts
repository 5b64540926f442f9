import { CountersignError } from "#/domain/errors.ts";

/**
 * The server's JSON → plain values. Decimals stay text, dates are ISO text, durations whole minutes;
 * a dotted field such as `party.name` arrives under the key `party.` and is returned as `party`, and
 * the version token `_timestamp` as `timestamp`.
 * Throws CONNECTOR_SHAPE for a value class it does not know.
 */
export function decodeValues(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decodeValues);
  if (value === null || typeof value !== "object") return value;
  const fields: Record<string, unknown> = { ...value };
  if (typeof fields["__class__"] === "string") return decodeTagged(fields["__class__"], fields);
  return Object.fromEntries(
    Object.entries(fields).map(([key, item]) => [
      key === "_timestamp" ? "timestamp" : key.endsWith(".") ? key.slice(0, -1) : key,
      decodeValues(item),
    ]),
  );
}

function decodeTagged(tag: string, fields: Record<string, unknown>): unknown {
  const part = (name: string, width = 2): string => String(fields[name]).padStart(width, "0");
  const day = () => `${part("year", 4)}-${part("month")}-${part("day")}`;
  switch (tag) {
    case "date":
      return day();
    case "datetime":
      return `${day()}T${part("hour")}:${part("minute")}:${part("second")}.${part("microsecond", 6)}Z`;
    case "timedelta":
      return Math.round(Number(fields["seconds"]) / 60);
    case "Decimal":
      return fields["decimal"];
    case "bytes":
      return fields["base64"];
    default:
      throw new CountersignError("CONNECTOR_SHAPE", {
        system: "Tryton",
        record: "an answer",
        problems: "a value class this connector does not know",
      });
  }
}

/** `"2026-11-23"` as the server reads it. */
export function encodeDate(date: string) {
  const { year, month, day } = Temporal.PlainDate.from(date);
  return { __class__: "date", year, month, day } as const;
}

export const encodeDecimal = (decimal: string) => ({ __class__: "Decimal", decimal }) as const;

export const encodeMinutes = (minutes: number) =>
  ({ __class__: "timedelta", seconds: minutes * 60 }) as const;

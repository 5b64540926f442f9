export type LogTime = { readonly at: string; readonly zoned: boolean };

const pattern =
  /^(\d{4})[-/](\d{2})[-/](\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|z|UTC|[+-]\d{2}(?::?\d{2})?)?$/;

/**
 * A time of a log as UTC with milliseconds, or null when it is none. Year first, with `-` or `/`;
 * finer digits than milliseconds are cut off. Without an offset it is a civil time of `zone`.
 */
export function readLogTime(text: string, zone: string): LogTime | null {
  const found = pattern.exec(text.trim());
  if (!found) return null;
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = ""] = found;
  const milliseconds = Number(fraction.padEnd(3, "0").slice(0, 3));
  const numbers = [Number(year), Number(month), Number(day), Number(hour), Number(minute)] as const;
  const [y, m, d, h, min] = numbers;
  if (h > 23 || min > 59 || Number(second) > 59) return null;
  const civil = Date.UTC(y, m - 1, d, h, min, Number(second), milliseconds);
  const date = new Date(civil);
  if (date.getUTCMonth() !== m - 1 || date.getUTCDate() !== d || y < 100) return null;
  const offset = found[8];
  if (offset !== undefined) {
    const minutes = offsetMinutes(offset);
    if (minutes === null) return null;
    return { at: new Date(civil - minutes * 60_000).toISOString(), zoned: true };
  }
  if (zone === "UTC") return { at: date.toISOString(), zoned: false };
  const local = Temporal.PlainDateTime.from(date.toISOString().slice(0, -1));
  const instant = local.toZonedDateTime(zone).epochMilliseconds;
  return { at: new Date(instant).toISOString(), zoned: false };
}

function offsetMinutes(offset: string): number | null {
  if (!/^[+-]/.test(offset)) return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(3).replace(":", "") || 0);
  if (hours > 18 || minutes > 59) return null;
  return (offset.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

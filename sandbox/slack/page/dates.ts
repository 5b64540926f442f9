import type { Rendering } from "./rendering.ts";

type Parts = Intl.DateTimeFormatOptions;

const formats: Readonly<Record<string, Parts>> = {
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  date_long_full: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  time_secs: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
};

function write(seconds: number, tz: string, parts: Parts): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: tz, ...parts }).format(seconds * 1000);
}

function dayKey(seconds: number, tz: string): string {
  return write(seconds, tz, { year: "numeric", month: "2-digit", day: "2-digit" });
}

/** "today", "yesterday" or "tomorrow", or nothing for any other day. */
export function relativeDay(seconds: number, { now, tz }: Rendering): string | undefined {
  const day = dayKey(seconds, tz);
  const today = now / 1000;
  if (day === dayKey(today, tz)) return "today";
  if (day === dayKey(today - 86_400, tz)) return "yesterday";
  return day === dayKey(today + 86_400, tz) ? "tomorrow" : undefined;
}

function ago(seconds: number, now: number): string {
  const difference = Math.round(seconds - now / 1000);
  const size = Math.abs(difference);
  const [unit, per]: [Intl.RelativeTimeFormatUnit, number] =
    size < 90
      ? ["second", 1]
      : size < 5400
        ? ["minute", 60]
        : size < 129_600
          ? ["hour", 3600]
          : ["day", 86_400];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(
    Math.round(difference / per),
    unit,
  );
}

/** A date token such as `{date_short_pretty} {time}`, in the reader's own time zone. */
export function formatDate(seconds: number, format: string, rendering: Rendering): string {
  return format.replace(/\{(\w+)\}/g, (whole, token: string) => {
    if (token === "ago") return ago(seconds, rendering.now);
    if (token === "date_num") return dayKey(seconds, rendering.tz).split("/").reverse().join("-");
    const plain = token.replace(/_pretty$/, "");
    const parts = formats[plain];
    if (!parts) return whole;
    const relative = token.endsWith("_pretty") ? relativeDay(seconds, rendering) : undefined;
    return relative ?? write(seconds, rendering.tz, parts);
  });
}

export function clockTime(seconds: number, tz: string): string {
  return write(seconds, tz, formats["time"] ?? {});
}

export function dayLabel(seconds: number, rendering: Rendering): string {
  const relative = relativeDay(seconds, rendering);
  if (relative) return relative.charAt(0).toUpperCase() + relative.slice(1);
  return write(seconds, rendering.tz, { weekday: "long", month: "long", day: "numeric" });
}

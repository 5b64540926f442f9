import type { MrkdwnElement, PlainTextElement, RawTextElement } from "@slack/types";
import type { EvidenceValue } from "#/domain/evidence.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { AnyRecordRef } from "#/domain/record.ts";

/*
 * Every text of a card goes through here. What comes from a model or a system of record must not
 * be able to ping, link, format, reorder or hide anything on a card that people decide by.
 */

const lines = (text: string): string[] =>
  text
    .toWellFormed()
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n")
    .split("\n");

// More than three marks on one letter is a tower that runs over the lines around it.
const flatten = (text: string): string => text.replace(/(\p{M}{3})\p{M}+/gu, "$1");

/** Text as it may be shown, line by line: see `plainText`. */
export const clean = (text: string): string =>
  lines(text)
    .map((line) => flatten(plainText(line, Number.POSITIVE_INFINITY)))
    .join("\n");

/** Whether `clean` takes out characters that a reader could not have seen. */
export const hasHidden = (text: string): boolean =>
  text !== text.toWellFormed() ||
  lines(text).some(
    (line) =>
      line.normalize("NFKC").replace(/\s+/g, "") !==
      plainText(line, Number.POSITIVE_INFINITY).normalize("NFKC").replace(/\s+/g, ""),
  );

const oneLine = (text: string): string => clean(text).replace(/\s+/g, " ").trim();

/** At most `limit` UTF-16 units, ended by … when cut; never half a surrogate pair. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit - 1);
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`;
}

/** A Block Kit plain text. Slack parses nothing in it. Empty text becomes a dash: Slack wants ≥ 1. */
export const plain = (text: string, limit: number): PlainTextElement => ({
  type: "plain_text",
  text: clip(clean(text).trim() || "–", limit),
  emoji: false,
});

/** One line of plain text: titles, labels, buttons. */
export const label = (text: string, limit: number): PlainTextElement => plain(oneLine(text), limit);

/** A table cell. */
export const cell = (text: string): RawTextElement => ({
  type: "raw_text",
  text: oneLine(text) || "–",
});

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
// mrkdwn has no escape for its own marks, so they become look-alikes that Slack leaves alone.
const marks: Readonly<Record<string, string>> = { "*": "∗", "~": "∼", "`": "ˋ" };

/**
 * Foreign text as a part of mrkdwn: shown as it is, on one line, without any effect.
 * At most `limit` characters as Slack counts them, escapes included.
 */
export function quote(text: string, limit = 300): string {
  const tame = oneLine(text)
    .replace(/[*~`]/g, (mark) => marks[mark] ?? "")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "ˍ")
    .replace(/:([\w+'-]*[a-z][\w+'-]*):/gi, "∶$1∶");
  const parts = Array.from(tame, (character) => entities[character] ?? character);
  let length = 0;
  const fits = parts.findIndex((part) => (length += part.length) > limit - 1);
  const whole = fits < 0 || (fits === parts.length - 1 && length <= limit);
  return whole ? parts.join("") : `${parts.slice(0, fits).join("")}…`;
}

/** mrkdwn made of our own words and of parts that went through `quote`, `link` and `when`. */
export const marked = (ours: string): MrkdwnElement => ({
  type: "mrkdwn",
  text: ours || "–",
  // Without it Slack would turn bare addresses and channel names into links.
  verbatim: true,
});

const longestLink = 300;

/**
 * A link to a record. Only http and https, without credentials, at most 300 characters;
 * anything else is left out: "".
 */
export function link(url: string | null, text: string): string {
  if (!url || !URL.canParse(url)) return "";
  const { protocol, username, password, href } = new URL(url);
  if (!/^https?:$/.test(protocol) || username || password) return "";
  const safe = href
    .replace(/[<>|"'`\s]/g, (mark) => encodeURIComponent(mark))
    .replace(/&/g, "&amp;");
  return safe.length > longestLink ? "" : `<${safe}|${quote(text, 75)}>`;
}

/** `2026-11-23 10:00 UTC`, for where Slack cannot show the reader's own zone. */
export const utc = (instant: string): string =>
  `${Temporal.Instant.from(instant).toString({ smallestUnit: "minute" }).replace("T", " ").replace("Z", "")} UTC`;

/** An instant in the reader's zone, as mrkdwn. */
export function when(instant: string): string {
  const seconds = Math.floor(Temporal.Instant.from(instant).epochMilliseconds / 1000);
  return `<!date^${seconds}^{date_short_pretty} {time}|${utc(instant)}>`;
}

/** A value as people read it; `none` where the system says nothing. */
export const valueText = (value: EvidenceValue): string =>
  value === null ? "none" : value === "" ? "empty" : String(value);

const systemText: Readonly<Record<AnyRecordRef["system"], string>> = {
  psa: "PSA",
  crm: "CRM",
  erp: "ERP",
  hris: "HR system",
  itsm: "service desk",
  messenger: "chat",
  countersign: "Countersign",
};

/** `ERP invoice INV-1042`: a record as people read it. Colons would turn into emoji. */
export const refText = ({ system, type, id }: AnyRecordRef): string =>
  `${systemText[system]} ${type.replaceAll("-", " ")} ${id}`;

/** `issuedOn` → `issued on`, `draft.subject` → `draft subject`. */
export const fieldText = (field: string): string =>
  field
    .replace(/[._-]+/g, " ")
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, " ")
    .toLowerCase();

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** Days as people write them: `due 2026-11-03` → `due 3 Nov 2026`. Ids that hold a day stay as they are. */
export const readableDates = (text: string): string =>
  text.replace(/(?<![\w-])(\d{4})-(\d{2})-(\d{2})(?![\w-])/g, (...found) => {
    const [whole, year, month, day] = found;
    const name = months[Number(month) - 1];
    return name === undefined || Number(day) < 1 || Number(day) > 31
      ? whole
      : `${Number(day)} ${name} ${year}`;
  });

/** The day of an instant in the reader's zone, as mrkdwn. */
export function dayOf(instant: string): string {
  const seconds = Math.floor(Temporal.Instant.from(instant).epochMilliseconds / 1000);
  return `<!date^${seconds}^{date_short_pretty}|${readableDates(utc(instant).slice(0, 10))}>`;
}

/** Who worded something: fixed rules say the same for the same facts, a model may not. */
export const mindText = (mind: string): string =>
  /^rules-[\w.]+$/.test(mind) ? "fixed rules, no AI" : `AI (${mind})`;

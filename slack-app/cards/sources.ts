import type { Evidence, TrustLabel } from "#/domain/evidence.ts";
import { formatRef } from "#/domain/record.ts";
import { fieldText, link, quote, readableDates, refText, valueText, when } from "./words.ts";

/** What was seen in one record at one time: what a reader opens to check a statement. */
export type Source = readonly [Evidence, ...Evidence[]];

const minuteOf = (fact: Evidence): string => fact.retrievedAt.slice(0, 16);

/** Facts gathered by the record and the minute in which they were read, in the order of the first. */
export function sourcesOf(facts: readonly Evidence[]): Source[] {
  const found = new Map<string, [Evidence, ...Evidence[]]>();
  for (const fact of facts) {
    const key = `${formatRef(fact.record)} ${fact.connection} ${minuteOf(fact)}`;
    const known = found.get(key);
    if (known) known.push(fact);
    else found.set(key, [fact]);
  }
  return [...found.values()];
}

const labelText: Readonly<Record<TrustLabel, string>> = {
  SOR: "",
  DERIVED: " (computed)",
  CHOICE: " (chosen from a computed list)",
  TEXT: " (free text, not verified)",
};

/** `net EUR 18,600.00`, with its origin when that is not the record itself. */
export function factText(fact: Evidence, limit = 100): string {
  const { field, value } = fact;
  const minutes = field.endsWith("Minutes") && typeof value === "number";
  const name = fieldText(minutes ? field.replace(/Minutes$/, "") : field);
  const shown = minutes
    ? `${Math.round(value / 6) / 10} h`
    : readableDates(valueText(value)).replace(/^([a-z]+)_([a-z]+)$/, "$1 $2");
  return `${quote(`${name} ${shown}`, limit)}${labelText[fact.label]}`;
}

const leading = ["number", "state", "net", "total", "clientName", "expectedMinutes"];
const rank = ({ field }: Evidence): number => {
  const at = leading.indexOf(field);
  return at < 0 ? leading.length : at;
};

/** The most telling fields first. */
export const ordered = (source: Source): Evidence[] =>
  source.toSorted((a, b) => rank(a) - rank(b) || a.field.localeCompare(b.field));

const mostFields = 8;

/** `ERP invoice SI-1042: state draft · net EUR 18,600.00 · read today 12:16 · open`. mrkdwn. */
export function sourceLine(source: Source): string {
  const facts = ordered(source);
  const more = facts.length - mostFields;
  const url = facts.find((fact) => fact.url !== null)?.url ?? null;
  return [
    `${quote(refText(source[0].record), 160)}: ${facts
      .slice(0, mostFields)
      .map((fact) => factText(fact))
      .join(" · ")}`,
    ...(more > 0 ? [`and ${more} more`] : []),
    `read ${when(source[0].retrievedAt)}`,
    ...[link(url, "open")].filter(Boolean),
  ].join(" · ");
}

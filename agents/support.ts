import { formatDays } from "#/domain/business-time.ts";
import { Evidence, type EvidenceValue } from "#/domain/evidence.ts";
import { EvidenceId } from "#/domain/ids.ts";
import { decimalText, Money } from "#/domain/money.ts";
import { plainText } from "#/domain/plain-text.ts";
import { type AnyRecordRef, formatRef, parseRef, RecordRef } from "#/domain/record.ts";
import { dateFigures, type Figure, figuresOf, plainNumber } from "./figures.ts";

/**
 * What a set of facts can carry: the figures and words of one evidence, or of one object in a tool's
 * answer together with the evidence that object names. Citing any of `evidence` opens the whole scope.
 */
export type Scope = {
  readonly evidence: ReadonlySet<EvidenceId>;
  readonly figures: ReadonlySet<Figure>;
  /** Lower case. Names of people, clients and projects are looked up here. */
  readonly words: ReadonlySet<string>;
  /** Lower case: values of fields such as `state`, and `accepted` for a filled `acceptedOn`. */
  readonly states: ReadonlySet<string>;
  /** Lower case: the longer texts themselves, worded by our code. */
  readonly texts: readonly string[];
  /** Lower case: whole sentences that code made to be said, with what they cite beside them. */
  readonly statements: ReadonlySet<string>;
  /** Values of name fields as they stand, `S/4HANA rollout`: quoted whole, a name claims nothing. */
  readonly names: readonly string[];
};

type Draft = {
  evidence: Set<EvidenceId>;
  figures: Set<Figure>;
  words: Set<string>;
  states: Set<string>;
  texts: string[];
  statements: Set<string>;
  names: string[];
};

/** Numbers that name a version or a setting and say nothing about the business. */
const silent = new Set(["version", "tier", "minutesPerDay", "revision", "sequence", "seq"]);
const aboutKeys = ["ref", "record", "source", "target", "subject"] as const;
const instantText = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

export const wordsOf = (text: string): string[] =>
  (text.normalize("NFKC").match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’&-]*/gu) ?? []).flatMap((word) => {
    const whole = word.toLowerCase().replaceAll("’", "'");
    return [whole, ...whole.split("-"), whole.replace(/'s$/, "")];
  });

/** One evidence supports its own value, in the forms a person would write it, and its record's id. */
export function scopeOfEvidence(evidence: Evidence, dayMinutes: number | null): Scope {
  const scope = emptyScope([evidence.id]);
  addRef(scope, evidence.record);
  addValue(scope, { key: evidence.field, value: evidence.value, dayMinutes });
  return scope;
}

/**
 * Cuts a tool's answer into scopes. An object is a scope of its own when it names its evidence
 * (an `evidence` list) or the record it is about (`ref`, `source`, …) and we hold evidence about that
 * record. Everything else belongs to the nearest object around it; the answer itself stands on all
 * the evidence it came with. Totals over a list (how many, per state) belong to the list's owner.
 */
export function scopesOf(answer: unknown, evidence: readonly Evidence[]): Scope[] {
  const dayMinutes = dayMinutesIn(answer);
  const root = emptyScope(evidence.map((e) => e.id));
  const scopes = [root];
  const walk = (
    value: unknown,
    at: { key: string; scope: Draft; dayMinutes: number | null },
  ): void => {
    if (Array.isArray(value)) {
      addTotals(at.scope, at.key, value);
      for (const item of value) walk(item, at);
    } else if (isObject(value)) {
      const money = Money.safeParse(value);
      if (money.success) return addMoney(at.scope, money.data);
      const own = ownEvidence(value, evidence);
      const inner = own.length > 0 && value !== answer ? emptyScope(own) : at.scope;
      if (inner !== at.scope) scopes.push(inner);
      const here = dayMinutesIn(value) ?? at.dayMinutes;
      for (const [key, item] of Object.entries(value))
        if (key !== "evidence") walk(item, { key, scope: inner, dayMinutes: here });
      for (const key of aboutKeys) {
        const ref = refIn(value[key]);
        if (ref) addRef(inner, ref);
      }
    } else
      addValue(at.scope, { key: at.key, value: value as EvidenceValue, dayMinutes: at.dayMinutes });
  };
  walk(answer, { key: "", scope: root, dayMinutes });
  return scopes;
}

/** A scope made by code for something code worked out from these facts. */
export function scopeOfText(text: string, evidence: readonly EvidenceId[]): Scope {
  const scope = emptyScope(evidence);
  addText(scope, text);
  return scope;
}

const emptyScope = (evidence: readonly EvidenceId[]): Draft => ({
  evidence: new Set(evidence),
  figures: new Set(),
  words: new Set(),
  states: new Set(),
  texts: [],
  statements: new Set(),
  names: [],
});

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const dayMinutesIn = (value: unknown): number | null =>
  isObject(value) && typeof value["minutesPerDay"] === "number" && value["minutesPerDay"] > 0
    ? value["minutesPerDay"]
    : null;

function refIn(value: unknown): RecordRef | null {
  if (typeof value === "string") return parseRef(value);
  const parsed = RecordRef.safeParse(value);
  return parsed.success ? parsed.data : null;
}

function ownEvidence(value: Record<string, unknown>, known: readonly Evidence[]): EvidenceId[] {
  const listed = value["evidence"];
  if (Array.isArray(listed)) {
    const ids = listed.flatMap((item: unknown) => {
      const whole = Evidence.safeParse(item);
      const id = EvidenceId.safeParse(item);
      return whole.success ? [whole.data.id] : id.success ? [id.data] : [];
    });
    return ids.filter((id) => known.some((e) => e.id === id));
  }
  const refs = aboutKeys.flatMap((key) => refIn(value[key]) ?? []).map(formatRef);
  return known.filter((e) => refs.includes(formatRef(e.record))).map((e) => e.id);
}

function addRef(scope: Draft, ref: AnyRecordRef): void {
  for (const word of [ref.id, formatRef(ref)]) {
    scope.figures.add(`id:${word.toLowerCase()}`);
    scope.words.add(word.toLowerCase());
  }
}

function addMoney(scope: Draft, money: Money): void {
  scope.figures.add(`money:${money.currency}:${plainNumber(decimalText(money))}`);
}

function addTotals(scope: Draft, key: string, items: readonly unknown[]): void {
  const objects = items.filter(isObject);
  if (objects.length !== items.length || key === "evidence") return;
  const add = (count: number): void => {
    scope.figures.add(`count:${count}`);
    if (/weeks?$/i.test(key)) scope.figures.add(`weeks:${count}`);
  };
  add(objects.length);
  const tally = new Map<unknown, number>();
  for (const item of objects)
    for (const field of ["status", "state", "open"])
      if (field in item) {
        const label = `${field}=${String(item[field])}`;
        tally.set(label, (tally.get(label) ?? 0) + 1);
      }
  for (const count of tally.values()) add(count);
}

type Leaf = { key: string; value: EvidenceValue; dayMinutes: number | null };

function addValue(scope: Draft, { key, value, dayMinutes }: Leaf): void {
  if (typeof value === "number") return addNumber(scope, { key, value, dayMinutes });
  if (typeof value !== "string") return;
  const filled = /(\w+?)(?:On|At)$/.exec(key.split(".").at(-1) ?? "")?.[1];
  if (filled) scope.states.add(filled.toLowerCase());
  if (key === "text") scope.statements.add(plainText(value, 2_000).toLowerCase());
  const isName = /name$/i.test(key);
  if (isName) scope.names.push(plainText(value, 200));
  // A client called “Paid” has not paid.
  else if (/^[a-z_]{3,20}$/i.test(value)) scope.states.add(value.toLowerCase());
  addText(scope, value);
}

function addNumber(scope: Draft, { key, value, dayMinutes }: Leaf & { value: number }): void {
  if (silent.has(key)) return;
  if (!/minutes$/i.test(key)) {
    scope.figures.add(`count:${plainNumber(String(value))}`);
    if (/days$/i.test(key)) scope.figures.add(`days:${plainNumber(String(value))}`);
    if (/hours$/i.test(key)) scope.figures.add(`hours:${plainNumber(String(value))}`);
    if (/(percent|share)$/i.test(key)) scope.figures.add(`percent:${plainNumber(String(value))}`);
    return;
  }
  scope.figures.add(`minutes:${value}`);
  scope.figures.add(`hours:${Math.round((value / 60) * 10) / 10}`);
  if (dayMinutes) scope.figures.add(`days:${formatDays(value, dayMinutes)}`);
}

function addText(scope: Draft, raw: string): void {
  const text = plainText(raw, 2_000);
  for (const word of wordsOf(text)) scope.words.add(word);
  if (text.includes(" ")) scope.texts.push(text.toLowerCase());
  scope.figures.add(`id:${text.toLowerCase()}`);
  // The UTC day of an instant is not the firm's day; only a civil date is a date.
  if (instantText.test(text)) scope.figures.add(`instant:${text.slice(0, 16)}`);
  else
    for (const figure of figuresOf(text)) {
      scope.figures.add(figure);
      if (figure.startsWith("date:"))
        for (const form of dateFigures(figure.slice(5))) scope.figures.add(form);
    }
}

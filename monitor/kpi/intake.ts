import { type Evidence, type EvidenceValue, observe } from "#/domain/evidence.ts";
import { formatMoney, type Money } from "#/domain/money.ts";
import { formatRef, type Source } from "#/domain/record.ts";

/** One value as it was read. `cite` makes it evidence; hashing waits until somebody is shown it. */
export type Observed = {
  readonly source: Source;
  readonly field: string;
  readonly value: EvidenceValue | Money;
};

/** Everything one query returned. `source` says where and when, so that "none" has evidence too. */
export type Listing<T> = { readonly source: Source; readonly items: readonly T[] };

/** Required inputs, and how many of them were there. */
export type Coverage = { readonly present: number; readonly required: number };

/** What was read for a number. */
export type Gathered = {
  readonly inputs: readonly Observed[];
  readonly coverage: () => Coverage;
};

/** Notes what a KPI asked for and what it got. A missing input is missing: it never becomes 0. */
export type Intake = Gathered & {
  /** Asks for one value; null is noted as missing. */
  readonly need: <T extends EvidenceValue | Money>(
    source: Source,
    field: string,
    value: T | null,
  ) => T | null;
  /** Notes a value that was read; null is what the system says here, not a gap. */
  readonly saw: (source: Source, field: string, value: EvidenceValue | Money) => void;
  /** Asks for a whole query; null (it could not be read) is noted as missing. */
  readonly list: <T>(listing: Listing<T> | null) => readonly T[];
};

export function createIntake(): Intake {
  const inputs: Observed[] = [];
  let required = 0;
  return {
    inputs,
    coverage: () => ({ present: inputs.length, required }),
    need: (source, field, value) => {
      required += 1;
      if (value !== null) inputs.push({ source, field, value });
      return value;
    },
    saw: (source, field, value) => {
      required += 1;
      inputs.push({ source, field, value });
    },
    list: (listing) => {
      required += 1;
      if (listing === null) return [];
      inputs.push({ source: listing.source, field: "count", value: listing.items.length });
      return listing.items;
    },
  };
}

/** A number that builds on another one stands on its inputs as well. */
export const standingOn = (known: Reckoned): Gathered => ({
  inputs: known.inputs,
  coverage: () => known.coverage,
});

type Reckoned = { readonly inputs: readonly Observed[]; readonly coverage: Coverage };

/** Somebody's own words: they can support a claim and never prove one. */
const isProse = ({ type }: Source, field: string): boolean =>
  field === "text" && (type === "note" || type === "approval-comment");

/** The evidence behind a number: each fact once, in a fixed order. */
export function cite(inputs: readonly Observed[]): Evidence[] {
  const facts = inputs.map(({ source, field, value }) =>
    observe(
      source,
      field,
      isMoney(value) ? formatMoney(value) : value,
      isProse(source, field) ? "TEXT" : "SOR",
    ),
  );
  return [...new Map(facts.map((fact) => [fact.id, fact])).values()].toSorted((a, b) =>
    a.id < b.id ? -1 : 1,
  );
}

/** Each input once, in an order that does not depend on the order of reading. */
export function distinctInputs(inputs: readonly Observed[]): Observed[] {
  const byKey = new Map(
    inputs.map((input) => [`${formatRef(input.source)} ${input.field}`, input] as const),
  );
  return [...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, input]) => input);
}

const isMoney = (value: EvidenceValue | Money): value is Money =>
  typeof value === "object" && value !== null;

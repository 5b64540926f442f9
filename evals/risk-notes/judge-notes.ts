import type { Polarity, RiskCode } from "#/agents/risk-notes/risk-label.ts";
import { riskCodes } from "#/agents/risk-notes/risk-label.ts";
import { wilson } from "../monitor/seed-table.ts";

/** A reader's word on one note, or the truth about it. */
export type Said = { readonly code: RiskCode; readonly polarity: Polarity };
export type JudgedNote = {
  readonly id: string;
  readonly truth: readonly Said[];
  readonly said: readonly Said[];
  readonly abstained: boolean;
};

export type ShareRow = {
  readonly metric: string;
  readonly part: number;
  readonly n: number;
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
};
export const shareRow = (metric: string, part: number, n: number): ShareRow => ({
  metric,
  part,
  n,
  value: n === 0 ? null : part / n,
  interval: wilson(part, n),
});

export type ClassRow = {
  readonly code: RiskCode | "NONE";
  readonly precision: ShareRow;
  readonly recall: ShareRow;
  readonly f1: number;
};

/** The codes that are present; NONE where there is none, so that silence is right or wrong too. */
export function presentCodes(labels: readonly Said[]): Set<RiskCode | "NONE"> {
  const present = labels.flatMap(({ code, polarity }) => (polarity === "present" ? [code] : []));
  return new Set(present.length > 0 ? present : (["NONE"] as const));
}

/** Precision, recall and F1 of each of the fourteen labels, over notes that may have several. */
export const classRows = (notes: readonly JudgedNote[]): ClassRow[] => {
  const sets = notes.map(({ truth, said, abstained }) => {
    const found = presentCodes(said);
    // To abstain is no answer: it is never right, and never false.
    if (abstained) found.delete("NONE");
    return { real: presentCodes(truth), found };
  });
  return ([...riskCodes, "NONE"] as const).map((code) => {
    const real = sets.filter((one) => one.real.has(code)).length;
    const found = sets.filter((one) => one.found.has(code)).length;
    const right = sets.filter((one) => one.real.has(code) && one.found.has(code)).length;
    return {
      code,
      precision: shareRow(`${code} precision`, right, found),
      recall: shareRow(`${code} recall`, right, real),
      f1: (2 * right) / Math.max(1, real + found),
    };
  });
};

/** Over the labels that occur in truth. */
export function macroF1Of(rows: readonly ClassRow[]): number {
  const real = rows.filter(({ recall }) => recall.n > 0);
  return real.reduce((sum, { f1 }) => sum + f1, 0) / Math.max(1, real.length);
}

export const samePresent = ({ truth, said }: JudgedNote): boolean =>
  sameSet(presentCodes(truth), presentCodes(said));

const keysOf = (labels: readonly Said[]) =>
  new Set(labels.map(({ code, polarity }) => `${code} ${polarity}`));
/** Every label with its polarity, and no other. */
export const sameLabels = ({ truth, said }: JudgedNote): boolean =>
  sameSet(keysOf(truth), keysOf(said));

const sameSet = <T>(one: ReadonlySet<T>, other: ReadonlySet<T>): boolean =>
  one.size === other.size && [...one].every((value) => other.has(value));

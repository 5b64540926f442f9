/** One measured number of one judge. `bar` null: reported, not judged. */
export type Judged = {
  readonly metric: string;
  readonly value: number | null;
  readonly n: number;
  readonly bar: string | null;
  readonly pass: boolean | null;
};

type Bar = { readonly atLeast: number } | { readonly atMost: number } | { readonly below: number };

/** `n`: how many cases the value is over. */
type Measured = readonly [metric: string, value: number | null, n: number, bar?: Bar];

export function judged(...[metric, value, n, bar]: Measured): Judged {
  if (!bar) return { metric, value, n, bar: null, pass: null };
  const [[sign, limit] = ["", 0]] = Object.entries(bar);
  const text = `${{ atLeast: "≥", atMost: "≤", below: "<" }[sign] ?? ""} ${limit}`;
  // Nothing to judge is no pass.
  const pass =
    value !== null &&
    ("atLeast" in bar ? value >= limit : "atMost" in bar ? value <= limit : value < limit);
  return { metric, value, n, bar: text, pass };
}

export const share = (part: number, whole: number): number | null =>
  whole === 0 ? null : part / whole;

export const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

export type Verdict<Label extends string | null> = { readonly truth: Label; readonly said: Label };

/** The mean over the classes that really occur; a class that is never right counts 0. */
export function macroF1<Label extends string | null>(
  verdicts: readonly Verdict<Label>[],
): number | null {
  const classes = [...new Set(verdicts.map(({ truth }) => truth))];
  return mean(classes.map((label) => scoreOf(verdicts, label).f1));
}

export type ClassScore = {
  readonly label: string;
  readonly real: number;
  readonly said: number;
  readonly right: number;
  readonly f1: number;
};

export function scoreOf<Label extends string | null>(
  verdicts: readonly Verdict<Label>[],
  label: Label,
): ClassScore {
  const real = verdicts.filter(({ truth }) => truth === label).length;
  const said = verdicts.filter((verdict) => verdict.said === label).length;
  const right = verdicts.filter(
    (verdict) => verdict.truth === label && verdict.said === label,
  ).length;
  return { label: label ?? "none", real, said, right, f1: (2 * right) / Math.max(1, real + said) };
}

/** The label that occurs most, the first of them in order of appearance. */
export function majority<Label extends string | null>(labels: readonly Label[]): Label | undefined {
  const counts = [...Map.groupBy(labels, (label) => label)].toSorted(
    ([, one], [, other]) => other.length - one.length,
  );
  return counts[0]?.[0];
}

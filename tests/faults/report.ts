/** One line of a result: a kind of fault, how often it was tried, and what went wrong. */
export type Line = {
  readonly experiment: string;
  readonly rounds: number;
  readonly duplicates: number;
  readonly lost: number;
  /** No named end, or another one than was promised. */
  readonly wrongEnd: number;
  readonly worstSeconds: number;
  /** What the rounds were like, in a few words. */
  readonly note: string;
};

export type Result = {
  readonly title: string;
  readonly lines: readonly Line[];
  /** Every promise that did not hold, with the round to look at. Empty is what we want. */
  readonly violations: readonly string[];
};

/** Adds up rounds under one name. */
export function createTally(experiment: string) {
  let [rounds, duplicates, lost, wrongEnd, worstSeconds] = [0, 0, 0, 0, 0];
  const notes = new Map<string, number>();
  return {
    add: (round: {
      duplicate?: boolean;
      lost?: boolean;
      wrongEnd?: boolean;
      seconds: number;
      note?: string;
    }): void => {
      rounds += 1;
      duplicates += round.duplicate ? 1 : 0;
      lost += round.lost ? 1 : 0;
      wrongEnd += round.wrongEnd ? 1 : 0;
      worstSeconds = Math.max(worstSeconds, round.seconds);
      if (round.note) notes.set(round.note, (notes.get(round.note) ?? 0) + 1);
    },
    line: (): Line => ({
      experiment,
      rounds,
      duplicates,
      lost,
      wrongEnd,
      worstSeconds,
      note: [...notes]
        .toSorted(([, a], [, b]) => b - a)
        .slice(0, 6)
        .map(([note, count]) => `${note} ×${count}`)
        .join(", "),
    }),
  };
}

/** With no failure in n rounds, the rate is below 3/n at 95 % confidence. */
export const ruleOfThree = (rounds: number): string =>
  rounds < 4
    ? `0 in ${rounds}`
    : `0 in ${rounds}: below ${Number(((3 / rounds) * 100).toPrecision(2))} %`;

export function formatResult({ title, lines, violations }: Result): string {
  const columns = ["experiment", "rounds", "duplicates", "lost", "wrong end", "worst s"] as const;
  const cells = lines.map((line) => [
    line.experiment,
    String(line.rounds),
    String(line.duplicates),
    String(line.lost),
    String(line.wrongEnd),
    line.worstSeconds.toFixed(1),
  ]);
  const widths = columns.map((name, at) =>
    Math.max(name.length, ...cells.map((row) => row[at]?.length ?? 0)),
  );
  const row = (parts: readonly string[], note: string): string =>
    `  ${parts.map((part, at) => (at === 0 ? part.padEnd(widths[at] ?? 0) : part.padStart(widths[at] ?? 0))).join("  ")}  ${note}`.trimEnd();
  const total = lines.reduce((sum, line) => sum + line.rounds, 0);
  return [
    title,
    row(columns, ""),
    ...lines.map((line, at) => row(cells[at] ?? [], line.note)),
    violations.length === 0
      ? `  violations: ${ruleOfThree(total)} (rule of three, 95 %)`
      : `  ${violations.length} VIOLATION(S):\n${violations.map((each) => `    ${each}`).join("\n")}`,
  ].join("\n");
}

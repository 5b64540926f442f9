/** A colour, masked or not, with the article that would give it away ("an amber", "a green"). */
const colour =
  /(?:\ban?\s+)?(?:\[RATING\]|\b(?:amber|green|red)\b)(?:\s*[/-]\s*(?:\[RATING\]|\b(?:amber|green|red)\b))*/gi;

/** Text without a colour, in small letters, numbers by their kind. */
export const plain = (text: string | null | undefined): string =>
  (text ?? "")
    .replace(colour, " colour ")
    .toLowerCase()
    .replace(/(?:19|20)\d\d(?:[/-]\d+)*/g, " year ")
    .replace(/\d+(?:[.,]\d+)*/g, " number ");

const wordsOf = (text: string): string[] => text.match(/[a-z]+(?:'[a-z]+)?|[%£]/g) ?? [];

/** Runs of one to `longest` words, each with `prefix`. */
export function wordRuns(text: string, longest: number, prefix = ""): string[] {
  const words = wordsOf(text);
  return words.flatMap((_, from) =>
    Array.from({ length: Math.min(longest, words.length - from) }, (_unused, more) =>
      [prefix, ...words.slice(from, from + more + 1)].join(" "),
    ),
  );
}

/** Runs of letters inside words, a blank at both ends of each. */
export function letterRuns(text: string, shortest: number, longest: number): string[] {
  return wordsOf(text).flatMap((word) => {
    const padded = ` ${word} `;
    const runs: string[] = [];
    for (let size = shortest; size <= longest; size += 1)
      for (let from = 0; from + size <= padded.length; from += 1)
        runs.push(padded.slice(from, from + size));
    return runs;
  });
}

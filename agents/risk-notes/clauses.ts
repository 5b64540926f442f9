/** A piece of a note that says one thing, by offsets; the end excluded. */
export type Clause = { readonly start: number; readonly end: number; readonly text: string };

const boundary =
  /[\n;|]+|(?<!\b(?:Mr|Ms|Mrs|Dr|No|approx|St|e\.g|i\.e))[.!?…]+(?=\s|$)|\s+[–—-]+\s+|,\s+(?=but\b|however\b|although\b)/giu;
const edges = /^[\s•*\->]+|[\s,:]+$/gu;

/** Sentences, bullets and parts of chat lines, without the white space and bullets around them. */
export function clausesOf(note: string): Clause[] {
  const text = note.replaceAll("’", "'");
  const cuts = [...text.matchAll(boundary)].map((found) => [
    found.index,
    found.index + found[0].length,
  ]);
  const starts = [0, ...cuts.map(([, end]) => end ?? 0)];
  return starts.flatMap((from, index) => {
    const whole = text.slice(from, cuts[index]?.[0] ?? text.length);
    const lead = /^[\s•*\->]+/u.exec(whole)?.[0].length ?? 0;
    const inner = whole.replace(edges, "");
    return inner === ""
      ? []
      : [{ start: from + lead, end: from + lead + inner.length, text: inner }];
  });
}

const longQuote = /"[^"]*"|“[^”]*”|«[^»]*»/gu;

/**
 * The same clause with the words of others blanked out, of the same length. One or two quoted words are the
 * writer's own irony and stay.
 */
export const withoutQuotes = (text: string): string =>
  text.replace(longQuote, (quote) =>
    quote.trim().split(/\s+/).length > 2 ? " ".repeat(quote.length) : quote,
  );

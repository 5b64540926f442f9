/*
 * Signs in notes that work outside the contract is asked for or done. Small and lexical: phrases, and
 * what takes them back. It reads words; a note alone never proves anything.
 */

/** Phrases that speak of work outside what was agreed. */
const asked: readonly RegExp[] = [
  /\b(?:(?:can|could) (?:we|you)|(?:we|you) (?:can|could)) (?:also|just|quickly)\b/,
  /\bas a (?:small |little )?favou?r\b/,
  /\b(?:small|little|quick|minor) (?:addition|extra)\b/,
  /(?:\bnot|n't|\bnowhere)\b[^.;!?]{0,30}\bin the (?:offer|contract|scope|sow|proposal)\b/,
  /\b(?:outside|beyond|out of) (?:the )?(?:offer|contract|scope|sow|agreed)\b/,
  /\bscope (?:creep|keeps growing)\b/,
  /\bwish(?:es|list| list)?\b[^.;!?]{0,40}\b(?:grew|grows|longer)\b/,
  /\bnothing (?:in writing|written)\b/,
];

/** In the words before the phrase: it is denied, or only imagined. */
const denied = /\b(?:nothing|nobody|none|never|no one|no)\b(?:\W+\w+){0,4}\W*$/;
const imagined = /\b(?:if|should|might|may|would|in case|unless)\b/;
/** Anywhere in the sentence: it has been put in order. */
const settled =
  /\b(?:is|are|been|now|got) (?:now )?(?:ordered|signed|approved|dropped)\b|\bagreed\b[^.;!?]{0,40}\b(?:leave|drop|later|phase)\b|\bchange (?:order|request) (?:signed|approved|agreed)\b/;

/** The stretch of the text that is the sign; null: there is none. Quoted words are somebody else's. */
export function scopeCue(text: string): { readonly start: number; readonly end: number } | null {
  // Quotations become blanks of the same length, so positions stay those of the text.
  const own = text
    .toLowerCase()
    .replaceAll("’", "'")
    .replace(/"[^"]*"/g, (quotation) => " ".repeat(quotation.length));
  for (const sentence of own.matchAll(/[^.;!?]+/g)) {
    const words = sentence[0];
    if (settled.test(words)) continue;
    for (const phrase of asked) {
      const found = phrase.exec(words);
      if (!found) continue;
      const before = words.slice(0, found.index);
      if (denied.test(before) || imagined.test(before)) continue;
      const start = sentence.index + found.index;
      return { start, end: start + found[0].length };
    }
  }
  return null;
}

/**
 * Phrases as regular expressions that people can read: a blank is any white space, ` ~ ` up to six words, and
 * alternatives stand in brackets. Matched inside one clause, whole words only, letters of any size.
 */
export const phrase = (text: string): RegExp =>
  new RegExp(
    `(?<![\\p{L}\\p{N}'])(?:${text
      .replaceAll("(", "(?:")
      .replaceAll(" ~ ", "\\s+(?:\\S+\\s+){0,6}?")
      .replaceAll(" ", "\\s+")})(?![\\p{L}\\p{N}])`,
    "giu",
  );

/** One expression that matches any of several phrases. */
export const anyPhrase = (texts: readonly string[]): RegExp =>
  phrase(texts.map((text) => `(${text})`).join("|"));

export const matches = (expression: RegExp, text: string): boolean => {
  expression.lastIndex = 0;
  return expression.test(text);
};

/** Words that tell what a client has no business to know: what it costs us, who is ill or leaving. */
const ours =
  /\b(?:margin|cost rate|our costs?|internal(?:ly)?|budget overrun|overrun|utili[sz]ation|write[- ]?(?:off|down)|profit|salary|salaries|sick(?: leave)?|illness|maternity|resign\w*|dismiss\w*|performance review|on leave|headcount|bench)\b/i;
const amount = /(?:[€$£]\s?\d|\b(?:EUR|USD|GBP|CHF)\s?\d|\d\s?(?:€|\$|£|EUR|USD|GBP|CHF)\b)/;

/** What keeps a text from going to a client; null when nothing does. */
export function unsafeForClient(text: string): string | null {
  const word = ours.exec(text)?.[0];
  if (word !== undefined) return `it says “${word.toLowerCase()}”`;
  return amount.test(text) ? "it names an amount of money" : null;
}

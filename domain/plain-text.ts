/**
 * Text we did not write, made safe to show on one line: compatibility forms folded, control,
 * bidirectional, zero-width and tag characters gone, white space single, cut at `max` characters.
 */
export function plainText(text: string, max: number): string {
  const clean = text
    .toWellFormed()
    // Our own sign for a cut must survive a second cleaning; NFKC would make three dots of it.
    .split("…")
    .map((part) => part.normalize("NFKC"))
    .join("…")
    .replace(/[\t\n\r\v\f\u0085\u2028\u2029]+/g, " ")
    .replace(invisible, "")
    .replace(/\s+/g, " ")
    .trim();
  const characters = Array.from(clean);
  return characters.length <= max
    ? clean
    : `${characters.slice(0, Math.max(0, max - 1)).join("")}…`;
}

// Control, format (bidi, zero-width, tags), private and unassigned characters; then what else is
// invisible and could carry a payload: fillers, joiners, variation selectors.
const invisible =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u115f\u1160\u17b4\u17b5\u3164\uffa0]|\p{Variation_Selector}|\u034f/gu;

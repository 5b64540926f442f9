/**
 * Text we did not write, made safe to show on one line: compatibility forms folded, control,
 * bidirectional, zero-width and tag characters gone, white space single, cut at `max` characters.
 */
export function plainText(text: string, max: number): string {
  const clean = text
    .toWellFormed()
    .normalize("NFKC")
    .replace(/[\t\n\r\v\f\u0085\u2028\u2029]+/g, " ")
    .replace(invisible, "")
    .replace(/\s+/g, " ")
    .trim();
  const characters = [...clean];
  return characters.length <= max
    ? clean
    : `${characters.slice(0, Math.max(0, max - 1)).join("")}…`;
}

// Cc control, Cf format (bidi, zero-width, tags), Co private, Cn unassigned; variation selectors and
// fillers hide payloads too.
const invisible =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;

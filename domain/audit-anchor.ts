/** The beginning of a line's hash, as a chat message showed it to people. */
export type Anchor = {
  readonly seq: number;
  readonly hash12: string;
  /** Where and when it was shown; null where the source does not say. */
  readonly channel: string | null;
  /** Seconds since 1970 as chat systems write them: `1764060000.000200`. */
  readonly ts: string | null;
};

const header = "seq,hash12,channel,ts";

/** CSV of anchors with a header line. Chat ids hold no comma. */
export const anchorsCsv = (anchors: readonly Anchor[]): string =>
  [
    header,
    ...anchors.map(({ seq, hash12, channel, ts }) => [seq, hash12, channel ?? "", ts ?? ""].join()),
    "",
  ].join("\n");

const row = /^([1-9]\d{0,15}),([0-9a-f]{12}),([^,]*),([\d.]*)$/;
const mention = /audit #([1-9]\d{0,15}) ([0-9a-f]{12})(?![0-9a-f])/g;

/**
 * Anchors of a CSV with the header `seq,hash12,channel,ts`, or every `audit #41 0a1b2c3d4e5f` that
 * occurs in any other text: a chat export, a mail, a copied card. Throws SyntaxError naming the
 * line of a CSV that cannot be read.
 */
export function parseAnchors(text: string): Anchor[] {
  if (!text.startsWith(header))
    return [...text.matchAll(mention)].map(([, seq, hash12 = ""]) => ({
      seq: Number(seq),
      hash12,
      channel: null,
      ts: null,
    }));
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ line, number: index + 1 }))
    .slice(1)
    .filter(({ line }) => line !== "")
    .map(({ line, number }) => {
      const [, seq, hash12, channel, ts] = row.exec(line) ?? [];
      if (seq === undefined || hash12 === undefined)
        throw new SyntaxError(`line ${number} of the anchors is not “${header}”`);
      return { seq: Number(seq), hash12, channel: channel || null, ts: ts || null };
    });
}

/** `#17 3fa94c21b0de` as cards show it; null for anything else. */
export function parseAnchor(shown: string): Pick<Anchor, "seq" | "hash12"> | null {
  const [, seq, hash12] = /^#([1-9]\d{0,15}) ([0-9a-f]{12})$/.exec(shown) ?? [];
  return seq === undefined || hash12 === undefined ? null : { seq: Number(seq), hash12 };
}

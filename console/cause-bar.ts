import { type Html, html } from "./html.ts";
import { days, words } from "./parts.ts";

export type Slice = { readonly code: string; readonly title: string; readonly minutes: number };

const width = 1_000;
const tones = ["INV-1", "INV-2", "INV-3", "INV-4", "INV-8", "INV-12"];
/** The same cause has the same colour on every page. */
export const toneOf = (code: string): string => {
  const place = tones.indexOf(code);
  return place < 0 ? "rest" : `c${place}`;
};

/** One piece of a bar: `size` in whatever the bar measures, `text` as people read it. */
export type Piece = {
  readonly tone: string;
  readonly title: string;
  readonly size: number;
  readonly text: string;
};

/**
 * One bar, a piece for each part. Drawn with attributes, since the page's policy allows no inline
 * style. `longest` is what the full width stands for, so that bars under each other compare; without
 * it the bar fills the width.
 */
export function pieceBar(pieces: readonly Piece[], longest?: number): Html {
  const shown = pieces.filter(({ size }) => size > 0);
  const total = shown.reduce((sum, { size }) => sum + size, 0);
  if (total === 0) return html`<p class="none">No working time to show.</p>`;
  let left = 0;
  const drawn = shown.map(({ tone, title, size, text }, index) => {
    const share = (size / Math.max(total, longest ?? 0)) * width;
    const from = left;
    left += share;
    const gap = index < shown.length - 1 ? 3 : 0;
    return html`<rect class="${tone}" x="${from.toFixed(2)}" y="0" width="${Math.max(1, share - gap).toFixed(2)}" height="10"><title>${words(title)}: ${words(text)}</title></rect>`;
  });
  const said = shown.map(({ title, text }) => `${words(title)} ${words(text)}`).join(", ");
  return html`<svg class="bar" viewBox="0 0 ${width} 10" preserveAspectRatio="none" role="img" aria-label="${said}">${drawn}</svg>`;
}

/** The key to the bar, in its order. */
export const pieceKey = (pieces: readonly Piece[]): Html =>
  html`<ul class="key">${pieces
    .filter(({ size }) => size > 0)
    .map(
      ({ tone, title, text }) =>
        html`<li><span class="dot ${tone}" aria-hidden="true"></span>${words(title)} <b>${words(text)}</b></li>`,
    )}</ul>`;

const timePieces = (slices: readonly Slice[], minutesPerDay: number): Piece[] =>
  slices.map(({ code, title, minutes }) => ({
    tone: toneOf(code),
    title,
    size: minutes,
    text: days(minutes, minutesPerDay),
  }));

/** Working time, a piece for each cause and one for what is unexplained. `longest` in minutes. */
export const causeBar = (slices: readonly Slice[], minutesPerDay: number, longest?: number): Html =>
  pieceBar(timePieces(slices, minutesPerDay), longest);

export const barKey = (slices: readonly Slice[], minutesPerDay: number): Html =>
  pieceKey(timePieces(slices, minutesPerDay));

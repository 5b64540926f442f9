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

/**
 * One bar of working time, a piece for each cause and one for what is unexplained. Drawn with
 * attributes, since the page's policy allows no inline style. `longest`, in minutes, is what the
 * full width stands for, so that bars under each other compare; without it the bar fills the width.
 */
export function causeBar(slices: readonly Slice[], minutesPerDay: number, longest?: number): Html {
  const shown = slices.filter(({ minutes }) => minutes > 0);
  const total = shown.reduce((sum, { minutes }) => sum + minutes, 0);
  if (total === 0) return html`<p class="none">No working time to show.</p>`;
  let left = 0;
  const pieces = shown.map(({ code, title, minutes }, index) => {
    const share = (minutes / Math.max(total, longest ?? 0)) * width;
    const from = left;
    left += share;
    const gap = index < shown.length - 1 ? 3 : 0;
    return html`<rect class="${toneOf(code)}" x="${from.toFixed(2)}" y="0" width="${Math.max(1, share - gap).toFixed(2)}" height="10"><title>${words(title)}: ${days(minutes, minutesPerDay)}</title></rect>`;
  });
  const said = shown.map((s) => `${words(s.title)} ${days(s.minutes, minutesPerDay)}`).join(", ");
  return html`<svg class="bar" viewBox="0 0 ${width} 10" preserveAspectRatio="none" role="img" aria-label="${said}">${pieces}</svg>`;
}

/** The key to the bar, in its order. */
export const barKey = (slices: readonly Slice[], minutesPerDay: number): Html =>
  html`<ul class="key">${slices
    .filter(({ minutes }) => minutes > 0)
    .map(
      ({ code, title, minutes }) =>
        html`<li><span class="dot ${toneOf(code)}" aria-hidden="true"></span>${words(title)} <b>${days(minutes, minutesPerDay)}</b></li>`,
    )}</ul>`;

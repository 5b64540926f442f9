import { addDays } from "../firm/firm-days.ts";
import type { SimulatedEvent } from "../simulator/events.ts";
import { simulateFirm } from "../simulator/simulate-firm.ts";
import type { Books } from "./books.ts";
import type { Beside } from "./state.ts";

/** The simulated firm, shown up to an evening. Its days to come are settled; nobody sees them before. */
export type FirmBeside = {
  /** What was recorded after the evening shown so far, up to that of `date`. */
  showUntil(date: string): SimulatedEvent[];
};

export function openFirmBeside(seed: string, { size, anchor }: Beside): FirmBeside {
  let known = 0;
  return {
    showUntil(date) {
      // Same seed and anchor, same firm: what is recorded later follows what was shown before.
      const { events } = simulateFirm({ seed, size, anchor, shownUntil: date });
      const fresh = events.slice(known);
      known = events.length;
      return fresh;
    },
  };
}

/** The evening before: nothing of the firm then lies ahead of anybody's clock. */
export const dayBefore = (date: string): string => addDays(date, -1);

/** Whoever took a record into their own hands keeps it: the simulated firm leaves it alone. */
export function leftAlone(
  events: readonly SimulatedEvent[],
  touched: ReadonlySet<string>,
  books: Books,
): SimulatedEvent[] {
  if (touched.size === 0) return [...events];
  return events.filter(({ objects: [subject, ...others] }) => {
    if (!subject || touched.has(`${subject.type} ${subject.id}`)) return false;
    if (subject.type !== "invoice-line") return true;
    const invoice =
      books.find("invoice-line", subject.id)?.invoiceId ??
      others.find(({ type }) => type === "invoice")?.id;
    return invoice === undefined || !touched.has(`invoice ${invoice}`);
  });
}

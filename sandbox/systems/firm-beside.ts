import { addDays, firmCalendar } from "../firm/firm-days.ts";
import type { SimulatedEvent } from "../simulator/events.ts";
import { simulateFirm } from "../simulator/simulate-firm.ts";
import type { Books } from "./books.ts";
import type { Beside } from "./state.ts";

/** The simulated firm, shown up to an evening. Its days to come are settled; nobody sees them before. */
export type FirmBeside = {
  /** What was recorded after the evening shown so far, up to that of `date`. */
  showUntil(date: string): SimulatedEvent[];
};

/** `furthest`: the last evening that is known to be asked for. */
export function openFirmBeside(
  seed: string,
  { size, anchor }: Beside,
  furthest: string = anchor,
): FirmBeside {
  let simulatedUntil = "";
  let events: readonly SimulatedEvent[] = [];
  let shown = 0;
  return {
    showUntil(date) {
      if (date > simulatedUntil) {
        // Same seed and anchor, same firm: what is recorded later follows what was shown before.
        simulatedUntil = date > furthest ? date : furthest;
        ({ events } = simulateFirm({ seed, size, anchor, shownUntil: simulatedUntil }));
      }
      const evening = new Date(eveningOf(date)).toISOString();
      const from = shown;
      while ((events[shown]?.recordedAt ?? "~") <= evening) shown += 1;
      return events.slice(from, shown);
    },
  };
}

/** The firm's day ends at eight in the evening. */
export const eveningOf = (date: string): number =>
  Temporal.PlainDate.from(date).toZonedDateTime({
    timeZone: firmCalendar.zone,
    plainTime: "20:00",
  }).epochMilliseconds;

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

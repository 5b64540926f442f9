import type { BusinessCalendar } from "#/domain/business-time.ts";
import type { FoldedRecord } from "#/domain/folded-record.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import { calendarOf, operationsEvents } from "#/evals/monitor/eval-firm.ts";
import { foldEvents } from "#/monitor/twin/fold-events.ts";
import { type SimulatedFirm, simulateFirm } from "#/sandbox/simulator/simulate-firm.ts";

/**
 * A simulated firm whose every id begins with a mark. Many copies of it, each with its own number in
 * place of the mark, are a firm of any size in which everything still points at its own.
 */
export type TemplateFirm = {
  readonly calendar: BusinessCalendar;
  readonly currency: string;
  readonly asOf: string;
  readonly records: readonly FoldedRecord[];
  /** In the order in which they were recorded. */
  readonly events: readonly OperationsEvent[];
};

/** A character that no text of the firm holds. */
export const mark = "\uE000";

/** The same records or events in the given copy of the firm. */
export function inCopy<T>(template: T, copy: number): T {
  const name = nameOfCopy(copy);
  const copied = (value: unknown): unknown => {
    if (typeof value === "string")
      return value.startsWith(mark) ? name + value.slice(mark.length) : value;
    if (Array.isArray(value)) return value.map(copied);
    if (typeof value !== "object" || value === null) return value;
    const made: Record<string, unknown> = {};
    for (const [key, each] of Object.entries(value)) made[key] = copied(each);
    return made;
  };
  return copied(template) as T;
}

export const nameOfCopy = (copy: number): string => `${copy}-`;

export function templateFirm(size: SimulatedFirm["options"]["size"]): TemplateFirm {
  const firm = simulateFirm({ seed: "bench", size, anchor: "2026-11-23" });
  const told = operationsEvents(firm);
  const ids = new Set(told.map(({ subject }) => subject.id));
  const events = told.map((event) => marked(event, ids));
  const histories = Map.groupBy(events, ({ subject }) => `${subject.kind} ${subject.id}`);
  return {
    calendar: calendarOf(firm),
    currency: firm.currency,
    asOf: firm.now,
    records: [...histories.values()].flatMap((own) => foldEvents(own) ?? []),
    events,
  };
}

const marked = (event: OperationsEvent, ids: ReadonlySet<string>): OperationsEvent => ({
  ...event,
  id: `${mark}${event.id}`,
  subject: { ...event.subject, id: `${mark}${event.subject.id}` },
  objects: event.objects.map((object) => ({ ...object, id: `${mark}${object.id}` })),
  attributes: Object.fromEntries(
    Object.entries(event.attributes).map(([field, value]) => [
      field,
      typeof value === "string" && ids.has(value) ? `${mark}${value}` : value,
    ]),
  ),
});

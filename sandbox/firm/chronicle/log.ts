import { createHash } from "node:crypto";
import type { AttributeValue, EventObject, SimulatedEvent } from "../../simulator/events.ts";
import type { RecordKind, RecordShapes } from "../../simulator/records.ts";
import { firmCalendar } from "../firm-days.ts";

/** A civil date and minutes of the day at the firm. */
export type Moment = readonly [date: string, minutes: number];

type Entry<Fields> = {
  readonly what: string;
  readonly at: Moment;
  readonly fields: Fields;
  /** `type` or `type:qualifier` of another record → its id. */
  readonly links?: Readonly<Record<string, string | null>>;
};

/** Takes down what happened, one record at a time. */
export type Log = {
  opened<K extends RecordKind>(kind: K, id: string, event: Entry<RecordShapes[K]>): void;
  changed<K extends RecordKind>(kind: K, id: string, event: Entry<Partial<RecordShapes[K]>>): void;
  /** The instant of a moment, as the events carry it. */
  instant(moment: Moment): string;
  /** In the order in which they were recorded. */
  events(): SimulatedEvent[];
};

/** `today`: its events are dated at its very beginning, so that nothing lies ahead of a clock. */
export function createLog(today: string): Log {
  const events: SimulatedEvent[] = [];
  const turns = new Map<string, number>();
  const write = (kind: string, id: string, { what, at, fields, links }: Entry<object>): void => {
    const type = `${kind}.${what}`;
    const turn = turns.get(`${type}/${id}`) ?? 0;
    turns.set(`${type}/${id}`, turn + 1);
    const digest = createHash("sha256").update(`${type}/${id}/${turn}`).digest("hex");
    const instant = instantOf(at, today);
    events.push({
      id: `EV-${digest.slice(0, 20)}`,
      type,
      occurredAt: instant,
      recordedAt: instant,
      objects: [{ type: kind, id, qualifier: "subject" }, ...linked(links)],
      attributes: fields as Readonly<Record<string, AttributeValue>>,
    });
  };
  return {
    opened: write,
    changed: write,
    instant: (moment) => instantOf(moment, today),
    events: () =>
      events.toSorted((one, other) =>
        one.recordedAt < other.recordedAt ? -1 : one.recordedAt > other.recordedAt ? 1 : 0,
      ),
  };
}

const linked = (links: Entry<object>["links"] = {}): EventObject[] =>
  Object.entries(links).flatMap(([name, id]) => {
    const [type = name, qualifier = type] = name.split(":");
    return id === null ? [] : [{ type, id, qualifier }];
  });

/** Minutes between midnight at the firm and UTC midnight, by date: one look-up per day is enough. */
const offsets = new Map<string, number>();

function instantOf([date, minutes]: Moment, today: string): string {
  let midnight = offsets.get(date);
  if (midnight === undefined) {
    midnight = Temporal.PlainDate.from(date).toZonedDateTime(firmCalendar.zone).epochMilliseconds;
    offsets.set(date, midnight);
  }
  const ofDay = date < today ? minutes : Math.floor(minutes / 60);
  return new Date(midnight + ofDay * 60_000).toISOString();
}

import { readLogTime } from "../event-logs/log-time.ts";
import type { ObjectLogEvent, ObjectLogObject, ObjectRelation } from "./object-log.ts";

/** An event or object as a format holds it: anything may be missing. */
export type RawItem = {
  readonly id?: unknown;
  readonly type?: unknown;
  readonly time?: unknown;
  readonly attributes: readonly { name?: unknown; value?: unknown; time?: unknown }[];
  readonly objects: readonly { id?: unknown; qualifier?: unknown }[];
};

type Checked<T> = { readonly item: T } | { readonly problem: string };

/** Texts that the database can keep; a value of another kind is written as text. */
const textOf = (value: unknown): string | null => {
  const text =
    typeof value === "number" || typeof value === "boolean" || typeof value === "bigint"
      ? String(value)
      : value;
  return typeof text === "string" && !text.includes("\0") && text.isWellFormed() ? text : null;
};

const nameOf = (value: unknown): string | null => {
  const text = textOf(value);
  return text === null || text === "" || text.length > 500 ? null : text;
};

const timeOf = (value: unknown, zone: string): string | null =>
  readLogTime(textOf(value) ?? "", zone)?.at ?? null;

/** `zone`: whose clock a time without an offset was read from. */
export function checkedEvent(raw: RawItem, zone: string): Checked<ObjectLogEvent> {
  const [id, type, at] = [nameOf(raw.id), nameOf(raw.type), timeOf(raw.time, zone)];
  if (id === null || type === null || at === null)
    return { problem: `an event with no ${missing({ id, type, time: at })}` };
  const attributes: Record<string, string> = {};
  for (const { name, value } of raw.attributes) {
    const [key, text] = [nameOf(name), textOf(value)];
    if (key === null || text === null)
      return { problem: `event ${id}: an attribute without a name or a value` };
    // By definition: a key such as `__proto__` is data like any other.
    Object.defineProperty(attributes, key, { value: text, enumerable: true });
  }
  const objects = relations(raw.objects);
  return objects
    ? { item: { id, type, at, attributes, objects } }
    : { problem: `event ${id}: a relation to an object without an id` };
}

export function checkedObject(raw: RawItem, zone: string): Checked<ObjectLogObject> {
  const [id, type] = [nameOf(raw.id), nameOf(raw.type)];
  if (id === null || type === null)
    return { problem: `an object with no ${missing({ id, type })}` };
  const attributes: ObjectLogObject["attributes"][number][] = [];
  for (const { name, value, time } of raw.attributes) {
    const [key, text, at] = [nameOf(name), textOf(value), timeOf(time, zone)];
    if (key === null || text === null || at === null)
      return { problem: `object ${id}: an attribute without a name, a value or a time` };
    attributes.push({ name: key, value: text, time: at });
  }
  const objects = relations(raw.objects);
  return objects
    ? { item: { id, type, attributes, objects } }
    : { problem: `object ${id}: a relation to an object without an id` };
}

function relations(raw: RawItem["objects"]): ObjectRelation[] | null {
  const found: ObjectRelation[] = [];
  for (const { id, qualifier } of raw) {
    const object = nameOf(id);
    if (object === null) return null;
    found.push({ id: object, qualifier: textOf(qualifier) ?? "" });
  }
  return found;
}

const missing = (parts: Readonly<Record<string, string | null>>): string =>
  Object.entries(parts)
    .filter(([, value]) => value === null)
    .map(([name]) => name)
    .join(" and no ");

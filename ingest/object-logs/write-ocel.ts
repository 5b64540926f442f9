import { isRecordKind } from "#/domain/operating-model.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import type { ObjectRelation } from "./object-log.ts";
import { declaredEventTypes, fieldTypes, objectId, ocelEvent } from "./operations-ocel.ts";

/** What an export is made of, read page by page; events of one record come together and in their order. */
export type OcelSource = {
  readonly types: {
    readonly eventTypes: readonly string[];
    readonly objectTypes: readonly string[];
  };
  readonly events: AsyncIterable<readonly OperationsEvent[]>;
  readonly eventsByRecord: AsyncIterable<readonly OperationsEvent[]>;
  /** Objects that are the subject of no event. */
  readonly concerned: AsyncIterable<readonly { readonly type: string; readonly id: string }[]>;
};

/**
 * Our events as one OCEL 2.0 JSON document, in pieces. Objects carry each change of each attribute, with
 * its time, and what they are related to. A field that was emptied is an empty text there: OCEL has no
 * null.
 */
export async function* writeOcelJson(source: OcelSource): AsyncGenerator<string> {
  const kinds = source.types.eventTypes.map((type) => type.split(".")[0] ?? "");
  const objectTypes = [...new Set([...kinds, ...source.types.objectTypes])].toSorted();
  yield `{"objectTypes":${JSON.stringify(
    objectTypes.map((name) => ({
      name,
      attributes: declared(isRecordKind(name) ? fieldTypes(name) : {}),
    })),
  )},\n"eventTypes":${JSON.stringify(
    source.types.eventTypes.map((name) => ({
      name,
      attributes: declared(declaredEventTypes(name)),
    })),
  )},\n"events":[`;
  yield* list(eventLines(source.events));
  yield `],\n"objects":[`;
  yield* list(objectLines(source));
  yield "]}\n";
}

const declared = (types: Readonly<Record<string, string>>) =>
  Object.entries(types).map(([name, type]) => ({ name, type }));

/** Elements of a JSON list, a line each; a piece per page. */
async function* list(pages: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  let first = true;
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield `${first ? "\n" : ",\n"}${page.map((each) => JSON.stringify(each)).join(",\n")}`;
    first = false;
  }
}

async function* eventLines(pages: OcelSource["events"]): AsyncGenerator<readonly unknown[]> {
  for await (const page of pages)
    yield page.map(ocelEvent).map(({ id, type, at, attributes, objects }) => ({
      id,
      type,
      time: at,
      attributes: Object.entries(attributes).map(([name, value]) => ({ name, value })),
      relationships: relationships(objects),
    }));
}

const relationships = (objects: readonly ObjectRelation[]) =>
  objects.map(({ id, qualifier }) => ({ objectId: id, qualifier }));

async function* objectLines(source: OcelSource): AsyncGenerator<readonly unknown[]> {
  for await (const page of source.eventsByRecord)
    yield [...Map.groupBy(page, ({ subject }) => objectId(subject.kind, subject.id)).values()].map(
      objectOf,
    );
  for await (const page of source.concerned)
    yield page.map(({ type, id }) => ({
      id: objectId(type, id),
      type,
      attributes: [],
      relationships: [],
    }));
}

function objectOf(events: readonly OperationsEvent[]): unknown {
  const known = new Map<string, string>();
  const attributes: { name: string; value: string; time: string }[] = [];
  const related = new Map<string, ObjectRelation>();
  for (const { attributes: fields, occurredAt, objects } of events) {
    for (const [name, value] of Object.entries(fields)) {
      const text = value === null ? "" : String(value);
      if (text === (known.get(name) ?? "")) continue;
      known.set(name, text);
      attributes.push({ name, value: text, time: occurredAt });
    }
    for (const { type, id, qualifier } of objects)
      related.set(`${type}:${id} ${qualifier}`, { id: objectId(type, id), qualifier });
  }
  const { kind, id } = (events[0] as OperationsEvent).subject;
  return {
    id: objectId(kind, id),
    type: kind,
    attributes,
    relationships: relationships([...related.values()]),
  };
}

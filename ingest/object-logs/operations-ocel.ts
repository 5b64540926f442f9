import { z } from "zod";
import { isRecordKind, operatingModel, type RecordKind } from "#/domain/operating-model.ts";
import type { AttributeValue, OperationsEvent } from "#/domain/operations-event.ts";
import type { ObjectLogEvent } from "./object-log.ts";

/*
 * Our events as OCEL 2.0 and back. OCEL knows no null, no versions and one time; what it lacks stands in
 * event attributes of our own, so that an export can be read again as the same events.
 */

const ours = "countersign:";
const metaTypes = {
  connection: "string",
  system: "string",
  "recorded-at": "time",
  subject: "string",
  sequence: "integer",
  /** Fields that the event left empty, comma separated. */
  empty: "string",
} as const;

/** `invoice:INV-1042`: OCEL asks for ids that are unique across types. */
export const objectId = (type: string, id: string): string => `${type}:${id}`;

/** Fields of a kind and their OCEL types. */
export function fieldTypes(kind: RecordKind): Readonly<Record<string, string>> {
  const schema = Json.parse(z.toJSONSchema(operatingModel[kind]));
  return Object.fromEntries(
    Object.entries(schema.properties).map(([field, shape]) => [field, typeOf(shape)]),
  );
}

const Json = z.object({ properties: z.record(z.string(), z.unknown()) });
const Shape = z.object({
  type: z.string().optional(),
  const: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
});

function typeOf(shape: unknown): string {
  const { type, anyOf, const: value } = Shape.parse(shape);
  if (type === "integer" || type === "boolean") return type;
  if (type === "number") return typeof value === "number" ? "integer" : "float";
  const [other] = (anyOf ?? []).filter((each) => Shape.parse(each).type !== "null");
  return other === undefined ? "string" : typeOf(other);
}

const typesByKind = new Map<RecordKind, Readonly<Record<string, string>>>();
function typesOf(kind: RecordKind): Readonly<Record<string, string>> {
  let types = typesByKind.get(kind);
  if (!types) typesByKind.set(kind, (types = fieldTypes(kind)));
  return types;
}

/** Attributes that events of this type may have. */
export const declaredEventTypes = (type: string): Readonly<Record<string, string>> => {
  const kind = type.split(".")[0] ?? "";
  const meta = Object.entries(metaTypes).map(([name, is]) => [ours + name, is] as const);
  return { ...Object.fromEntries(meta), ...(isRecordKind(kind) ? typesOf(kind) : {}) };
};

export function ocelEvent(event: OperationsEvent): ObjectLogEvent {
  const { subject, objects, attributes } = event;
  const empty = Object.keys(attributes).filter((field) => attributes[field] === null);
  const self = objectId(subject.kind, subject.id);
  return {
    // Unique per connection with us, in the whole log with OCEL.
    id: objectId(event.connection, event.id),
    type: event.type,
    at: event.occurredAt,
    attributes: {
      [`${ours}connection`]: event.connection,
      [`${ours}system`]: event.system,
      [`${ours}recorded-at`]: event.recordedAt,
      [`${ours}subject`]: self,
      [`${ours}sequence`]: String(event.sequence),
      ...(empty.length > 0 ? { [`${ours}empty`]: empty.join(",") } : {}),
      ...Object.fromEntries(
        Object.entries(attributes).flatMap(([field, value]) =>
          value === null ? [] : [[field, String(value)]],
        ),
      ),
    },
    objects: [
      { id: self, qualifier: "subject" },
      ...objects.map(({ type, id, qualifier }) => ({ id: objectId(type, id), qualifier })),
    ],
  };
}

/** Whether the event came out of `ocelEvent`. */
export const isOurs = ({ attributes }: ObjectLogEvent): boolean =>
  Object.hasOwn(attributes, `${ours}sequence`) && Object.hasOwn(attributes, `${ours}subject`);

/** Not yet checked: whoever takes it in judges it like any other. */
export function operationsEvent(event: ObjectLogEvent): unknown {
  const meta = (name: keyof typeof metaTypes): string => event.attributes[ours + name] ?? "";
  const [kind, id] = parted(meta("subject"));
  const types = isRecordKind(kind) ? typesOf(kind) : {};
  const fields = Object.entries(event.attributes)
    .filter(([name]) => !name.startsWith(ours))
    .map(([name, text]): [string, AttributeValue] => [name, valueOf(text, types[name])]);
  const empty = meta("empty").split(",").filter(Boolean);
  const connection = meta("connection");
  const rest = event.objects.filter(
    ({ id: object, qualifier }, index) =>
      !(object === meta("subject") && qualifier === "subject" && index === selfAt(event)),
  );
  return {
    id: event.id.startsWith(`${connection}:`) ? event.id.slice(connection.length + 1) : event.id,
    connection,
    system: meta("system"),
    type: event.type,
    occurredAt: event.at,
    recordedAt: meta("recorded-at"),
    subject: { kind, id },
    sequence: Number(meta("sequence")),
    objects: rest.map((object) => {
      const [type, its] = parted(object.id);
      return { type, id: its, qualifier: object.qualifier };
    }),
    attributes: Object.fromEntries([...fields, ...empty.map((field) => [field, null])]),
  };
}

const selfAt = ({ objects }: ObjectLogEvent): number =>
  objects.findIndex(({ qualifier }) => qualifier === "subject");

const parted = (text: string): [string, string] => {
  const at = text.indexOf(":");
  return at < 0 ? ["", text] : [text.slice(0, at), text.slice(at + 1)];
};

const valueOf = (text: string, type: string | undefined): AttributeValue => {
  if (type === "integer" || type === "float") return text.trim() === "" ? text : Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
};

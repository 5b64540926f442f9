import { randomUUID } from "node:crypto";
import type { AttributeValue, EventObject, SimulatedEvent } from "../simulator/events.ts";
import { systemOf } from "../simulator/record-systems.ts";
import type { RecordKind } from "../simulator/records.ts";
import type { SystemName } from "./books.ts";
import { presentRecord } from "./change-routes.ts";
import { NotAllowed } from "./not-allowed.ts";
import type { Answer, Call, Route } from "./serve-face.ts";
import { page, textsIn } from "./vendor-json.ts";
import type { World } from "./world.ts";
import { recordsById } from "./world-records.ts";
import { changeable, creatable, fieldsIn } from "./writable-fields.ts";

/**
 * Guarded writes on records of the operating model. `POST /objects/<kind>` makes one under the maker's own
 * `external_ref`, once: a second is 409. `POST /objects/<kind>/<id>` changes fields of the version named in
 * If-Match: any other is 412. `GET /search/<kind>` finds by `external_ref` or by the value of a field. What
 * is written is in the feed and is told to subscribers, as everything else is.
 */
export function recordWriteRoutes(world: World, system: SystemName): Route[] {
  const lists = new Map<RecordKind, ReturnType<typeof recordsById>>();
  const kindOf = ({ params: { kind = "" } }: Call): RecordKind => {
    if (!Object.hasOwn(systemOf, kind) || systemOf[kind as RecordKind] !== system)
      throw new NotAllowed(404, "no_such_kind", "No such kind of records is kept here.");
    return kind as RecordKind;
  };
  const listOf = (kind: RecordKind) => {
    let list = lists.get(kind);
    if (!list) lists.set(kind, (list = recordsById(world, kind)));
    return list;
  };
  return [
    {
      method: "GET",
      path: "/search/:kind",
      run: (call) => {
        const kind = kindOf(call);
        const wanted = [...call.query].filter(([name]) => name !== "limit" && name !== "cursor");
        const ref = call.query.get("external_ref");
        const made = new Set(
          world
            .state()
            .madeRecords.filter((each) => each.kind === kind && each.externalRef === ref)
            .map(({ id }) => id),
        );
        const fits = (record: { id: string }): boolean =>
          wanted.every(([name, value]) =>
            name === "external_ref"
              ? made.has(record.id)
              : String((record as Readonly<Record<string, unknown>>)[name]) === value,
          );
        return page(listOf(kind).all().filter(fits), call, ({ id }) =>
          presentRecord(world, kind, id),
        );
      },
    },
    { method: "POST", path: "/objects/:kind", run: (call) => create(world, kindOf(call), call) },
    {
      method: "POST",
      path: "/objects/:kind/:id",
      run: (call) => change(world, kindOf(call), call),
    },
  ];
}

function create(world: World, kind: RecordKind, { body }: Call): Answer {
  const form = creatable[kind];
  if (!form) throw new NotAllowed(422, "not_creatable", "These are not made from outside.");
  const { external_ref, ...rest } = body;
  const { external_ref: externalRef } = textsIn({ body: { external_ref } }, ["external_ref"]);
  const given = fieldsIn(rest, form.given, "all");
  const id = world.commit((draft) => {
    const { state, today } = draft;
    if (state.madeRecords.some((each) => each.kind === kind && each.externalRef === externalRef))
      throw new NotAllowed(409, "external_ref_taken", "There is one with that key.");
    for (const [field, type] of links)
      if (typeof given[field] === "string" && !world.books.record(type, given[field]))
        throw new NotAllowed(422, "no_such_link", "It points at a record that is not there.");
    const made = `${form.prefix}-X${state.madeRecords.length + 1}`;
    state.madeRecords.push({ kind, id: made, externalRef });
    const fields = {
      ...form.filled(today),
      ...(kind === "project" ? { forecastEndOn: given["plannedEndOn"] ?? null } : {}),
      ...given,
    };
    return {
      result: made,
      happened: {
        type: `${kind}.created`,
        subject: { system: systemOf[kind], type: kind, id: made },
      },
      booked: [eventOf(world, { kind, id: made, what: "created", fields })],
    };
  });
  return { status: 201, json: presentRecord(world, kind, id) };
}

function change(
  world: World,
  kind: RecordKind,
  { params: { id = "" }, body, headers }: Call,
): Answer {
  const shapes = changeable[kind];
  if (!shapes) throw new NotAllowed(422, "not_changeable", "These are not changed from outside.");
  const given = fieldsIn(body, shapes, "some");
  const wanted = /^"?(\d+)"?$/.exec(headers["if-match"] ?? "")?.[1];
  if (!wanted) throw new NotAllowed(422, "version_needed", "If-Match names the version read.");
  changeRecord(world, { kind, id, fields: given, version: Number(wanted) });
  return { status: 200, json: presentRecord(world, kind, id) };
}

/** Some fields of a record, as one change. `version` null: whichever it has. `at` null: now. */
export function changeRecord(
  world: World,
  order: {
    readonly kind: RecordKind;
    readonly id: string;
    readonly fields: Readonly<Record<string, AttributeValue>>;
    readonly version: number | null;
    readonly at?: string | null;
  },
): void {
  const { kind, id, fields, version, at = null } = order;
  world.commit(() => {
    const record = world.books.record(kind, id);
    if (!record) throw new NotAllowed(404, "record_not_found", "There is no such record.");
    if (version !== null && record.version !== version)
      throw new NotAllowed(412, "version_conflict", "It was changed since it was read.");
    const fresh = Object.entries(fields).filter(([name, value]) => record.fields[name] !== value);
    if (fresh.length === 0) return { result: null, happened: null };
    return {
      result: null,
      happened: { type: `${kind}.changed`, subject: { system: systemOf[kind], type: kind, id } },
      booked: [
        eventOf(world, { kind, id, what: "changed", fields: Object.fromEntries(fresh), at }),
      ],
    };
  });
}

/** A record that somebody enters, under the id that their system gives it. */
export function enterRecord(
  world: World,
  order: {
    readonly kind: RecordKind;
    readonly id: string;
    readonly fields: Readonly<Record<string, AttributeValue>>;
  },
): void {
  const { kind, id, fields } = order;
  world.commit(() => {
    if (world.books.record(kind, id))
      throw new NotAllowed(409, "record_exists", "There is a record with that id.");
    return {
      result: null,
      happened: { type: `${kind}.created`, subject: { system: systemOf[kind], type: kind, id } },
      booked: [eventOf(world, { kind, id, what: "created", fields })],
    };
  });
}

const links: readonly (readonly [field: string, type: RecordKind, qualifier: string])[] = [
  ["projectId", "project", "project"],
  ["clientId", "client", "client"],
  ["opportunityId", "opportunity", "opportunity"],
  ["leadId", "person", "lead"],
  ["authorId", "person", "author"],
];

type Update = {
  readonly kind: RecordKind;
  readonly id: string;
  readonly what: string;
  readonly fields: Readonly<Record<string, AttributeValue>>;
  readonly at?: string | null;
};

/** A change as its system takes it down now; `at`, an instant, when it happened before. */
export function eventOf(world: World, { kind, id, what, fields, at }: Update): SimulatedEvent {
  const all = { ...world.books.record(kind, id)?.fields, ...fields };
  const others = links.flatMap(([field, type, qualifier]): EventObject[] => {
    const other = all[field];
    return typeof other === "string" ? [{ type, id: other, qualifier }] : [];
  });
  const now = world.now().toISOString();
  return {
    id: `evt-${randomUUID()}`,
    type: `${kind}.${what}`,
    occurredAt: at ?? now,
    recordedAt: now,
    objects: [{ type: kind, id, qualifier: "subject" }, ...others],
    attributes: fields,
  };
}

import { createHash } from "node:crypto";
import { systemOf } from "../simulator/record-systems.ts";
import type { RecordKind } from "../simulator/records.ts";
import type { BookedEvent, SystemName } from "./books.ts";
import { NotAllowed } from "./not-allowed.ts";
import type { Answer, Call, Route } from "./serve-face.ts";
import { page } from "./vendor-json.ts";
import type { World } from "./world.ts";
import { recordsById } from "./world-records.ts";

const defaultLimit = 1_000;
const largestLimit = 5_000;

/**
 * What every one of the systems offers to those who keep a copy: `/changes?after=&limit=` tells what it
 * took down, oldest first; `/objects/<kind>` lists the records of a kind as they are now, in the order
 * of their ids, and `/objects/<kind>/<id>` is one of them. A cursor is a place in the history and stays
 * good; one of another history is answered with 410.
 */
export function changeRoutes(world: World, system: SystemName): Route[] {
  const history = createHash("sha256").update(world.epoch).digest("hex").slice(0, 8);
  const lists = new Map(
    Object.entries(systemOf)
      .filter(([, owner]) => owner === system)
      .map(([kind]) => [kind, recordsById(world, kind as RecordKind)]),
  );
  const listOf = (kind = "") => {
    const list = lists.get(kind);
    if (!list) throw new NotAllowed(404, "no_such_kind", "No such kind of records is kept here.");
    return list;
  };
  return [
    { method: "GET", path: "/changes", run: (call) => changes(world, { system, history }, call) },
    {
      method: "GET",
      path: "/objects/:kind",
      run: (call) => {
        const kind = call.params["kind"];
        const present = ({ id }: { id: string }) => presentRecord(world, kind as RecordKind, id);
        return page(listOf(kind).all(), call, present);
      },
    },
    {
      method: "GET",
      path: "/objects/:kind/:id",
      run: ({ params: { kind, id = "" } }) => {
        listOf(kind);
        return { status: 200, json: presentRecord(world, kind as RecordKind, id) };
      },
    },
  ];
}

/** A record of the operating model as it stands. Throws NotAllowed 404. */
export function presentRecord({ books }: World, kind: RecordKind, id: string) {
  const record = books.record(kind, id);
  if (!record) throw new NotAllowed(404, "record_not_found", "There is no such record.");
  const { version, changedAt, objects, fields } = record;
  return { kind, id, version, changed_at: changedAt, related: objects, fields };
}

type Feed = { readonly system: SystemName; readonly history: string };

function changes(world: World, { system, history }: Feed, { query }: Call): Answer {
  const limit = Number(query.get("limit") ?? defaultLimit);
  if (!Number.isInteger(limit) || limit < 1 || limit > largestLimit)
    throw new NotAllowed(422, "bad_limit", `From 1 to ${largestLimit} changes at once.`);
  const all = world.books.feed(system);
  const from = placeOf(query.get("after"), history);
  const events = all.slice(from, from + limit);
  const place = from + events.length;
  return {
    status: 200,
    json: {
      events: events.map(presentChange),
      cursor: Buffer.from(`${history} ${place}`).toString("base64url"),
      more: place < all.length,
    },
  };
}

function placeOf(cursor: string | null, history: string): number {
  if (cursor === null || cursor === "") return 0;
  const text = Buffer.from(cursor, "base64url").toString("utf8");
  const found = /^([0-9a-f]{8}) (\d{1,12})$/.exec(text);
  if (!found) throw new NotAllowed(422, "bad_cursor", "Not one of ours.");
  if (found[1] !== history)
    throw new NotAllowed(410, "other_history", "That was another firm's. Read from the start.");
  return Number(found[2]);
}

const presentChange = (event: BookedEvent) => ({
  id: event.id,
  type: event.type,
  occurred_at: event.occurredAt,
  recorded_at: event.recordedAt,
  subject: { kind: event.kind, id: event.subject },
  version: event.version,
  related: event.objects,
  changed: event.changed,
});

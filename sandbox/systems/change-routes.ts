import { createHash } from "node:crypto";
import { systemOf } from "../simulator/record-systems.ts";
import type { RecordKind } from "../simulator/records.ts";
import type { BookedEvent, SystemName } from "./books.ts";
import { NotAllowed } from "./not-allowed.ts";
import type { Answer, Call, Route } from "./serve-face.ts";
import type { World } from "./world.ts";

const defaultLimit = 1_000;
const largestLimit = 5_000;

const isKindOf = (system: SystemName, kind: string): kind is RecordKind =>
  Object.hasOwn(systemOf, kind) && systemOf[kind as RecordKind] === system;

/**
 * What every one of the systems offers to those who keep a copy: `/changes?after=&limit=` tells what it
 * took down, oldest first, and `/objects/<kind>/<id>` a record as it is now. A cursor is a place in the
 * history and stays good; one of another history is answered with 410.
 */
export function changeRoutes(world: World, system: SystemName): Route[] {
  const history = createHash("sha256").update(world.epoch).digest("hex").slice(0, 8);
  return [
    { method: "GET", path: "/changes", run: (call) => changes(world, { system, history }, call) },
    {
      method: "GET",
      path: "/objects/:kind/:id",
      run: ({ params: { kind = "", id = "" } }) => {
        const record = isKindOf(system, kind) ? world.books.find(kind, id) : null;
        if (!record) throw new NotAllowed(404, "record_not_found", "There is no such record here.");
        const { id: _, version, updatedAt, ...fields } = record;
        return { status: 200, json: { kind, id, version, updated_at: updatedAt, fields } };
      },
    },
  ];
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

import { z } from "zod";
import { CountersignError } from "#/domain/errors.ts";
import { Instant } from "#/domain/ids.ts";
import { operatingModel, type RecordKind, systemOfKind } from "#/domain/operating-model.ts";
import { AttributeValue, EventObject, OperationsEvent } from "#/domain/operations-event.ts";
import { SystemKind } from "#/domain/record.ts";
import type { ChangeFeed, RejectedChange, SourceRecord } from "#/tools/ports.ts";
import type { SystemClient } from "./system-client.ts";
import { parseRecord } from "./vendor-shapes.ts";

/** Small enough for one answer within the time that a read may take. */
const changesPerPage = 2_000;
const recordsPerPage = 500;

const Changes = z.object({
  events: z.array(z.unknown()),
  cursor: z.string().min(1),
  more: z.boolean(),
});
const Vendor = z.record(z.string(), z.unknown());
const Records = z.object({
  items: z.array(z.unknown()),
  next_cursor: z.string().min(1).nullable(),
});
const RecordShape = z.object({
  kind: z.string(),
  id: z.string().min(1).max(128),
  version: z.int().positive(),
  changed_at: Instant,
  related: z.array(EventObject),
  fields: z.record(z.string(), AttributeValue),
});
const EventId = z.string().min(1).max(128);

export type FeedSources = {
  readonly connection: string;
  /** A client for every system that has an address. */
  readonly clients: Readonly<Partial<Record<SystemKind, SystemClient>>>;
  /** Told of every event that was not taken in. */
  readonly onRejected?: ((rejected: RejectedChange) => void) | undefined;
};

/**
 * What the sandbox's systems tell about their records. An event that is no operations event of the system
 * asked is rejected by itself; the others of its page are good. An unusable page is CONNECTOR_SHAPE.
 */
export function createChangeFeed(sources: FeedSources): ChangeFeed {
  const { connection, clients, onRejected } = sources;
  const clientOf = (system: SystemKind): SystemClient => {
    const client = clients[system];
    if (!client)
      throw new CountersignError("CONNECTOR_UNAVAILABLE", { system: `The sandbox ${system}` });
    return client;
  };

  async function* changes(system: SystemKind, cursor: string | null) {
    const client = clientOf(system);
    let after = cursor;
    for (let more = true; more; ) {
      const query = new URLSearchParams({ limit: String(changesPerPage) });
      if (after !== null) query.set("after", after);
      const { status, body, code } = await client.ask(`/changes?${query.toString()}`);
      if (status === 410 && code === "other_history" && after !== null) {
        // The cursor is of a firm that is no more: repeats do no harm, so everything is read again.
        after = null;
        continue;
      }
      if (status !== 200) throw shape(client, "its changes", `status ${status}`);
      const page = parseRecord(Changes, body, { system: client.system, record: "its changes" });
      if (page.more && (page.events.length === 0 || page.cursor === after))
        throw shape(client, "its changes", "its cursor does not move on");
      const judged = page.events.map((event) => judge(event, { system, connection }));
      const rejected = judged.flatMap((each) => ("problems" in each ? [each] : []));
      for (const each of rejected) onRejected?.(each);
      yield {
        events: judged.flatMap((each) => ("problems" in each ? [] : [each])),
        cursor: page.cursor,
        rejected,
      };
      after = page.cursor;
      more = page.more;
    }
  }

  const sourceRecord = (client: SystemClient, kind: RecordKind, body: unknown): SourceRecord => {
    const about = { system: client.system, record: `a ${kind}` };
    const record = parseRecord(RecordShape, body, about);
    if (record.kind !== kind) throw shape(client, about.record, "it is of another kind");
    return {
      kind,
      id: record.id,
      connection,
      // The schema of each kind gives fields of plain values only.
      fields: parseRecord<Readonly<Record<string, AttributeValue>>>(
        operatingModel[kind],
        record.fields,
        about,
      ),
      version: record.version,
      changedAt: record.changed_at,
      objects: record.related,
    };
  };

  async function* present(kind: RecordKind) {
    const client = clientOf(systemOfKind[kind]);
    const seen = new Set<string | null>();
    let cursor: string | null = null;
    do {
      if (seen.has(cursor)) throw shape(client, "a page", "its cursor leads back");
      seen.add(cursor);
      const query = new URLSearchParams({ limit: String(recordsPerPage) });
      if (cursor !== null) query.set("cursor", cursor);
      const { status, body } = await client.ask(`/objects/${kind}?${query.toString()}`);
      if (status !== 200) throw shape(client, `a ${kind}`, `status ${status}`);
      const page: z.output<typeof Records> = parseRecord(Records, body, {
        system: client.system,
        record: "a page",
      });
      yield page.items.map((item) => sourceRecord(client, kind, item));
      cursor = page.next_cursor;
    } while (cursor !== null);
  }

  return {
    systems: SystemKind.options.filter((system) => clients[system] !== undefined),
    changes,
    present,
    async record(kind, id) {
      const client = clientOf(systemOfKind[kind]);
      const path = `/objects/${kind}/${encodeURIComponent(id)}`;
      const read = await client.one(path, { name: `a ${kind}`, schema: z.unknown() });
      return read && sourceRecord(client, kind, read.record);
    },
  };
}

type Asked = { readonly system: SystemKind; readonly connection: string };

function judge(event: unknown, { system, connection }: Asked): OperationsEvent | RejectedChange {
  const { data: raw = {} } = Vendor.safeParse(event);
  const parsed = OperationsEvent.safeParse({
    id: raw["id"],
    connection,
    system,
    type: raw["type"],
    occurredAt: raw["occurred_at"],
    recordedAt: raw["recorded_at"],
    subject: raw["subject"],
    sequence: raw["version"],
    objects: raw["related"],
    attributes: raw["changed"],
  });
  const rejected = (problems: string): RejectedChange => ({
    system,
    event: EventId.safeParse(raw["id"]).data ?? null,
    problems,
  });
  if (!parsed.success)
    return rejected(
      parsed.error.issues
        .slice(0, 5)
        .map(
          ({ path, code }) => `${path[0] === undefined ? "all of it" : String(path[0])} (${code})`,
        )
        .join(", "),
    );
  if (systemOfKind[parsed.data.subject.kind] !== system)
    return rejected("its subject belongs to another system");
  return parsed.data;
}

const shape = ({ system }: SystemClient, record: string, problems: string): CountersignError =>
  new CountersignError("CONNECTOR_SHAPE", { system, record, problems });

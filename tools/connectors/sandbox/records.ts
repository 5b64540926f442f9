import { z } from "zod";
import { CountersignError } from "#/domain/errors.ts";
import { operatingModel, type RecordKind, systemOfKind } from "#/domain/operating-model.ts";
import { AttributeValue } from "#/domain/operations-event.ts";
import { formatRef, type SystemKind } from "#/domain/record.ts";
import { type Receipt, Refused } from "#/domain/run.ts";
import type { ReadRecord, RecordSystems, WorkItem } from "#/tools/ports.ts";
import type { Kind, Read, SystemClient } from "./system-client.ts";
import { envelope, parseRecord, pathOf, recordUrl, Text } from "./vendor-shapes.ts";
import { changes, creations, writeOperations } from "./write-operations.ts";

const RecordShape = z.object({
  kind: z.string(),
  id: Text.max(128),
  version: z.int().positive(),
  fields: z.record(z.string(), AttributeValue),
});
type RecordShape = z.output<typeof RecordShape>;

const WorkItemShape = z.object({
  ...envelope,
  type: z.enum(["task", "risk", "review"]),
  regarding: Text,
  title: Text,
  details: Text,
  owner: Text,
  due_on: Text,
  external_ref: Text,
});
type WorkItemShape = z.output<typeof WorkItemShape>;
const workItemKind: Kind<WorkItemShape> = { name: "a work item", schema: WorkItemShape };

export type RecordSources = {
  readonly connection: string;
  readonly clients: Readonly<Partial<Record<SystemKind, SystemClient>>>;
};

/** Records of the operating model in all of the sandbox's systems: read, made by key, changed by version. */
export function createRecords({ connection, clients }: RecordSources): RecordSystems {
  const clientOf = (system: SystemKind): SystemClient => {
    const client = clients[system];
    if (!client)
      throw new CountersignError("CONNECTOR_UNAVAILABLE", { system: `The sandbox ${system}` });
    return client;
  };
  const shapeOf = (kind: RecordKind): Kind<RecordShape> => ({
    name: `a ${kind}`,
    schema: RecordShape,
  });
  const readOf = (kind: RecordKind, { record, at }: Read<RecordShape>): ReadRecord => {
    const system = systemOfKind[kind];
    const client = clientOf(system);
    const about = { system: client.system, record: `a ${kind}` };
    if (record.kind !== kind)
      throw new CountersignError("CONNECTOR_SHAPE", { ...about, problems: "of another kind" });
    return {
      source: {
        system,
        type: kind,
        id: record.id,
        connection,
        revision: String(record.version),
        retrievedAt: at,
        url: recordUrl(client.baseUrl, { system, type: kind, id: record.id }),
      },
      fields: parseRecord<Readonly<Record<string, AttributeValue>>>(
        operatingModel[kind],
        record.fields,
        about,
      ),
    };
  };
  const search = async (kind: RecordKind, field: string, value: string): Promise<ReadRecord[]> => {
    const client = clientOf(systemOfKind[kind]);
    const found = await client.all(`/search/${kind}`, { [field]: value }, shapeOf(kind));
    return found.map((read) => readOf(kind, read));
  };
  const findItem = async (key: string, system: WorkItem["system"]): Promise<Receipt | null> => {
    const client = clientOf(system);
    const found = await client.all("/work-items", { external_ref: key }, workItemKind);
    const read = found.find(({ record }) => record.external_ref === key);
    return read ? receiptOf(client, system, read) : null;
  };

  return {
    reader: {
      async read(kind, id) {
        const read = await clientOf(systemOfKind[kind]).one(
          pathOf(`/objects/${kind}`, id),
          shapeOf(kind),
        );
        return read && readOf(kind, read);
      },
      where: search,
    },
    writer: {
      async create({ kind, key, fields }) {
        const operation = creations[kind];
        if (!operation) throw new Refused("invalid", `This connection does not make a ${kind}.`);
        const body = { ...fields, external_ref: key };
        await clientOf(systemOfKind[kind]).write(
          operation,
          { path: `/objects/${kind}`, body },
          shapeOf(kind),
        );
      },
      async findCreated(kind, key) {
        const [found, another] = await search(kind, "external_ref", key);
        if (another)
          throw new CountersignError("CONNECTOR_SHAPE", {
            system: clientOf(systemOfKind[kind]).system,
            record: `a ${kind}`,
            problems: "there are two with one key",
          });
        return found ?? null;
      },
      async change({ kind, id, revision, fields }) {
        const operation = changes[kind];
        if (!operation) throw new Refused("invalid", `This connection does not change a ${kind}.`);
        const path = pathOf(`/objects/${kind}`, id);
        await clientOf(systemOfKind[kind]).write(
          operation,
          { path, body: fields, ifMatch: revision },
          shapeOf(kind),
        );
      },
    },
    workItems: {
      async create({ key, system, type, about, title, details, ownerEmail, dueOn }) {
        await clientOf(system).write(
          writeOperations.createWorkItem,
          {
            path: "/work-items",
            body: {
              type,
              regarding: formatRef(about),
              title,
              details,
              owner: ownerEmail,
              due_on: dueOn,
              external_ref: key,
            },
          },
          workItemKind,
        );
      },
      find: findItem,
    },
  };
}

const receiptOf = (
  client: SystemClient,
  system: SystemKind,
  { record, at }: Read<WorkItemShape>,
): Receipt => ({
  record: { system, type: "work-item", id: record.id },
  externalId: record.id,
  url: recordUrl(client.baseUrl, { system, type: "work-item", id: record.id }),
  observed: {
    title: record.title,
    details: record.details,
    owner: record.owner,
    dueOn: record.due_on,
  },
  verifiedAt: at,
});

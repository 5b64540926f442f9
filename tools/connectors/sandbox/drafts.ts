import { CountersignError } from "#/domain/errors.ts";
import type { RecordRef, SystemKind } from "#/domain/record.ts";
import type { Receipt } from "#/domain/run.ts";
import type { Kind, Read, SystemClient } from "./system-client.ts";
import { pathOf, recordUrl } from "./vendor-shapes.ts";
import type { WriteOperation } from "./write-operations.ts";

/** A drafted text, whichever system keeps it. */
export type DraftRecord = {
  readonly id: string;
  /** The key under which it was made; the systems do not keep it unique. */
  readonly key: string;
  /** `psa:milestone:MS-101-1` */
  readonly regarding: string;
  readonly subject: string;
  readonly body: string;
};

type Place = {
  readonly system: SystemKind;
  readonly type: string;
  readonly path: string;
  readonly kind: Kind<DraftRecord>;
};

/** Makes drafts and finds them again by key. */
export function draftsOf(client: SystemClient, { system, type, path, kind }: Place) {
  const receiptOf = ({ record, at }: Read<DraftRecord>): Receipt => {
    const ref: RecordRef = { system, type, id: record.id };
    return {
      record: ref,
      externalId: record.id,
      url: recordUrl(client.baseUrl, ref),
      observed: { subject: record.subject, body: record.body, about: record.regarding },
      verifiedAt: at,
    };
  };

  return {
    /** Sends once and reads it back. Not Refused and not a receipt: look with `find`. */
    async create(
      operation: WriteOperation,
      key: string,
      body: Readonly<Record<string, string>>,
    ): Promise<Receipt> {
      const made = await client.write(operation, { path, body }, kind);
      const read = await client.one(pathOf(path, made.id), kind);
      if (read?.record.key !== key)
        throw shape(client.system, kind.name, "what it made is not there to be read");
      return receiptOf(read);
    },
    /** null when the system has none with this key. Two are an error: a person must look. */
    async find(key: string, query: Readonly<Record<string, string>>): Promise<Receipt | null> {
      const read = await client.all(path, { ...query, external_ref: key }, kind);
      const mine = read.filter(({ record }) => record.key === key);
      if (mine.length > 1) throw shape(client.system, kind.name, "there are two with one key");
      return mine[0] ? receiptOf(mine[0]) : null;
    },
  };
}

const shape = (system: string, record: string, problems: string): CountersignError =>
  new CountersignError("CONNECTOR_SHAPE", { system, record, problems });

import { z } from "zod";
import { contentHash } from "./canonical-json.ts";
import { EvidenceId, Instant } from "./ids.ts";
import { AnyRecordRef, type Source } from "./record.ts";

/** How far a value can be trusted. Joins only go down: SOR > DERIVED > CHOICE > TEXT. */
export const TrustLabel = z.enum(["SOR", "DERIVED", "CHOICE", "TEXT"]);
export type TrustLabel = z.infer<typeof TrustLabel>;

export const EvidenceValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type EvidenceValue = z.infer<typeof EvidenceValue>;

/** One observed fact: this field of this record had this value when we read it. */
export const Evidence = z.object({
  id: EvidenceId,
  record: AnyRecordRef,
  connection: z.string(),
  field: z.string(),
  value: EvidenceValue,
  label: TrustLabel,
  revision: z.string().nullable(),
  retrievedAt: Instant,
  url: z.string().nullable(),
});
export type Evidence = z.infer<typeof Evidence>;

/** The id is the hash of what was seen, so the same fact read twice is the same evidence. */
export function observe(
  source: AnyRecordRef & Omit<Source, "system">,
  field: string,
  value: EvidenceValue,
  label: TrustLabel = "SOR",
): Evidence {
  const { system, type, id, connection, revision, retrievedAt, url } = source;
  const record = { system, type, id };
  const digest = contentHash({ record, connection, field, value, label });
  return {
    id: EvidenceId.parse(`ev_${digest.slice(0, 16)}`),
    record,
    connection,
    field,
    value,
    label,
    revision,
    retrievedAt,
    url,
  };
}

const order: readonly TrustLabel[] = ["SOR", "DERIVED", "CHOICE", "TEXT"];
/** The least trusted of the labels; SOR when there are none. */
export const joinLabels = (labels: readonly TrustLabel[]): TrustLabel =>
  order[Math.max(0, ...labels.map((label) => order.indexOf(label)))] ?? "TEXT";

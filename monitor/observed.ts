import type { EvidenceValue } from "#/domain/evidence.ts";
import type { Source } from "#/domain/record.ts";
import type { Observed } from "./kpi/intake.ts";

/** One field as it was read; hashed into evidence when somebody is shown it. */
export const observed = (source: Source, field: string, value: EvidenceValue): Observed => ({
  source,
  field,
  value,
});

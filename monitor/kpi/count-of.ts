import type { EvidenceValue } from "#/domain/evidence.ts";
import type { Source } from "#/domain/record.ts";
import type { Context } from "./context.ts";
import { createIntake, type Listing } from "./intake.ts";
import { amount, type Kpi, noValue, quotient } from "./kpi.ts";

/** A record, the field it was judged by and what stood there. `holds` null: it cannot be judged. */
export type Judged = {
  readonly source: Source;
  readonly field: string;
  readonly value: EvidenceValue;
  readonly holds: boolean | null;
};

/** How many of the records hold. Undecided ones lower the coverage. */
export function countOf(kpi: string, records: Listing<Judged> | null, { asOf }: Context): Kpi {
  const { known, intake } = read(records);
  const about = { kpi, unit: "count", asOf, from: [intake] } as const;
  return isUnknown(records, known)
    ? noValue(about, "missing-input")
    : amount(about, known.filter(Boolean).length);
}

/** Which share of the records holds. */
export function shareOf(kpi: string, records: Listing<Judged> | null, { asOf }: Context): Kpi {
  const { known, intake } = read(records);
  const about = { kpi, unit: "percent", asOf, from: [intake] } as const;
  return isUnknown(records, known)
    ? noValue(about, "missing-input")
    : quotient(about, known.filter(Boolean).length, known.length);
}

function read(records: Listing<Judged> | null) {
  const intake = createIntake();
  const known = intake.list(records).flatMap(({ source, field, value, holds }) => {
    if (holds === null) intake.need(source, field, null);
    else intake.saw(source, field, value);
    return holds ?? [];
  });
  return { known, intake };
}

const isUnknown = (records: Listing<Judged> | null, known: readonly boolean[]): boolean =>
  records === null || (records.items.length > 0 && known.length === 0);

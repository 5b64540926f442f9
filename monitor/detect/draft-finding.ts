import { type Evidence, observe } from "#/domain/evidence.ts";
import type { Finding, FindingCause, FindingKind } from "#/domain/finding.ts";
import type { Money } from "#/domain/money.ts";
import type { FieldsOf, RecordKind } from "#/domain/operating-model.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";

/** A field of a record that a finding rests on. */
export type Fact = { readonly record: TwinRecord; readonly field: string };

/** The fields of a record that carry a finding. */
export const facts = <K extends RecordKind>(
  record: TwinRecord<K>,
  ...fields: readonly (keyof FieldsOf<K> & string)[]
): Fact[] => fields.map((field) => ({ record: record as unknown as TwinRecord, field }));

export type DraftCause = Omit<FindingCause, "evidence"> & { readonly facts: readonly Fact[] };

export type DraftFinding = {
  readonly kind: FindingKind;
  /** What tells two of a kind apart; the key is the kind and this. */
  readonly about: string;
  readonly once?: boolean;
  readonly subject: TwinRecord;
  readonly projectId: string | null;
  readonly clientId: string | null;
  readonly title: string;
  readonly severity: Finding["severity"];
  readonly since: string;
  readonly deadline: string | null;
  readonly valueAtRisk: Money | null;
  readonly causes: readonly DraftCause[];
  /** What shows the condition itself, beside what the causes cite. */
  readonly facts: readonly Fact[];
  readonly remedies: readonly string[];
};

/** Cites every fact, and the events that gave those fields their values. */
export function finishFinding(view: FirmView, draft: DraftFinding): Finding {
  const { system, type, id } = draft.subject.source;
  const seen = new Map<string, Evidence>();
  const events = new Set<string>();
  const cite = ({ record, field }: Fact): Evidence => {
    const value = (record.fields as Readonly<Record<string, Evidence["value"]>>)[field] ?? null;
    const evidence = observe(record.source, field, value);
    seen.set(evidence.id, evidence);
    const teller = view
      .history(record.kind, record.id)
      .findLast(({ attributes }) => field in attributes);
    if (teller) events.add(teller.id);
    return evidence;
  };
  for (const fact of draft.facts) cite(fact);
  const causes = draft.causes.map(({ facts: cited, ...cause }) => ({
    ...cause,
    evidence: [...new Set(cited.map((fact) => cite(fact).id))],
  }));
  return {
    kind: draft.kind,
    key: `${draft.kind}:${draft.about}`,
    repeat: draft.once ? "once" : "each-time",
    subject: { system, type, id },
    projectId: draft.projectId,
    clientId: draft.clientId,
    title: draft.title,
    severity: draft.severity,
    asOf: view.asOf,
    since: draft.since,
    deadline: draft.deadline,
    valueAtRisk: draft.valueAtRisk,
    causes,
    evidence: [...seen.values()],
    events: [...events],
    remedies: [...draft.remedies],
  };
}

/** When a record last got this value in this field; the record's own last change when nobody knows. */
export function sinceOf<K extends RecordKind>(
  view: FirmView,
  record: TwinRecord<K>,
  field: keyof FieldsOf<K> & string,
): string {
  const teller = view
    .history(record.kind, record.id)
    .findLast(({ attributes }) => field in attributes);
  return teller?.occurredAt ?? record.changedAt;
}

export const money = (minor: number, currency: string): Money => ({
  minor: Math.round(minor),
  currency,
});
export const days = (count: number): string =>
  `${Math.round(count * 10) / 10} business day${Math.round(count * 10) === 10 ? "" : "s"}`;
export const percent = (share: number): string => `${Math.round(share * 100)} %`;
export const listed = (names: readonly string[], most = 5): string =>
  names.length <= most
    ? names.join(", ")
    : `${names.slice(0, most).join(", ")} and ${names.length - most} more`;

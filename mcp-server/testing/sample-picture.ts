import { type Evidence, type EvidenceValue, observe } from "#/domain/evidence.ts";
import type { EvidenceId } from "#/domain/ids.ts";
import { formatMoney } from "#/domain/money.ts";
import { formatRef, type RecordRef } from "#/domain/record.ts";
import type {
  CauseLine,
  Figure,
  Picture,
  SourceState,
  Statement,
} from "#/workflows/operations-services.ts";

/* How the sample says things: facts observed once, figures and sentences that cite them. */

export const asOf = "2026-11-23T10:00:00.000Z";
const readAt: Readonly<Record<string, string>> = { erp: "2026-11-20T06:00:00.000Z" };

export const sources: readonly SourceState[] = [
  { system: "psa", lastRead: "2026-11-23T09:58:00.000Z", stale: false, problem: null },
  { system: "crm", lastRead: "2026-11-23T09:57:00.000Z", stale: false, problem: null },
  {
    system: "erp",
    lastRead: "2026-11-20T06:00:00.000Z",
    stale: true,
    problem: "The ERP refuses our credentials since 20 November.",
  },
];

const facts = new Map<string, Evidence>();

export const refTo = (system: RecordRef["system"], type: string, id: string): RecordRef => ({
  system,
  type,
  id,
});

/** The id of a fact that the sample's systems hold. */
export function fact(record: RecordRef, field: string, value: EvidenceValue): EvidenceId {
  const observed = observe(
    {
      ...record,
      connection: "sandbox",
      revision: "7",
      retrievedAt: readAt[record.system] ?? asOf,
      url: `http://127.0.0.1:9/${record.system}/${record.type}/${record.id}`,
    },
    field,
    value,
  );
  facts.set(observed.id, observed);
  return observed.id;
}

/** Everything that an answer cites, each once. */
function citedIn(value: unknown): Evidence[] {
  const ids = new Set(JSON.stringify(value).match(/ev_[0-9a-f]{16}/g));
  return [...ids].flatMap((id) => facts.get(id) ?? []);
}

/** An answer with what every answer carries. */
export function pictured<T extends object>(statements: readonly Statement[], body: T): Picture & T {
  return { asOf, sources, statements, evidence: citedIn({ statements, body }), ...body };
}

export const say = (text: string, ...evidence: EvidenceId[]): Statement => ({ text, evidence });

type FigureGiven = {
  readonly value: number | string | null;
  readonly unit: string;
  readonly text: string;
  readonly evidence: readonly EvidenceId[];
  readonly reason?: string;
  readonly range?: readonly [string, string];
};

export const figure = (name: string, label: string, given: FigureGiven): Figure => ({
  name,
  label,
  value: given.value,
  unit: given.unit,
  currency: null,
  text: given.text,
  reason: given.reason ?? null,
  range: given.range ?? null,
  coverage: null,
  asOf,
  evidence: given.evidence,
});

export const money = (
  [name, label]: readonly [string, string],
  minor: number,
  evidence: readonly EvidenceId[],
): Figure => ({
  ...figure(name, label, {
    value: minor,
    unit: "minor units",
    text: formatMoney({ minor, currency: "EUR" }),
    evidence,
  }),
  currency: "EUR",
});

export const workingDays = (
  [name, label]: readonly [string, string],
  value: number,
  evidence: readonly EvidenceId[],
): Figure =>
  figure(name, label, {
    value,
    unit: "working days",
    text: `${value} working ${value === 1 ? "day" : "days"}`,
    evidence,
  });

export const percent = (
  [name, label]: readonly [string, string],
  value: number,
  evidence: readonly EvidenceId[],
): Figure => figure(name, label, { value, unit: "percent", text: `${value} %`, evidence });

export const unknown = (
  [name, label]: readonly [string, string],
  unit: string,
  reason: string,
): Figure => figure(name, label, { value: null, unit, text: "unknown", reason, evidence: [] });

export const cause = (
  code: string,
  title: string,
  given: { detail: string; days: number; open: boolean; evidence: readonly EvidenceId[] },
): CauseLine => ({
  code,
  title,
  detail: given.detail,
  days: workingDays(["days", "Days"], given.days, given.evidence),
  open: given.open,
  evidence: given.evidence,
});

/** What a person may have typed for one of these records: its reference, id or part of its name. */
export const fits = (typed: string, record: RecordRef, ...names: readonly (string | null)[]) =>
  [formatRef(record), record.id, ...names].some((name) =>
    name?.toLowerCase().includes(typed.trim().toLowerCase()),
  );

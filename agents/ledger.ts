import { contentHash } from "#/domain/canonical-json.ts";
import type { Evidence } from "#/domain/evidence.ts";
import type { EvidenceId } from "#/domain/ids.ts";
import { formatRef, type RecordRef } from "#/domain/record.ts";
import { type Scope, scopeOfEvidence, scopesOf, wordsOf } from "./support.ts";

/** Everything this run has really read, and nothing else. What is not here cannot be cited. */
export type Ledger = {
  /**
   * Takes in one tool's parsed answer. Returns the ids of evidence that were refused, because the id
   * does not belong to the content; when there are any, nothing of the answer is taken in.
   */
  add(answer: unknown, evidence: readonly Evidence[]): EvidenceId[];
  /** A scope made by code over evidence that is already here. */
  addScope(scope: Scope): void;
  get(id: string): Evidence | null;
  about(ref: RecordRef): Evidence[];
  /** Every scope that one of these ids opens. */
  scopes(ids: readonly string[]): Scope[];
  /** Capitalised words from name fields anywhere in the ledger, lower case. */
  isKnownName(word: string): boolean;
};

/** The same fact has the same id; an id over other content is a forgery or a bug. */
const idIsHonest = ({ id, record, connection, field, value, label }: Evidence): boolean =>
  id === `ev_${contentHash({ record, connection, field, value, label }).slice(0, 16)}`;

export function createLedger(): Ledger {
  const facts = new Map<string, Evidence>();
  const scopes: Scope[] = [];
  const names = new Set<string>();
  return {
    add: (answer, evidence) => {
      const forged = evidence.filter((e) => !idIsHonest(e)).map((e) => e.id);
      if (forged.length > 0) return forged;
      for (const fact of evidence) {
        facts.set(fact.id, fact);
        scopes.push(scopeOfEvidence(fact, null));
      }
      scopes.push(...scopesOf(answer, evidence));
      collectNames(answer, names);
      return [];
    },
    addScope: (scope) => {
      scopes.push(scope);
    },
    get: (id) => facts.get(id) ?? null,
    about: (ref) => [...facts.values()].filter((e) => formatRef(e.record) === formatRef(ref)),
    scopes: (ids) =>
      scopes.filter((scope) => ids.some((id) => scope.evidence.has(id as EvidenceId))),
    isKnownName: (word) => names.has(word),
  };
}

function collectNames(value: unknown, names: Set<string>, key = ""): void {
  if (typeof value === "string") {
    if (!/name$/i.test(key)) return;
    for (const word of value.match(/\p{Lu}[\p{L}\p{M}'’-]{2,}/gu) ?? [])
      for (const form of wordsOf(word)) if (form.length > 2) names.add(form);
  } else if (typeof value === "object" && value !== null)
    for (const [field, item] of Object.entries(value))
      collectNames(item, names, Array.isArray(value) ? key : field);
}

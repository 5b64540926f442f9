import type { RecordRef, SystemKind } from "#/domain/record.ts";
import { plusDays } from "../../clocks/civil-days.ts";
import { listed, restingOn, wereRead } from "../../portfolio/basis.ts";
import { contextOf } from "../../portfolio/firm-context.ts";
import type { FirmView } from "../../twin/firm-view.ts";
import type { Context } from "../context.ts";
import type { Listing, Observed } from "../intake.ts";
import type { Kpi, KpiUnit } from "../kpi.ts";
import type { Period } from "../on-time-milestones.ts";

export const scopeKinds = ["firm", "client", "project", "person", "approver"] as const;
export type ScopeKind = (typeof scopeKinds)[number];
/** `id` null: the whole firm. */
export type Scope = { readonly kind: ScopeKind; readonly id: string | null };

/** What a KPI is, for people who choose one. */
export type KpiEntry = {
  readonly kpi: string;
  readonly title: string;
  readonly unit: KpiUnit;
  readonly scopes: readonly ScopeKind[];
  readonly meaning: string;
  /** Where the formula or its usual levels come from. */
  readonly sourceNote: string;
  /** Civil days looked back when no period is asked for; null: it is a state, not a period. */
  readonly days: number | null;
  /** The numerators and denominators of the parts add up to those of the whole. Medians' do not. */
  readonly additive: boolean;
};

export type Question = { readonly view: FirmView; readonly scope: Scope; readonly period: Period };

/** One fact of a KPI: where it belongs, and the fields it was read from. */
export type Part<F> = {
  readonly fact: F;
  readonly record: RecordRef;
  readonly title: string;
  readonly projectId: string | null;
  readonly clientId: string | null;
  readonly personId: string | null;
  readonly approverId: string | null;
  readonly basis: readonly Observed[];
};

/** One part of a KPI, one level down: a client, a project, a person, an approver or a record. */
export type KpiPart = {
  readonly of: RecordRef;
  readonly title: string;
  /** To ask again, one level deeper; null: a record has no parts. */
  readonly scope: Scope | null;
  readonly kpi: Kpi;
};

export type FirmKpi = KpiEntry & {
  readonly measure: (question: Question) => Kpi;
  /** In the order of their ids. */
  readonly drill: (question: Question) => readonly KpiPart[];
};

export type Draft<F> = KpiEntry & {
  readonly systems: readonly SystemKind[];
  /** The facts inside a scope, each by the fields it rests on. */
  readonly parts: (question: Question) => readonly Part<F>[];
  /** null: the systems were never read. */
  readonly formula: (facts: Listing<F> | null, context: Context, period: Period) => Kpi;
  /** What the parts of the whole firm are; clients when left out. */
  readonly below?: "client" | "person" | "approver" | "project";
};

/** A KPI is its facts and a formula over them: each part is the same formula over its own facts. */
export function firmKpi<F>(draft: Draft<F>): FirmKpi {
  const { systems, parts, formula, below = "client", ...entry } = draft;
  const over = (question: Question, found: readonly Part<F>[]): Kpi => {
    const { view, scope, period } = question;
    const context = contextOf(view);
    const whole = listed(view, "project", ["status", "active"]);
    const known = wereRead(view, systems);
    const result = formula(
      known ? { source: whole.source, items: found.map(({ fact }) => fact) } : null,
      context,
      period,
    );
    const basis = found.flatMap((part) => part.basis);
    // "There is none" rests on the question itself.
    const rests = basis.length > 0 ? distinct(basis) : [none(view, scope)];
    return { ...restingOn(result, known ? rests : []), kpi: entry.kpi };
  };
  return {
    ...entry,
    measure: (question) => over(question, parts(question)),
    drill: (question) => {
      const level =
        question.scope.kind === "firm"
          ? below
          : question.scope.kind === "client"
            ? "project"
            : "record";
      const groups = Map.groupBy(parts(question), (part) => placeOf(part, level));
      return [...groups]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([id, own]) => ({
          ...named(question.view, { level, id, own }),
          kpi: over(question, own),
        }));
    },
  };
}

type Level = "client" | "project" | "person" | "approver" | "record";

function placeOf(part: Part<unknown>, level: Level): string {
  const place = {
    client: part.clientId,
    project: part.projectId,
    person: part.personId,
    approver: part.approverId,
    record: `${part.record.type} ${part.record.id}`,
  }[level];
  return place ?? "";
}

type Named = { readonly level: Level; readonly id: string; readonly own: readonly Part<unknown>[] };

function named(view: FirmView, { level, id, own }: Named): Pick<KpiPart, "of" | "title" | "scope"> {
  const first = own[0];
  if (level === "record" && first) return { of: first.record, title: first.title, scope: null };
  const [system, type] =
    level === "client"
      ? (["crm", "client"] as const)
      : level === "project"
        ? (["psa", "project"] as const)
        : (["hris", "person"] as const);
  const kind = level === "approver" || level === "record" ? "person" : level;
  const name = id === "" ? null : view.get(kind, id)?.fields.name;
  return {
    of: { system, type, id: id || "nobody" },
    title: name ?? (id || "Nobody"),
    scope: id === "" ? null : { kind: level === "record" ? "firm" : level, id },
  };
}

/** Fields that several facts share are cited once. */
function distinct(basis: readonly Observed[]): Observed[] {
  const seen = new Map<string, Observed>();
  for (const each of basis) seen.set(`${each.source.type} ${each.source.id} ${each.field}`, each);
  return [...seen.values()];
}

const none = (view: FirmView, scope: Scope): Observed =>
  scope.kind === "client" && scope.id !== null
    ? listed(view, "project", ["clientId", scope.id]).count
    : listed(view, "project", ["status", "active"]).count;

/** The last `days` days, today included. */
export const lastDays = (today: string, days: number): Period => ({
  from: plusDays(today, 1 - days),
  to: today,
});

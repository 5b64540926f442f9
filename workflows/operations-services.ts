import type { Evidence } from "#/domain/evidence.ts";
import type { Finding, FindingKind } from "#/domain/finding.ts";
import type { EvidenceId } from "#/domain/ids.ts";
import type { Principal } from "#/domain/member.ts";
import type { Money } from "#/domain/money.ts";
import type { RecordRef, SystemKind } from "#/domain/record.ts";

/*
 * What every door may ask about the firm as a whole: one function behind each tool, page, command and
 * chat answer. Small by default, `full` on request, lists paged. Every number carries evidence; what a
 * stale or missing source would be needed for is `unknown` and says so.
 */

/** A number as code computed it. `text` is how people read it: `EUR 48,200.00`, `3.5 working days`. */
export type Figure = {
  /** `cpi`, `days-to-invoice`, `cash-date`: stable. */
  readonly name: string;
  readonly label: string;
  readonly value: number | string | null;
  readonly unit: string;
  readonly currency: string | null;
  readonly text: string;
  /** Why there is no value, in our words. */
  readonly reason: string | null;
  /** Lowest and highest of an 80 % range, as text, where it is a forecast. */
  readonly range: readonly [string, string] | null;
  readonly coverage: { readonly present: number; readonly required: number } | null;
  readonly asOf: string;
  readonly evidence: readonly EvidenceId[];
};

/** One sentence made by code, ready to be said, with the facts it stands on. */
export type Statement = { readonly text: string; readonly evidence: readonly EvidenceId[] };

export type SourceState = {
  readonly system: SystemKind;
  readonly lastRead: string | null;
  readonly stale: boolean;
  /** Why it could not be read, in our words. */
  readonly problem: string | null;
};

/** What every answer carries. `statements` say the answer in the order of importance. */
export type Picture = {
  readonly asOf: string;
  readonly sources: readonly SourceState[];
  readonly statements: readonly Statement[];
  readonly evidence: readonly Evidence[];
};

export type Paged<T> = {
  readonly items: readonly T[];
  readonly total: number;
  /** Hand back as `cursor`; null: that was all. */
  readonly next: string | null;
};
export type PageQuery = { readonly cursor?: string; readonly limit?: number };

export type Rag = "green" | "amber" | "red" | "unknown";

export type PortfolioRow = {
  readonly project: RecordRef;
  readonly name: string;
  readonly clientName: string | null;
  readonly leadName: string | null;
  readonly rag: Rag;
  readonly reported: Rag | null;
  /** Reported greener than computed. */
  readonly watermelon: boolean;
  readonly coverage: number;
  readonly valueAtRisk: Figure;
  readonly deadline: string | null;
  readonly businessDaysLeft: number | null;
  /** The worst rules, worded: at most three. */
  readonly reasons: readonly Statement[];
  readonly openCases: number;
};

export type Portfolio = Picture & {
  readonly counts: Readonly<Record<Rag, number>>;
  readonly rows: Paged<PortfolioRow>;
};

export type RuleLine = {
  readonly rule: string;
  readonly title: string;
  readonly dimension: string;
  readonly critical: boolean;
  readonly band: Rag | "not-applicable";
  readonly figure: Figure;
  /** `amber below 0.95, red below 0.85`. */
  readonly thresholdText: string;
  readonly sourceNote: string;
  readonly trend: "better" | "worse" | "steady" | "unknown";
};

export type CauseLine = {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly days: Figure | null;
  readonly open: boolean;
  readonly evidence: readonly EvidenceId[];
};

export type ProjectPicture = Picture & {
  readonly project: RecordRef;
  readonly name: string;
  readonly clientName: string | null;
  readonly leadName: string | null;
  readonly rag: Rag;
  readonly computed: Rag;
  readonly reported: Rag | null;
  readonly watermelon: boolean;
  readonly coverage: number;
  readonly dimensions: readonly { readonly dimension: string; readonly status: Rag }[];
  /** Amber, red and unknown rules; all of them with `full`. */
  readonly rules: readonly RuleLine[];
  /** Earned value, margin, burn, billing readiness … */
  readonly figures: readonly Figure[];
  /** Margin bridge and slippage, each with its unexplained rest; with `full` only. */
  readonly margin: readonly CauseLine[];
  readonly slippage: readonly CauseLine[];
  readonly forecast: readonly Figure[];
  readonly cases: readonly CaseLine[];
};

export type CaseLine = {
  readonly id: string;
  readonly kind: FindingKind;
  readonly title: string;
  readonly severity: Finding["severity"];
  readonly subject: RecordRef;
  readonly projectName: string | null;
  readonly openedAt: string;
  readonly deadline: string | null;
  readonly valueAtRisk: Money | null;
  readonly causes: readonly CauseLine[];
  readonly remedies: readonly string[];
};

export type KpiScope = "firm" | "client" | "project" | "person" | "approver";
export type KpiQuery = PageQuery & {
  readonly kpi: string;
  readonly scope?: KpiScope;
  /** Name, code or id within the scope. */
  readonly of?: string;
  /** Parts it is made of, one level down. */
  readonly drill?: boolean;
  /** A past instant: what it was then, as known then. */
  readonly at?: string;
};
export type KpiAnswer = Picture & { readonly figure: Figure; readonly parts: Paged<Figure> | null };

export type Why = Picture & {
  readonly subject: RecordRef;
  readonly title: string;
  readonly status: string;
  readonly causes: readonly CauseLine[];
  readonly unexplained: Figure | null;
};

export type ProcessLine = {
  readonly process: string;
  readonly figures: readonly Figure[];
  /** Who or what holds it up most, with the measured queue. */
  readonly bottleneck: Statement | null;
};

export type WhatIfQuery =
  | { readonly change: "remove-cause"; readonly invoice: string; readonly code: string }
  | { readonly change: "remove-days"; readonly invoice: string; readonly days: number }
  | { readonly change: "accept-milestone"; readonly milestone: string; readonly on: string | null }
  | { readonly change: "approve-change-order"; readonly changeOrder: string }
  | {
      readonly change: "reassign";
      readonly project: string;
      readonly from: string;
      readonly to: string;
    };

export type WhatIfAnswer = Picture & {
  readonly title: string;
  /** Each effect before, after and their difference: cash date, ready date, margin, utilisation. */
  readonly effects: readonly {
    readonly label: string;
    readonly before: Figure;
    readonly after: Figure;
    readonly change: Figure;
  }[];
};

export type AccountRow = {
  readonly client: RecordRef;
  readonly name: string;
  readonly renewsOn: string | null;
  readonly daysToRenewal: number | null;
  readonly risk: "low" | "medium" | "high" | "unknown";
  readonly score: number | null;
  readonly drivers: readonly Statement[];
  readonly lifecycle: string | null;
};

/** Every handoff of one case across systems, oldest first. */
export type Timeline = Picture & {
  readonly subject: RecordRef;
  readonly title: string;
  readonly entries: Paged<{
    readonly at: string;
    readonly recordedAt: string;
    readonly system: SystemKind;
    readonly what: string;
    readonly record: RecordRef;
  }>;
};

/** All throw FORBIDDEN, and UNKNOWN_… or AMBIGUOUS_NAME with what to ask instead. */
export type OperationsServices = {
  portfolio(
    who: Principal,
    query: PageQuery & {
      readonly rag?: Rag;
      /** Colour first, then value (the default); value at risk × time left; or health alone. */
      readonly order?: "attention" | "value" | "health";
    },
  ): Promise<Portfolio>;
  project(who: Principal, query: { project: string; full?: boolean }): Promise<ProjectPicture>;
  cases(
    who: Principal,
    query: PageQuery & { readonly kind?: FindingKind; readonly project?: string },
  ): Promise<Picture & { readonly cases: Paged<CaseLine> }>;
  kpis(who: Principal): Promise<
    readonly {
      readonly kpi: string;
      readonly title: string;
      readonly unit: string;
      readonly scopes: readonly KpiScope[];
      readonly meaning: string;
    }[]
  >;
  kpi(who: Principal, query: KpiQuery): Promise<KpiAnswer>;
  /** Why an invoice, an approval, a margin or a date is as it is. */
  why(who: Principal, query: { of: string; full?: boolean }): Promise<Why>;
  processes(
    who: Principal,
    query: { process?: string },
  ): Promise<Picture & { readonly processes: readonly ProcessLine[] }>;
  forecast(
    who: Principal,
    query: { of: string },
  ): Promise<Picture & { readonly subject: RecordRef; readonly figures: readonly Figure[] }>;
  whatIf(who: Principal, query: WhatIfQuery): Promise<WhatIfAnswer>;
  accounts(
    who: Principal,
    query: PageQuery & { readonly withinDays?: number },
  ): Promise<Picture & { readonly accounts: Paged<AccountRow> }>;
  timeline(who: Principal, query: PageQuery & { readonly of: string }): Promise<Timeline>;
};

import type { Answer } from "#/domain/answer.ts";
import type { Finding } from "#/domain/finding.ts";
import type { ExceptionId, TenantId } from "#/domain/ids.ts";
import type { Enqueue } from "../store.ts";

/** A finding that somebody was told of, from its first sighting until its cause is gone. */
export type Case = {
  readonly id: ExceptionId;
  readonly state: "open" | "closed";
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly closeReason: string | null;
  readonly finding: Finding;
};

/** What the spine needs kept of cases: each function one transaction of one tenant. */
export type CaseStore = {
  openCases(tenant: TenantId): Promise<Case[]>;
  caseById(
    tenant: TenantId,
    id: ExceptionId,
  ): Promise<(Case & { explanation: Answer | null; auditAnchor: string | null }) | null>;
  /** Keys of findings that are told once, and were. */
  toldOnce(tenant: TenantId): Promise<Set<string>>;
  applyCases(
    tenant: TenantId,
    changes: {
      readonly open: readonly Finding[];
      readonly update: readonly { readonly id: ExceptionId; readonly finding: Finding }[];
      readonly close: readonly { readonly id: ExceptionId; readonly reason: string }[];
    },
    follow: {
      /** Messages that tell of the new cases. */
      readonly notice: (
        opened: readonly ExceptionId[],
      ) => readonly { key: string; item: { kind: string } & Record<string, unknown> }[];
      readonly enqueue: (opened: ExceptionId) => Enqueue;
    },
  ): Promise<ExceptionId[]>;
};

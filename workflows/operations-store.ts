import type { FoldedRecord, Gap } from "#/domain/folded-record.ts";
import type { TenantId } from "#/domain/ids.ts";
import type { RecordKind } from "#/domain/operating-model.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import type { SystemKind } from "#/domain/record.ts";

/*
 * What monitoring needs of persistence: events as the systems told them, the records they amount to,
 * how far each system was read. Every function is one transaction of one tenant.
 */

/** Something that was not taken in. `body` is what arrived: text of another system, never shown unfenced. */
export type RefusedEvent = {
  readonly connection: string | null;
  readonly event: string | null;
  readonly reason: string;
  readonly body: string;
};

export type ReceivedEvents = {
  /** Events that were not here before. */
  readonly fresh: readonly OperationsEvent[];
  readonly seen: number;
  readonly refused: readonly RefusedEvent[];
};

export type DossierQuestion = {
  readonly projectId: string;
  /** The instant of the question: people's other work and approvers' queues are bounded by it. */
  readonly asOf: string;
  /** true: as it was known then. By default as it is known now. */
  readonly past?: boolean;
  /** Whose events come with it: nobody's, those of the project's own records, or all. */
  readonly history?: "none" | "own" | "all";
};

export type KnownRecords = {
  readonly records: readonly FoldedRecord[];
  readonly events: readonly OperationsEvent[];
};

/** How far one system was read. */
export type SourceReading = {
  readonly system: SystemKind;
  readonly cursor: string | null;
  /** When it last answered in full; null: it never did. */
  readonly lastRead: string | null;
  /** Why it does not answer now, and since when; null: it does. */
  readonly problem: string | null;
  readonly problemSince: string | null;
};

export type SavedAssessment = {
  readonly projectId: string;
  readonly asOf: string;
  readonly body: unknown;
  /** What rules remember from one assessment to the next. */
  readonly memory: unknown;
};

export type OperationsStore = {
  /** In any order, any number of times. What does not fit is kept apart with its reason. */
  receive(tenant: TenantId, events: readonly unknown[]): Promise<ReceivedEvents>;
  refuse(tenant: TenantId, refused: readonly RefusedEvent[]): Promise<void>;
  /** The newest first. */
  refused(
    tenant: TenantId,
    count: number,
  ): Promise<(RefusedEvent & { receivedAt: string; times: number })[]>;
  dossier(tenant: TenantId, asked: DossierQuestion): Promise<KnownRecords>;
  /** In the order of kind and id, page by page; `asOf` null: as known now. */
  firmRecords(
    tenant: TenantId,
    asked: {
      readonly kinds: readonly RecordKind[];
      readonly asOf: string | null;
      /** Kinds whose events come along. */
      readonly history: readonly RecordKind[];
    },
  ): AsyncIterable<KnownRecords>;
  /** Events that concern an object, as their subject or beside it, by when they happened. */
  eventsAbout(
    tenant: TenantId,
    object: { readonly type: string; readonly id: string },
  ): Promise<OperationsEvent[]>;
  /** Records with versions that never arrived and that no later look made up for. */
  gaps(tenant: TenantId): Promise<Gap[]>;
  /** Whose assessment at that instant these received events can change, in the order of their ids. */
  affectedProjects(
    tenant: TenantId,
    events: readonly Pick<OperationsEvent, "subject">[],
    asOf: string,
  ): Promise<string[]>;
  readings(tenant: TenantId): Promise<SourceReading[]>;
  moveCursor(tenant: TenantId, system: SystemKind, cursor: string): Promise<void>;
  markRead(tenant: TenantId, system: SystemKind, at: string): Promise<void>;
  markProblem(
    tenant: TenantId,
    system: SystemKind,
    problem: { problem: string; at: string },
  ): Promise<void>;
  saveAssessments(tenant: TenantId, saved: readonly SavedAssessment[]): Promise<void>;
  /** Of the projects named, or of all. */
  loadAssessments(
    tenant: TenantId,
    projectIds: readonly string[] | null,
  ): Promise<SavedAssessment[]>;
};

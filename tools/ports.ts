import type { BusinessCalendar } from "#/domain/business-time.ts";
import type { Evidence } from "#/domain/evidence.ts";
import type { RecordKind } from "#/domain/operating-model.ts";
import type { AttributeValue, EventObject, OperationsEvent } from "#/domain/operations-event.ts";
import type {
  ChangeOrder,
  Client,
  Invoice,
  Milestone,
  Opportunity,
  Project,
  RecordRef,
  Source,
  SystemKind,
  TimesheetWeek,
} from "#/domain/record.ts";
import type { Receipt } from "#/domain/run.ts";

/*
 * What a system of record must be able to say, per kind. A connector implements these over the
 * canonical model; nothing above it knows which product answers.
 *
 * All reads throw CountersignError CONNECTOR_AUTH, CONNECTOR_UNAVAILABLE or CONNECTOR_SHAPE.
 * A list is complete or it throws: an empty answer means there is nothing, never "no access".
 */

export type PsaReader = {
  readonly connection: string;
  listProjects(): Promise<Project[]>;
  getProject(id: string): Promise<Project | null>;
  listMilestones(projectId: string): Promise<Milestone[]>;
  getMilestone(id: string): Promise<Milestone | null>;
  /** One row per person and week expected on the project, also where nothing was logged. Both dates inclusive. */
  listTimesheetWeeks(query: {
    projectId: string;
    from: string;
    to: string;
  }): Promise<TimesheetWeek[]>;
  getTimesheetWeek(id: string): Promise<TimesheetWeek | null>;
};

export type CrmReader = {
  readonly connection: string;
  listClients(): Promise<Client[]>;
  getClient(id: string): Promise<Client | null>;
  listOpportunities(): Promise<Opportunity[]>;
  listChangeOrders(projectId: string): Promise<ChangeOrder[]>;
  getChangeOrder(id: string): Promise<ChangeOrder | null>;
};

export type ErpReader = {
  readonly connection: string;
  /** Customer invoices of the firm; drafts included. */
  listInvoices(): Promise<Invoice[]>;
  getInvoice(id: string): Promise<Invoice | null>;
};

/** The reading half of a firm's systems. All that look tools, agents and doors ever get. */
export type LookSystems = {
  readonly psa: PsaReader;
  readonly crm: CrmReader;
  readonly erp: ErpReader;
};

/*
 * The writing half. Only workflows receive it, through main/compose.ts.
 *
 * Each write takes the idempotency key of its step. `find…` answers what a former attempt with the
 * same key left behind, or null when it provably left nothing. Writes throw `Refused` when the
 * target said no and wrote nothing; anything else means the outcome is not known.
 */

export type Draft = {
  readonly key: string;
  /** The record the draft hangs on. */
  readonly about: RecordRef;
  readonly subject: string;
  readonly body: string;
};

export type PsaWriter = {
  /** A task with a drafted message for the project's team. Nothing is sent. */
  createDraftTask(draft: Draft & { projectId: string }): Promise<Receipt>;
  findDraftTask(key: string, projectId: string): Promise<Receipt | null>;
};

export type CrmWriter = {
  /** A drafted message to a client on the change order. Nothing is sent. */
  createDraftMessage(draft: Draft): Promise<Receipt>;
  findDraftMessage(key: string, about: RecordRef): Promise<Receipt | null>;
};

export type ErpWriter = {
  /**
   * Draft → issued, by the system's own transition, guarded by the revision that was approved.
   * Issuing an issued invoice changes nothing more (natural).
   */
  issueInvoice(order: { key: string; invoiceId: string; revision: string | null }): Promise<void>;
};

/** Internal messages to colleagues, by verified e-mail. Unique by key (keyed). */
export type Messenger = {
  sendToColleague(message: { key: string; email: string; text: string }): Promise<Receipt>;
};

/** A record of the operating model, read at its source just now. */
export type ReadRecord = {
  readonly source: Source;
  /** Every field of its kind in the operating model. */
  readonly fields: Readonly<Record<string, AttributeValue>>;
};

export type RecordReader = {
  /** null: the source does not have it. */
  read(kind: RecordKind, id: string): Promise<ReadRecord | null>;
  /** All records of a kind whose field has this value. */
  where(kind: RecordKind, field: string, value: string): Promise<ReadRecord[]>;
};

/** Creations and changes that this connection can make on records of the operating model. */
export type RecordWriter = {
  /** Unique by key at the source: a second one with the key is Refused with `conflict`. */
  create(order: {
    readonly kind: RecordKind;
    readonly key: string;
    readonly fields: Readonly<Record<string, AttributeValue>>;
  }): Promise<void>;
  findCreated(kind: RecordKind, key: string): Promise<ReadRecord | null>;
  /** Guarded by the revision that was approved; Refused with `conflict` when it is another now. */
  change(order: {
    readonly kind: RecordKind;
    readonly id: string;
    readonly revision: string;
    readonly fields: Readonly<Record<string, AttributeValue>>;
  }): Promise<void>;
};

/** Something on somebody's list in one system: to do, to watch as a risk, or to look at again. */
export type WorkItem = {
  readonly key: string;
  readonly system: "psa" | "crm" | "hris";
  readonly type: "task" | "risk" | "review";
  readonly about: RecordRef;
  readonly title: string;
  readonly details: string;
  readonly ownerEmail: string;
  readonly dueOn: string;
};

/** Unique by key in their system, as records are. */
export type WorkItemWriter = {
  create(item: WorkItem): Promise<void>;
  find(key: string, system: WorkItem["system"]): Promise<Receipt | null>;
};

/** What a connection offers beside the three: reads and writes on the whole operating model. */
export type RecordSystems = {
  readonly reader: RecordReader;
  readonly writer: RecordWriter;
  readonly workItems: WorkItemWriter;
};

export type ActSystems = LookSystems & {
  /** null: this connection has no such reads and writes. */
  readonly records: RecordSystems | null;
  readonly psaWriter: PsaWriter;
  readonly crmWriter: CrmWriter;
  readonly erpWriter: ErpWriter;
  readonly messenger: Messenger;
};

/** A record as its source shows it now. */
export type SourceRecord = {
  readonly kind: RecordKind;
  readonly id: string;
  readonly connection: string;
  /** Every field of its kind in the operating model. */
  readonly fields: Readonly<Record<string, AttributeValue>>;
  /** The same counter as `sequence` of its events. */
  readonly version: number;
  /** When it last changed, as far as the source says. */
  readonly changedAt: string;
  readonly objects: readonly EventObject[];
};

/** An event that its system told and that is none of ours: it was not taken in. */
export type RejectedChange = {
  readonly system: SystemKind;
  /** The event's own id, where it has a usable one. */
  readonly event: string | null;
  /** Fields and kinds of problems, never what the system sent. */
  readonly problems: string;
};

/** What a connection offers so that a twin can be kept. Reading only; throws as all reads do. */
export type ChangeFeed = {
  /** The systems that can be asked. */
  readonly systems: readonly SystemKind[];
  /** What changed since the cursor (null: from the beginning), in pages; ends when it is all told. */
  changes(
    system: SystemKind,
    cursor: string | null,
  ): AsyncIterable<{
    readonly events: readonly OperationsEvent[];
    readonly cursor: string;
    readonly rejected: readonly RejectedChange[];
  }>;
  /** null: the source does not have it. */
  record(kind: RecordKind, id: string): Promise<SourceRecord | null>;
  /** Everything the source has of a kind, in pages. */
  present(kind: RecordKind): AsyncIterable<readonly SourceRecord[]>;
};

/** Keeps us from calling a system that does not answer. */
export type Guard = {
  /** In a sentence: `The sandbox PSA`. */
  readonly system: string;
  /** Since when nothing is sent, and when one call tries it again; null while calls go through. */
  state(): { readonly since: string; readonly again: string } | null;
  /** The next call tries it, before its time. For a person who knows that it is up again. */
  tryNow(): void;
};

/** A configured connection to one product, playing one or more kinds. */
export type Connector = {
  readonly name: string;
  readonly look: LookSystems;
  readonly write: { psa: PsaWriter; crm: CrmWriter; erp: ErpWriter };
  /** null: records of the operating model are not written through this product. */
  readonly records: RecordSystems | null;
  /** null: this product does not tell what changes. */
  readonly feed: ChangeFeed | null;
  /** One for each system that is called. */
  readonly guards: readonly Guard[];
  /** The firm's working calendar as configured for this connection. */
  readonly calendar: BusinessCalendar;
  /** Answers when the system is up and our credentials are good; throws otherwise. */
  check(): Promise<void>;
};

/** Facts that a look tool returns beside its answer, so that every number can be cited. */
export type Cited<T> = { readonly answer: T; readonly evidence: readonly Evidence[] };

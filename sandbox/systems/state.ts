import type { Firm } from "../firm/firm.ts";
import type { SimulatedEvent } from "../simulator/events.ts";
import type { RecordKind } from "../simulator/records.ts";
import type { SystemName } from "./books.ts";

/** A task in the PSA, made by somebody or by an integration. */
export type Task = {
  id: string;
  projectId: string;
  title: string;
  details: string;
  /** The maker's own key. Not unique: two creations with one key make two tasks. */
  externalRef: string;
  regarding: string;
  createdOn: string;
  version: number;
};

/** A message in the CRM that a person may send, or not. */
export type MessageDraft = {
  id: string;
  subject: string;
  body: string;
  externalRef: string;
  regarding: string;
  createdOn: string;
  version: number;
};

/** Something to do, to watch or to look at again, on somebody's list in one of the systems. */
export type WorkItem = {
  id: string;
  system: SystemName;
  type: "task" | "risk" | "review";
  /** `psa:project:PRJ-201` */
  regarding: string;
  title: string;
  details: string;
  /** The address of whose it is. */
  owner: string;
  dueOn: string;
  /** The maker's own key, unique within its system. */
  externalRef: string;
  createdOn: string;
  version: number;
};

/** The key under which an integration made a record: one record for each, in every kind. */
export type MadeRecord = { kind: RecordKind; id: string; externalRef: string };

/** Points at a record the way the firm's systems name it to each other. */
export type Subject = { system: SystemName; type: string; id: string };

/** What the systems tell their subscribers. */
export type WorldEvent = {
  id: string;
  type: string;
  occurredAt: string;
  subject: Subject;
  /** Grows with every change of the same record. */
  sequence: number;
};

/** The simulated firm beside the story: how large, and the evening from which on it is lived through. */
export type Beside = { size: "S" | "M" | "L"; anchor: string };

/** What came after the anchor, in order: somebody did something, or time went by. */
export type JournalEntry = { events: SimulatedEvent[] } | { shownUntil: string };

export type State = Firm & {
  tasks: Task[];
  messageDrafts: MessageDraft[];
  workItems: WorkItem[];
  madeRecords: MadeRecord[];
  /** Number of the newest event. */
  sequence: number;
  /** The newest events, newest first, for people to read. */
  recent: WorldEvent[];
  /** null: the story alone. */
  beside: Beside | null;
  journal: JournalEntry[];
};

/** Lists of the state whose records have an id. */
export type Collection =
  | "clients"
  | "projects"
  | "milestones"
  | "timesheets"
  | "changeOrders"
  | "deals"
  | "invoices"
  | "ledger"
  | "tasks"
  | "messageDrafts"
  | "workItems";
export type Row<C extends Collection> = State[C][number];

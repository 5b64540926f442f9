import type { Firm } from "../firm/firm.ts";

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

/** Points at a record the way the firm's systems name it to each other. */
export type Subject = { system: "psa" | "crm" | "erp"; type: string; id: string };

/** What the systems tell their subscribers. */
export type WorldEvent = {
  id: string;
  type: string;
  occurredAt: string;
  subject: Subject;
  sequence: number;
};

export type State = Firm & {
  tasks: Task[];
  messageDrafts: MessageDraft[];
  /** Number of the newest event. */
  sequence: number;
  /** The newest events, newest first, for people to read. */
  recent: WorldEvent[];
};

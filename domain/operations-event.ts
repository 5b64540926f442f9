import { z } from "zod";
import { Instant } from "./ids.ts";
import { isRecordKind, type RecordKind, recordKinds } from "./operating-model.ts";
import { SystemKind } from "./record.ts";

export const AttributeValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type AttributeValue = z.infer<typeof AttributeValue>;

/** Another business object that an event concerns, and what it is to it: `project`, `approver`, … */
export const EventObject = z.object({
  type: z.string().min(1).max(40),
  id: z.string().min(1).max(128),
  qualifier: z.string().min(1).max(60),
});
export type EventObject = z.infer<typeof EventObject>;

const Kind = z.custom<RecordKind>(
  (value) => typeof value === "string" && isRecordKind(value),
  `the subject's kind is one of ${recordKinds.join(", ")}`,
);

/**
 * Something that happened to one business object of the firm, as its system of record tells it. One
 * event, many objects (OCEL); two times: when it happened and when the system learned of it.
 */
export const OperationsEvent = z.object({
  /** Unique within its connection: the same id twice is the same event. */
  id: z.string().min(1).max(128),
  connection: z.string().min(1).max(60),
  system: SystemKind,
  /** `timesheet-week.submitted`: kind of the subject, then what happened to it. */
  type: z
    .string()
    .regex(/^[a-z-]+\.[a-z-]+$/, "an event type looks like invoice.issued")
    .max(80),
  occurredAt: Instant,
  recordedAt: Instant,
  subject: z.object({ kind: Kind, id: z.string().min(1).max(128) }),
  /** The subject's own version at its source after this event, from 1. Orders the events of one subject. */
  sequence: z.int().positive(),
  /** The other objects it concerns. */
  objects: z.array(EventObject),
  /** Fields of the subject after the event; fields not named stay as they were. */
  attributes: z.record(z.string(), AttributeValue),
});
export type OperationsEvent = z.infer<typeof OperationsEvent>;

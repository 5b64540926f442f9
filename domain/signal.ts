import { z } from "zod";
import { Instant, TenantId } from "./ids.ts";
import { RecordRef } from "./record.ts";

/** Something happened, or somebody asked. */
export const Signal = z.object({
  tenant: TenantId,
  /** Unique per origin: a delivery id, a Slack event id, a detector's key. Seen twice, handled once. */
  key: z.string().min(1).max(200),
  kind: z.enum(["business-event", "detector", "question"]),
  /** `invoice.updated`, `timesheet.submitted`, `invoice-late`, … */
  name: z.string().max(80),
  subject: RecordRef.nullable(),
  receivedAt: Instant,
});
export type Signal = z.infer<typeof Signal>;

/** What a system of record says when something changes. Ids are used, values are not. */
export const BusinessEvent = z.strictObject({
  id: z.string().min(8).max(128),
  type: z
    .string()
    .regex(/^[a-z-]+\.[a-z-]+$/, "an event type looks like invoice.updated")
    .max(80),
  occurredAt: Instant,
  subject: RecordRef,
  sequence: z.int().nonnegative(),
});
export type BusinessEvent = z.infer<typeof BusinessEvent>;

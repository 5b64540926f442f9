import type { IdempotencyClass } from "#/domain/action.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { TrytonClient } from "./tryton-client.ts";
import { writeFailure } from "./tryton-fault.ts";

/** One way in which this connector may change Tryton, and everything it may send there. */
export type WriteOperation = {
  readonly method: string;
  /** In a sentence: `A business rule of Tryton refused …`. */
  readonly title: string;
  /** Fields it may send; anything else throws before any request. */
  readonly writes: readonly string[];
  readonly idempotency: IdempotencyClass;
  /** Whether the server refuses the call when the record has changed since it was read. */
  readonly guard: "timestamp" | "none";
  readonly undo: string;
};

/**
 * All writes there are. No list names `state` or `status`: Tryton takes a direct write of a state
 * and then shows an issued invoice without number and ledger entry. States change by their button.
 */
export const writeOperations = {
  issueInvoice: {
    method: "model.account.invoice.post",
    title: "issuing the invoice",
    writes: [],
    idempotency: "natural",
    guard: "timestamp",
    undo: "A credit note, made by a person in Tryton.",
  },
  createNote: {
    method: "model.ir.note.create",
    title: "creating a note",
    writes: ["resource", "message"],
    idempotency: "read-back",
    guard: "none",
    undo: "Delete the note.",
  },
} as const satisfies Record<string, WriteOperation>;

export type WriteName = keyof typeof writeOperations;

/** Creates one record. Throws FIELD_NOT_WRITABLE, Refused, or an error that leaves the outcome open. */
export async function createRecord(
  client: TrytonClient,
  name: "createNote",
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  const operation: WriteOperation = writeOperations[name];
  for (const field of Object.keys(values))
    if (!operation.writes.includes(field))
      throw new CountersignError("FIELD_NOT_WRITABLE", { operation: operation.method, field });
  await send(client, operation, { parameters: [[values]], context: {} });
}

/** Presses a button on one record, only if its version is still `timestamp`. Sends no fields. */
export const pressButton = (
  client: TrytonClient,
  name: "issueInvoice",
  record: { model: string; id: number; timestamp: string },
): Promise<void> =>
  send(client, writeOperations[name], {
    parameters: [[record.id]],
    context: { _timestamp: { [`${record.model},${record.id}`]: record.timestamp } },
  });

async function send(
  client: TrytonClient,
  { method, title }: WriteOperation,
  { parameters, context }: { parameters: readonly unknown[]; context: object },
): Promise<void> {
  try {
    await client.call(method, parameters, context);
  } catch (error) {
    throw writeFailure(error, title);
  }
}

import type { z } from "zod";
import { isObservation } from "#/domain/event-order.ts";
import { operatingModel, type RecordKind } from "#/domain/operating-model.ts";
import { type AttributeValue, OperationsEvent } from "#/domain/operations-event.ts";

/** Something that was not taken in. `body` is what arrived, as JSON. */
export type Refused = {
  readonly connection: string | null;
  readonly event: string | null;
  /** In our words; names of fields and what they must be. */
  readonly reason: string;
  readonly body: string;
};

/**
 * Parts events that fit the operating model from those that do not. An unknown field is a drift of the
 * source's schema and is refused like a wrong value, never dropped. Times come out in UTC with
 * milliseconds, so that text order is time order.
 */
export function admitEvents(events: Iterable<unknown>): {
  admitted: OperationsEvent[];
  refused: Refused[];
} {
  const admitted: OperationsEvent[] = [];
  const refused: Refused[] = [];
  for (const given of events) {
    const parsed = OperationsEvent.safeParse(given);
    const reason = parsed.success ? problemOf(parsed.data) : firstOf(parsed.error);
    if (parsed.success && reason === null) admitted.push(inUtc(parsed.data));
    else refused.push({ ...namesOf(given), reason: reason ?? "not an event", body: textOf(given) });
  }
  return { admitted, refused };
}

function problemOf(event: OperationsEvent): string | null {
  const { kind } = event.subject;
  if (!event.type.startsWith(`${kind}.`)) return `type: ${event.type} is not about a ${kind}`;
  if (event.sequence > 2_147_483_647) return "sequence: greater than 2147483647";
  for (const [field, value] of Object.entries(event.attributes)) {
    const problem = problemOfField(kind, field, value);
    if (problem !== null) return problem;
  }
  if (isObservation(event)) {
    const whole = operatingModel[kind].safeParse(event.attributes);
    if (!whole.success) return `an observation is the whole record; ${firstOf(whole.error)}`;
  }
  return isStorable(event) ? null : "a text holds a character that cannot be stored";
}

function problemOfField(kind: RecordKind, field: string, value: AttributeValue): string | null {
  const shapes: Readonly<Record<string, z.ZodType>> = operatingModel[kind].shape;
  const shape = Object.hasOwn(shapes, field) ? shapes[field] : undefined;
  if (!shape) return `${field}: a ${kind} has no such field`;
  const parsed = shape.safeParse(value);
  return parsed.success ? null : `${field}: ${parsed.error.issues[0]?.message ?? "not valid"}`;
}

/** PostgreSQL stores neither the null character nor half a surrogate pair. */
function isStorable(event: OperationsEvent): boolean {
  const fits = (text: unknown): boolean =>
    typeof text !== "string" || (!text.includes("\0") && text.isWellFormed());
  const { subject, objects, attributes, id, connection } = event;
  return (
    [id, connection, subject.id, ...Object.values(attributes)].every(fits) &&
    objects.every((object) => fits(object.id) && fits(object.type) && fits(object.qualifier))
  );
}

const inUtc = (event: OperationsEvent): OperationsEvent => ({
  ...event,
  occurredAt: new Date(event.occurredAt).toISOString(),
  recordedAt: new Date(event.recordedAt).toISOString(),
});

const firstOf = (error: z.ZodError): string => {
  const [issue] = error.issues;
  return issue ? `${issue.path.join(".") || "event"}: ${issue.message}` : "not valid";
};

function namesOf(given: unknown): Pick<Refused, "connection" | "event"> {
  const named = (value: unknown): string | null =>
    typeof value === "string" && value.length <= 200 && !value.includes("\0")
      ? value.toWellFormed()
      : null;
  if (typeof given !== "object" || given === null) return { connection: null, event: null };
  return {
    connection: "connection" in given ? named(given.connection) : null,
    event: "id" in given ? named(given.id) : null,
  };
}

/** JSON writes what cannot be stored as escapes. */
function textOf(given: unknown): string {
  try {
    return (JSON.stringify(given) ?? "undefined").slice(0, 100_000);
  } catch {
    return "it cannot be written as JSON";
  }
}

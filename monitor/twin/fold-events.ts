import { compareEvents, compareVersions, isObservation } from "#/domain/event-order.ts";
import type { FoldedRecord } from "#/domain/folded-record.ts";
import type { AttributeValue, OperationsEvent } from "#/domain/operations-event.ts";

/**
 * Puts an event where it belongs among the events of its record, which stay in order, one a version.
 * false: it was there before, or another event of the same version stands.
 */
export function placeEvent(events: OperationsEvent[], event: OperationsEvent): boolean {
  let at = events.length;
  for (; at > 0; at -= 1) {
    const known = events[at - 1] as OperationsEvent;
    const order = compareVersions(known, event);
    if (order < 0) break;
    if (order > 0) continue;
    if (compareEvents(known, event) >= 0) return false;
    events[at - 1] = event;
    return true;
  }
  events.splice(at, 0, event);
  return true;
}

/** What placed events amount to: each field as the highest version that named it left it. */
export function foldEvents(events: readonly OperationsEvent[]): FoldedRecord | null {
  const last = events.at(-1);
  if (!last) return null;
  const fields: Record<string, AttributeValue> = {};
  for (const event of events) Object.assign(fields, event.attributes);
  return {
    kind: last.subject.kind,
    id: last.subject.id,
    fields,
    version: last.sequence,
    changedAt: latest(events, "occurredAt"),
    recordedAt: latest(events, "recordedAt"),
    connection: last.connection,
    system: last.system,
  };
}

/** Versions that never arrived and that no later look at the whole record made up for; the first 100. */
export function missingVersions(events: readonly OperationsEvent[]): number[] {
  const missing: number[] = [];
  const from = events.findLast(isObservation)?.sequence ?? 0;
  let next = from + 1;
  for (const { sequence } of events) {
    for (; next < sequence && missing.length < 100; next += 1) missing.push(next);
    if (sequence >= next) next = sequence + 1;
  }
  return missing;
}

const latest = (events: readonly OperationsEvent[], time: "occurredAt" | "recordedAt"): string =>
  events.reduce((last, event) => (event[time] > last ? event[time] : last), "");

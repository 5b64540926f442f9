import type { OperationsEvent } from "#/domain/operations-event.ts";

/** The first value a system told for a date: a plan that was moved keeps its beginning. */
export function firstTold(history: readonly OperationsEvent[], field: string): string | null {
  for (const { attributes } of history) {
    const value = attributes[field];
    if (typeof value === "string") return value;
  }
  return null;
}

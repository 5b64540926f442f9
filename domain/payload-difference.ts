import type { EvidenceValue } from "./evidence.ts";
import { formatMoney } from "./money.ts";
import type { Payload } from "./proposal.ts";
import { formatRef } from "./record.ts";

/** One thing that an edit changed about the change itself. null: it was not there. */
export type Difference = {
  readonly what: string;
  readonly before: EvidenceValue;
  readonly after: EvidenceValue;
};

/** What one version would do differently from another, in the order of the card. Equal: nothing. */
export function payloadDifference(older: Payload, newer: Payload): Difference[] {
  const then = partsOf(older);
  const now = partsOf(newer);
  return [...new Set([...then.keys(), ...now.keys()])].flatMap((what) => {
    const before = then.get(what) ?? null;
    const after = now.get(what) ?? null;
    return before === after ? [] : [{ what, before, after }];
  });
}

const partsOf = (payload: Payload): Map<string, EvidenceValue> =>
  new Map<string, EvidenceValue>([
    ["title", payload.title],
    ["amount", payload.amount && formatMoney(payload.amount)],
    ["risk tier", payload.tier],
    ["seen by", payload.recipientInternal ? "colleagues only" : "people outside the firm"],
    ...payload.effects.map(({ record, field, after }): [string, EvidenceValue] => [
      `${field} of ${formatRef(record)}`,
      after,
    ]),
    ...payload.arguments.map(({ name, value }): [string, EvidenceValue] => [name, value]),
    ["undo", payload.undo],
  ]);

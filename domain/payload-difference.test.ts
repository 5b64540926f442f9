import * as fc from "fast-check";
import { expect, test } from "vitest";
import { TenantId } from "./ids.ts";
import { payloadDifference } from "./payload-difference.ts";
import { type Payload, payloadHash } from "./proposal.ts";

const target = { system: "erp", type: "invoice", id: "INV-1" } as const;
const payload = (change: Partial<Payload> = {}): Payload => ({
  tenant: TenantId.parse("sample"),
  action: "R08",
  group: "financialWrite",
  tier: 4,
  target,
  title: "Release invoice INV-1",
  arguments: [],
  effects: [{ record: target, field: "state", before: "draft", after: "issued" }],
  amount: { minor: 100, currency: "EUR" },
  preconditions: [],
  undo: "A credit note.",
  projectId: null,
  projectLead: null,
  recipientInternal: false,
  ...change,
});

test("P2: what an edit changed is named with what it was and what it is", () => {
  const edited = payload({
    amount: { minor: 250, currency: "EUR" },
    arguments: [{ name: "note", sink: "text", label: "TEXT", value: "Please.", from: null }],
  });
  expect(payloadDifference(payload(), edited)).toEqual([
    { what: "amount", before: "EUR 1.00", after: "EUR 2.50" },
    { what: "note", before: null, after: "Please." },
  ]);
});

test("P2: two versions that differ in anything shown have a difference, and equal ones have none", () => {
  const change = fc.record({
    title: fc.constantFrom("A", "B"),
    undo: fc.constantFrom("U", "V"),
    recipientInternal: fc.boolean(),
    amount: fc.constantFrom(null, { minor: 1, currency: "EUR" }, { minor: 2, currency: "EUR" }),
    effects: fc.array(
      fc.record({
        record: fc.constant(target),
        field: fc.constantFrom("state", "date"),
        before: fc.constant(null),
        after: fc.constantFrom("x", "y"),
      }),
      { maxLength: 1 },
    ),
  });
  fc.assert(
    fc.property(change, change, (one, other) => {
      const [a, b] = [payload(one), payload(other)];
      expect(payloadDifference(a, b).length > 0).toBe(payloadHash(a) !== payloadHash(b));
    }),
  );
});

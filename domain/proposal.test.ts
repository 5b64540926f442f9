import { describe, expect, test } from "vitest";
import { TenantId } from "./ids.ts";
import {
  legalMoves,
  type Payload,
  ProposalState,
  payloadHash,
  untrustedSinks,
} from "./proposal.ts";

const payload: Payload = {
  tenant: TenantId.parse("sample"),
  action: "R08",
  group: "financialWrite",
  tier: 4,
  target: { system: "erp", type: "invoice", id: "INV-1" },
  title: "Release invoice INV-1",
  arguments: [
    { name: "invoice", sink: "destination", label: "SOR", value: "INV-1", from: null },
    { name: "note", sink: "text", label: "TEXT", value: "please", from: null },
    { name: "remark", sink: "text", label: "TEXT", value: "again", from: null },
  ],
  effects: [],
  amount: { minor: 100, currency: "EUR" },
  preconditions: [],
  undo: "credit note",
  projectId: null,
  projectLead: null,
  recipientInternal: false,
};

describe("legal moves", () => {
  const states = ProposalState.options;

  test("every state has a row and leads only to states", () => {
    expect(Object.keys(legalMoves).toSorted()).toEqual([...states].toSorted());
    for (const targets of Object.values(legalMoves))
      expect(targets.filter((target) => !states.includes(target))).toEqual([]);
  });

  test("nothing executes that was not approved", () => {
    expect(states.filter((state) => legalMoves[state].includes("executing"))).toEqual(["approved"]);
    expect(states.filter((state) => legalMoves[state].includes("approved"))).toEqual([
      "waiting",
      "failed",
      "unknown",
    ]);
    expect(states.filter((state) => legalMoves[state].includes("done")).toSorted()).toEqual([
      "executing",
      "unknown",
    ]);
  });

  test("what is over stays over", () => {
    for (const state of ["rejected", "expired", "superseded", "withdrawn", "done"] as const)
      expect(legalMoves[state]).toEqual([]);
  });

  test("no state waits for ever: each reaches an end", () => {
    const ends = new Set<string>(states.filter((state) => legalMoves[state].length === 0));
    const reaches = (state: ProposalState, seen: readonly string[]): boolean =>
      ends.has(state) ||
      legalMoves[state].some((next) => !seen.includes(next) && reaches(next, [...seen, next]));
    expect(states.filter((state) => !reaches(state, [state]))).toEqual([]);
  });

  test("no move goes back or in a circle, but for a person's replay of what did not end well", () => {
    const replay = (state: ProposalState, next: ProposalState): boolean =>
      ["failed", "unknown"].includes(state) && next === "approved";
    const walk = (state: ProposalState, path: readonly string[]): boolean =>
      legalMoves[state].every(
        (next) => replay(state, next) || (!path.includes(next) && walk(next, [...path, next])),
      );
    for (const state of states) expect(walk(state, [state])).toBe(true);
  });
});

describe("the payload", () => {
  test("P2: any change of any part changes the hash", () => {
    const variants: Payload[] = [
      payload,
      { ...payload, title: "Release invoice INV-1 " },
      { ...payload, amount: { minor: 101, currency: "EUR" } },
      { ...payload, tier: 3 },
      { ...payload, recipientInternal: true },
      { ...payload, arguments: payload.arguments.toReversed() },
      { ...payload, undo: "none" },
    ];
    expect(new Set(variants.map(payloadHash)).size).toBe(variants.length);
  });

  test("names each sink that a model or free text fed, once", () => {
    expect(untrustedSinks(payload)).toEqual(["text"]);
  });
});

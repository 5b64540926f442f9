import { describe, expect, test } from "vitest";
import { observe } from "#/domain/evidence.ts";
import { Finding } from "#/domain/finding.ts";
import { ExceptionId, TenantId } from "#/domain/ids.ts";
import type { Case } from "./case-store.ts";
import { type CaseProposalNeeds, proposeForCase } from "./propose-for-case.ts";

const tenant = TenantId.parse("sample");
const id = ExceptionId.parse("X-ABCDEF12");
const subject = { system: "psa", type: "project", id: "P-1" } as const;
const asOf = "2026-11-23T10:00:00Z";

const finding = (severity: Finding["severity"]): Finding =>
  Finding.parse({
    kind: "budget-threshold",
    key: "budget-threshold:P-1:70",
    repeat: "once",
    subject,
    projectId: "P-1",
    clientId: null,
    title: "It has used 70 % of its budget",
    severity,
    asOf,
    since: asOf,
    deadline: null,
    valueAtRisk: null,
    causes: [],
    evidence: [
      observe(
        { ...subject, connection: "fake", revision: "1", retrievedAt: asOf, url: null },
        "percentComplete",
        40,
      ),
    ],
    events: [],
    remedies: ["R19"],
  });

/** Everything up to the source; what is previewed there is only noted, and refused. */
function looking(
  known: Partial<Pick<Case, "state">> & { severity?: Finding["severity"] },
  rest: { stale?: readonly "psa"[]; waiting?: number } = {},
) {
  const asked: string[] = [];
  const needs = {
    cases: {
      caseById: async () => ({
        id,
        state: known.state ?? "open",
        openedAt: asOf,
        closedAt: null,
        closeReason: null,
        finding: finding(known.severity ?? 3),
        explanation: null,
        auditAnchor: null,
      }),
    },
    stale: async () => rest.stale ?? [],
    store: {
      tenant: async () => ({ id: tenant }),
      proposals: async () =>
        Array.from({ length: rest.waiting ?? 0 }, () => ({ producedBy: { mind: "detectors" } })),
    },
    candidatesFor: () =>
      (["R19", "R37", "R38"] as const).map((action) => ({
        action,
        title: action,
        target: subject,
        causes: [],
        beside: action === "R37",
      })),
    preview: async ({ action }: { action: string }) => {
      asked.push(action);
      throw Object.assign(new Error("the source is away"), { name: "SourceAway" });
    },
  } as unknown as CaseProposalNeeds;
  return { asked, run: () => proposeForCase(tenant, id, needs) };
}

describe("what code files for a case", () => {
  test.each([
    ["a case that is closed", looking({ state: "closed" })],
    ["a mere note", looking({ severity: 1 })],
    ["facts of a system that nobody has read for too long (P6)", looking({}, { stale: ["psa"] })],
    ["a desk on which twenty of its own wait already", looking({}, { waiting: 20 })],
  ])("nothing for %s", async (_, { asked, run }) => {
    expect(await run()).toEqual([]);
    expect(asked).toEqual([]);
  });

  test("a source that does not answer is no reason to take the next best: it is tried again later", async () => {
    const { asked, run } = looking({}, { waiting: 19 });
    await expect(run()).rejects.toThrow("the source is away");
    expect(asked).toEqual(["R19"]);
  });
});

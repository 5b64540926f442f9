import { describe, expect, test } from "vitest";
import type { Finding } from "#/domain/finding.ts";
import type { Problem } from "./detection-problems.ts";
import type { Alert } from "./detection-replay.ts";
import { spokeOf } from "./detection-truth.ts";
import { evalFirm } from "./eval-firm.ts";
import { judgeDetection, median } from "./judge-detection.ts";

const morning = "2026-10-01T08:00:00Z";
const noon = "2026-10-02T12:00:00Z";

const problem: Problem = {
  id: "iv-1",
  scenario: "client-holds-invoice",
  kinds: ["invoice-delay", "milestone-unaccepted"],
  codes: ["INV-10"],
  records: ["SI-1"],
  projectIds: new Set(["P1"]),
  clientId: null,
  personId: null,
  onset: morning,
  visibleFrom: morning,
  end: "2026-11-01T00:00:00Z",
  breach: null,
  firstLimit: null,
  harmed: true,
};
const alert = (bend: Partial<Omit<Alert, "finding">> & { kind?: Finding["kind"] }): Alert => ({
  finding: {
    kind: bend.kind ?? "invoice-delay",
    subject: { system: "erp", type: "invoice", id: "SI-1" },
    projectId: "P1",
    clientId: "C1",
  } as Finding,
  openedAt: morning,
  closedAt: null,
  codes: new Map([["INV-10", morning]]),
  projects: new Map([["P1", morning]]),
  people: new Map(),
  records: new Map([["SI-1", morning]]),
  ...bend,
});

describe("an alert speaks of a problem", () => {
  test("from the moment at which it named the place, the record and the cause", () => {
    expect(spokeOf(alert({}), problem)).toBe(morning);
    expect(
      spokeOf(
        alert({
          codes: new Map([
            ["INV-1", morning],
            ["INV-10", noon],
          ]),
        }),
        problem,
      ),
    ).toBe(noon);
  });

  test.each<[string, Parameters<typeof alert>[0]]>([
    ["of another kind", { kind: "missing-timesheets" }],
    ["on another project", { projects: new Map([["P2", morning]]) }],
    ["about another record", { records: new Map([["SI-2", morning]]) }],
    ["for another cause", { codes: new Map([["INV-1", morning]]) }],
  ])("and never when it is %s", (_name, bend) => {
    expect(spokeOf(alert(bend), problem)).toBe(null);
  });

  test("a kind that has one meaning need not name the cause", () => {
    expect(spokeOf(alert({ kind: "milestone-unaccepted", codes: new Map() }), problem)).toBe(
      morning,
    );
  });
});

test("on a small firm every number has cases behind it, and the same firm is judged the same twice", () => {
  const firm = evalFirm({ seed: "dev-2", size: "S", anchor: "2026-11-23" });
  const verdict = judgeDetection(firm);
  for (const { metric, n } of verdict.rows) expect([metric, n > 0]).toEqual([metric, true]);
  const problems = verdict.byScenario.reduce((sum, one) => sum + one.problems, 0);
  expect(verdict.rows[0]?.n).toBe(problems);
  expect(judgeDetection(firm)).toEqual(verdict);
});

test.each([
  [[3, 1, 2], 2],
  [[1, 2, 3, 4], 2.5],
  [[], null],
])("the median of %j is %j", (values, middle) => {
  expect(median(values)).toBe(middle);
});

import { describe, expect, test } from "vitest";
import { observe } from "#/domain/evidence.ts";
import { Finding } from "#/domain/finding.ts";
import { formatRef, parseRef, type Source } from "#/domain/record.ts";
import { candidatesForFinding } from "./candidates-for-finding.ts";

const source = (text: string): Source => {
  const ref = parseRef(text);
  if (!ref) throw new Error(text);
  return {
    ...ref,
    connection: "fake",
    revision: "1",
    retrievedAt: "2026-11-23T10:00:00Z",
    url: null,
  };
};

function finding(
  kind: Finding["kind"],
  subject: string,
  rest: {
    remedies: string[];
    projectId?: string;
    facts?: readonly (readonly [string, string, string])[];
  },
): Finding {
  const { system, type, id } = source(subject);
  const facts = rest.facts ?? [[subject, "state", "there"]];
  return Finding.parse({
    kind,
    key: `${kind}:x`,
    repeat: "each-time",
    subject: { system, type, id },
    projectId: rest.projectId ?? null,
    clientId: null,
    title: "Something",
    severity: 3,
    asOf: "2026-11-23T10:00:00Z",
    since: "2026-11-20T10:00:00Z",
    deadline: null,
    valueAtRisk: null,
    causes: [],
    evidence: facts.map(([record, field, value]) => observe(source(record), field, value)),
    events: [],
    remedies: rest.remedies,
  });
}

const shown = (of: Finding) =>
  candidatesForFinding(of).map(
    ({ action, target, beside }) => `${action} ${formatRef(target)}${beside ? " beside" : ""}`,
  );

describe("candidates for a finding", () => {
  test("a won deal gets its project, and beside it the people and the word to the client", () => {
    const deal = "crm:opportunity:O-1";
    expect(
      shown(finding("opportunity-without-project", deal, { remedies: ["R29", "R37"] })),
    ).toEqual([`R29 ${deal}`, `R37 ${deal} beside`, `R36 ${deal} beside`, `R38 ${deal}`]);
  });

  test("targets come from the finding's own facts, and only from those that still call for it", () => {
    const facts = [
      ["psa:timesheet-week:TW-1", "state", "missing"],
      ["psa:timesheet-week:TW-2", "state", "submitted"],
      ["psa:timesheet-week:TW-1", "dueOn", "2026-11-09"],
    ] as const;
    expect(
      shown(
        finding("missing-timesheets", "psa:project:P-1", {
          remedies: ["R01", "R02"],
          projectId: "P-1",
          facts,
        }),
      ),
    ).toEqual(["R01 psa:timesheet-week:TW-1", "R38 psa:project:P-1"]);
  });

  test("a remedy that the catalogue does not know is no candidate; to watch always is one", () => {
    expect(
      shown(
        finding("duplicate-project", "psa:project:P-1", {
          remedies: ["R28", "R33"],
          projectId: "P-1",
        }),
      ),
    ).toEqual(["R38 psa:project:P-1"]);
  });

  test("a remedy for another kind of record is no candidate", () => {
    const client = "crm:client:C-1";
    expect(shown(finding("renewal-risk", client, { remedies: ["R26", "R29", "R14"] }))).toEqual([
      `R26 ${client}`,
      `R38 ${client}`,
    ]);
  });
});

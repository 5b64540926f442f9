import { describe, expect, test } from "vitest";
import type { FieldsOf } from "#/domain/operating-model.ts";
import { systemOfKind } from "#/domain/operating-model.ts";
import type { SystemKind } from "#/domain/record.ts";
import { type MeasureName, measureNames } from "../health/health-measures.ts";
import { cite } from "../kpi/intake.ts";
import { measureProject, measureSystems } from "./measure-project.ts";
import {
  asOf,
  person,
  project,
  type Sample,
  sampleFirm,
  sponsorMet,
  ticket,
} from "./sample-firm.ts";

const week: FieldsOf<"timesheet-week"> = {
  projectId: "P1",
  personId: "E1",
  week: "2026-11-09",
  expectedMinutes: 2400,
  loggedMinutes: 2400,
  billableMinutes: 2400,
  offPlanMinutes: 0,
  state: "approved",
  dueOn: "2026-11-16",
  submittedOn: "2026-11-13",
  approvedOn: "2026-11-17",
  approverId: "E1",
};
const milestone: FieldsOf<"milestone"> = {
  projectId: "P1",
  name: "Pilot",
  baselineOn: "2026-11-27",
  forecastOn: "2026-11-27",
  due: "2026-11-27",
  deliveredOn: null,
  acceptedOn: null,
  deemedAcceptedAfterDays: null,
  amountCents: 5_000_000,
  contractual: true,
};
const change: FieldsOf<"change-order"> = {
  projectId: "P1",
  number: "CR-1",
  title: "Second site",
  state: "client_review",
  amountCents: 600_000,
  minutes: 3000,
  raisedOn: "2026-11-02",
  sentOn: "2026-11-04",
  decidedOn: null,
  workStartedOn: null,
};
const invoice: FieldsOf<"invoice"> = {
  projectId: "P1",
  clientId: "C1",
  reference: "AUR-1-1",
  number: null,
  state: "draft",
  billing: "fixed",
  periodStart: null,
  periodEnd: null,
  netCents: 1_000_000,
  totalCents: 1_200_000,
  draftedOn: "2026-11-16",
  validationError: null,
  holdReason: null,
  holdBy: null,
  holdSince: null,
  approvalRequestedOn: null,
  approvedOn: null,
  approverId: null,
  ledgerState: "none",
  billingRunOn: null,
  issuedOn: null,
  dueOn: null,
  paidOn: null,
  ledgerEntry: null,
};

const value = (name: MeasureName, ...records: readonly Sample[]) => {
  const found = measureProject(sampleFirm(records), "P1")[name];
  return found?.value ?? found?.reason ?? null;
};

describe("from records to measures", () => {
  test.each<readonly [MeasureName, number | string, readonly Sample[]]>([
    ["percentComplete", 40, []],
    ["hoursUsed", 4, [["timesheet-week", "W1", week]]],
    // 40 % of 60,000.00 earned; 2,400 minutes at 60.00 an hour are 2,400.00.
    ["cpi", 10, [["timesheet-week", "W1", week]]],
    ["slipBusinessDays", 6, [["milestone", "M1", { ...milestone, forecastOn: "2026-12-07" }]]],
    [
      "slipBusinessDays",
      5,
      [["milestone", "M1", { ...milestone, baselineOn: "2026-11-16", forecastOn: "2026-11-16" }]],
    ],
    ["slipBusinessDays", "none-found", [["milestone", "M1", { ...milestone, contractual: false }]]],
    // Five hours nobody ordered, at 60.00, of 60,000.00.
    ["workAtRiskShare", 0.5, [["timesheet-week", "W1", { ...week, offPlanMinutes: 300 }]]],
    [
      "workAtRiskShare",
      0,
      [
        ["timesheet-week", "W1", { ...week, offPlanMinutes: 300 }],
        ["change-order", "CO1", { ...change, state: "approved" }],
      ],
    ],
    ["unacceptedAge", 5.25, [["milestone", "M1", { ...milestone, deliveredOn: "2026-11-13" }]]],
    [
      "unacceptedAge",
      "none-found",
      [
        [
          "milestone",
          "M1",
          { ...milestone, deliveredOn: "2026-11-06", deemedAcceptedAfterDays: 5 },
        ],
      ],
    ],
    [
      "unbilledReadyAge",
      10,
      [["milestone", "M1", { ...milestone, deliveredOn: "2026-11-11", acceptedOn: "2026-11-13" }]],
    ],
    ["blockedInvoiceShare", 100, [["invoice", "I1", { ...invoice, holdReason: "asked to wait" }]]],
    ["blockedInvoiceShare", 0, [["invoice", "I1", invoice]]],
    [
      "overdueReceivableDays",
      20,
      [
        [
          "invoice",
          "I1",
          { ...invoice, state: "issued", issuedOn: "2026-10-04", dueOn: "2026-11-03" },
        ],
      ],
    ],
    ["timesheetCompliance", 0, [["timesheet-week", "W1", { ...week, submittedOn: "2026-11-17" }]]],
    ["utilisationVariance", -50, [["timesheet-week", "W1", { ...week, billableMinutes: 1200 }]]],
    ["sponsorSilence", 3, [["contact", "K1", sponsorMet("2026-11-20")]]],
    ["sponsorSilence", 49, []],
    ["severeTicketsPastLimit", 1, [["ticket", "T1", { ...ticket, severity: 1 }]]],
    ["severeTicketsPastLimit", 0, [["ticket", "T1", { ...ticket, severity: 1, projectId: "P2" }]]],
    ["leavingWithoutCover", 1, [["person", "E1", { ...person, leftOn: "2026-12-31" }]]],
    ["leavingWithoutCover", 0, [["person", "E1", { ...person, leftOn: "2027-03-31" }]]],
    [
      "unfilledRoleStart",
      7,
      [
        [
          "staffing-request",
          "S1",
          {
            projectId: "P1",
            grade: "senior",
            startOn: "2026-11-30",
            requestedOn: "2026-11-10",
            filledOn: null,
            state: "open",
          },
        ],
      ],
    ],
  ])("%s is %s", (name, expected, records) => {
    expect(value(name, ...records)).toBe(expected);
  });

  test("claimed progress earns no further than the first milestone that is not delivered", () => {
    const stages: Sample[] = [
      ["milestone", "M1", { ...milestone, baselineOn: "2026-10-30" }],
      ["milestone", "M2", { ...milestone, baselineOn: "2026-11-27" }],
      ["project", "P1", { ...project, percentComplete: 95 }],
    ];
    // Twenty of forty business days end with the first one.
    expect(value("percentComplete", ...stages)).toBe(50);
  });

  test("a project too young for its first report is not judged by it", () => {
    const young = {
      ...project,
      reportedOn: null,
      percentComplete: 0,
      kickoffOn: "2026-11-16",
      plannedStartOn: "2026-11-16",
    };
    expect(value("spiTime", ["project", "P1", young])).toBe("not-reported-yet");
    expect(
      value("spiTime", [
        "project",
        "P1",
        { ...young, kickoffOn: "2026-11-02", plannedStartOn: "2026-11-02" },
      ]),
    ).toBe(0);
  });

  test("P5: a cue in a note is cited as words, not as a fact of record", () => {
    const note: FieldsOf<"note"> = {
      clientId: "C1",
      projectId: "P1",
      authorId: "E1",
      channel: "chat",
      text: "Could you also look at the export?",
      writtenAt: "2026-11-02T09:00:00Z",
    };
    const found = measureProject(sampleFirm([["note", "N1", note]]), "P1").uncoveredScopeCues;
    expect(found?.value).toBe(1);
    const labels = cite(found?.inputs ?? []).flatMap(({ record, field, label }) =>
      record.type === "note" && field === "text" ? [label] : [],
    );
    expect(labels).toEqual(["TEXT"]);
    expect(value("uncoveredScopeCues", ["note", "N1", note], ["change-order", "CO1", change])).toBe(
      0,
    );
  });

  test("what the client pays back is no cost of the plan", () => {
    const expense: FieldsOf<"expense"> = {
      projectId: "P1",
      personId: "E1",
      incurredOn: "2026-11-03",
      submittedOn: "2026-11-05",
      amountCents: 240_000,
      rebillable: true,
      kind: "travel",
      state: "approved",
      approvedOn: "2026-11-09",
    };
    const records: Sample[] = [["timesheet-week", "W1", week]];
    expect(value("cpi", ...records, ["expense", "X1", expense])).toBe(10);
    expect(value("cpi", ...records, ["expense", "X1", { ...expense, rebillable: false }])).toBe(5);
  });
});

describe("P6: what was never read is not known", () => {
  const systems = [...new Set(Object.values(systemOfKind))].toSorted();

  test.each(systems)(
    "without %s its measures are null, and no other one is",
    (missing: SystemKind) => {
      const others = systems.filter((system) => system !== missing);
      const found = measureProject(
        sampleFirm([], Object.fromEntries(others.map((system) => [system, asOf]))),
        "P1",
      );
      for (const name of measureNames)
        expect([name, found[name] === null]).toEqual([
          name,
          measureSystems[name].includes(missing),
        ]);
    },
  );

  test("a project nobody holds has no measures at all", () => {
    expect(Object.values(measureProject(sampleFirm(), "P9")).every((kpi) => kpi === null)).toBe(
      true,
    );
  });
});

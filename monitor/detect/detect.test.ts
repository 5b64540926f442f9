import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Finding, type FindingKind } from "#/domain/finding.ts";
import { detect } from "./detect.ts";
import {
  type SampleFirm,
  sampleFirm,
  tellApproval,
  tellInvoice,
  tellProject,
  tellWeek,
} from "./sample-firm.ts";

const today = "2026-11-04";
const all = { projectIds: "all" } as const;
const found = (firm: SampleFirm, on = today) => detect(firm.view(on), all).findings;
const kinds = (firm: SampleFirm, on = today): FindingKind[] => [
  ...new Set(found(firm, on).map(({ kind }) => kind)),
];

const milestone = (firm: SampleFirm, fields: object) =>
  firm.tell(["milestone", "M1"], "2026-09-01", {
    projectId: "P1",
    name: "Pilot",
    baselineOn: "2026-10-16",
    forecastOn: "2026-10-16",
    due: "2026-10-30",
    deliveredOn: null,
    acceptedOn: null,
    deemedAcceptedAfterDays: null,
    amountCents: 3_000_000,
    contractual: true,
    ...fields,
  });
const change = (firm: SampleFirm, fields: object) =>
  firm.tell(["change-order", "CO1"], "2026-10-26", {
    projectId: "P1",
    number: "CR-1",
    title: "Second site",
    state: "client_review",
    amountCents: 500_000,
    minutes: 3000,
    raisedOn: "2026-10-26",
    sentOn: "2026-10-27",
    decidedOn: null,
    workStartedOn: null,
    ...fields,
  });

test("a quiet firm has nothing to say", () => {
  expect(found(sampleFirm())).toEqual([]);
});

/** Each row: what happens, which kind says so, and what makes it stop. */
const cases: readonly {
  readonly kind: FindingKind;
  readonly name: string;
  readonly bend: (firm: SampleFirm) => void;
  readonly mend: (firm: SampleFirm) => void;
}[] = [
  {
    kind: "opportunity-without-project",
    name: "a deal won two weeks ago has no project",
    bend: ({ tell }) =>
      void tell(["opportunity", "O2"], "2026-10-20", {
        name: "Warehouse",
        clientId: "C1",
        stage: "won",
        amountCents: 100,
        closeOn: "2026-10-20",
        renewalOfContractId: null,
        ownerId: "E9",
      }),
    mend: (firm) => void tellProject(firm, ["P2", today], { opportunityId: "O2" }),
  },
  {
    kind: "duplicate-project",
    name: "one deal has two live projects",
    bend: (firm) => void tellProject(firm, ["P2", "2026-10-20"], { name: "Payroll 2026" }),
    mend: ({ tell }) => void tell(["project", "P2"], today, { status: "cancelled" }),
  },
  {
    kind: "budget-threshold",
    name: "three quarters of the budget are used",
    bend: (firm) =>
      void tellWeek(firm, "2026-10-20", {
        personId: "E1",
        week: "2026-10-12",
        loggedMinutes: 45_000,
        billableMinutes: 45_000,
      }),
    mend: ({ tell }) => void tell(["project", "P1"], today, { budgetMinutes: 90_000 }),
  },
  {
    kind: "missing-timesheets",
    name: "somebody's week is missing since last Monday",
    bend: (firm) =>
      void tellWeek(firm, "2026-10-19", {
        personId: "E2",
        week: "2026-10-19",
        state: "missing",
        loggedMinutes: 0,
        submittedOn: null,
        approvedOn: null,
      }),
    mend: (firm) =>
      void firm.tell(["timesheet-week", "T-P1-E2-2026-10-19"], today, {
        state: "approved",
        loggedMinutes: 2400,
        submittedOn: today,
      }),
  },
  {
    kind: "milestone-unaccepted",
    name: "a delivery has waited eleven days for the client",
    bend: (firm) => void milestone(firm, { deliveredOn: "2026-10-20" }),
    mend: ({ tell }) => void tell(["milestone", "M1"], today, { acceptedOn: today }),
  },
  {
    kind: "approval-ageing",
    name: "a request has waited a week",
    bend: (firm) => void tellApproval(firm, ["A1", "2026-10-28"], {}),
    mend: ({ tell }) =>
      void tell(["approval", "A1"], today, {
        state: "approved",
        decidedAt: `${today}T09:00:00.000Z`,
      }),
  },
  {
    kind: "approver-bottleneck",
    name: "three requests wait for somebody who is away",
    bend: (firm) => {
      firm.tell(["leave", "L1"], today, {
        personId: "E2",
        kind: "sick",
        from: today,
        to: "2026-11-20",
        coverPersonId: null,
      });
      for (const id of ["A1", "A2", "A3"])
        tellApproval(firm, [id, today], { projectId: null, kind: "purchase" });
    },
    mend: ({ tell }) => void tell(["leave", "L1"], today, { coverPersonId: "E3" }),
  },
  {
    kind: "unbilled-ready-value",
    name: "an approved invoice is not sent for a week",
    bend: (firm) =>
      void tellInvoice(firm, ["I1", "2026-10-20"], {
        state: "approved",
        approvedOn: "2026-10-26",
        periodEnd: "2026-10-18",
      }),
    mend: ({ tell }) => void tell(["invoice", "I1"], today, { state: "issued", issuedOn: today }),
  },
  {
    kind: "unapproved-work",
    name: "work began on a change that is not signed",
    bend: (firm) => void change(firm, { workStartedOn: "2026-10-26" }),
    mend: ({ tell }) =>
      void tell(["change-order", "CO1"], today, { state: "approved", decidedOn: today }),
  },
  {
    kind: "unapproved-work",
    name: "hours lie outside the plan and on no change order",
    bend: (firm) =>
      void tellWeek(firm, "2026-10-20", {
        personId: "E1",
        week: "2026-10-12",
        offPlanMinutes: 2400,
      }),
    mend: (firm) => void change(firm, {}),
  },
  {
    kind: "staffing-gap",
    name: "a seat must be filled in a week",
    bend: ({ tell }) =>
      void tell(["staffing-request", "R1"], "2026-11-02", {
        projectId: "P1",
        grade: "senior",
        startOn: "2026-11-11",
        requestedOn: "2026-11-02",
        filledOn: null,
        state: "open",
      }),
    mend: ({ tell }) =>
      void tell(["staffing-request", "R1"], today, { filledOn: today, state: "filled" }),
  },
  {
    kind: "renewal-risk",
    name: "renewal is near, delivery is red, an escalation is open and the sponsor is silent",
    bend: ({ tell }) => {
      tell(["contract", "CT1"], "2026-10-01", { renewalOn: "2026-12-01" });
      tell(["project", "P1"], "2026-10-30", { reportedHealth: "red" });
      tell(["contact", "N1"], "2026-09-01", {
        clientId: "C1",
        projectId: null,
        personName: "Ida Bloom",
        role: "sponsor",
        channel: "call",
        on: "2026-09-01",
      });
      tell(["ticket", "K1"], "2026-10-20", {
        clientId: "C1",
        projectId: null,
        severity: 1,
        title: "Down",
        state: "open",
        openedOn: "2026-10-20",
        resolvedOn: null,
        closedOn: null,
        escalated: true,
        reopens: 0,
      });
    },
    mend: ({ tell }) =>
      void tell(["ticket", "K1"], today, { state: "resolved", resolvedOn: today }),
  },
  {
    kind: "project-slipping",
    name: "a milestone is forecast a week late",
    bend: (firm) => void milestone(firm, { baselineOn: "2026-11-20", forecastOn: "2026-11-30" }),
    mend: ({ tell }) => void tell(["milestone", "M1"], today, { forecastOn: "2026-11-20" }),
  },
  {
    kind: "margin-eroding",
    name: "a subcontractor costs a tenth of the price",
    bend: ({ tell }) =>
      void tell(["expense", "X1"], "2026-10-20", {
        projectId: "P1",
        personId: "E1",
        incurredOn: "2026-10-19",
        submittedOn: "2026-10-20",
        amountCents: 1_000_000,
        rebillable: false,
        kind: "subcontractor",
        state: "approved",
        approvedOn: "2026-10-21",
      }),
    mend: ({ tell }) => void tell(["expense", "X1"], today, { rebillable: true }),
  },
  {
    kind: "sponsor-change",
    name: "the sponsor changed and nobody has met the new one",
    bend: ({ tell }) => void tell(["client", "C1"], "2026-10-26", { sponsorName: "Joel Kern" }),
    mend: ({ tell }) =>
      void tell(["contact", "N1"], today, {
        clientId: "C1",
        projectId: null,
        personName: "Joel Kern",
        role: "sponsor",
        channel: "call",
        on: today,
      }),
  },
  {
    kind: "integration-failure",
    name: "an invoice does not reach the ledger",
    bend: (firm) => {
      tellInvoice(firm, ["I1", "2026-11-02"], { state: "approved", approvedOn: "2026-11-03" });
      firm.tell(["sync-attempt", "S1"], "2026-11-03", {
        subjectType: "invoice",
        subjectId: "I1",
        from: "psa",
        to: "erp",
        state: "failed",
        attempts: 5,
        message: "No.",
      });
    },
    mend: ({ tell }) => void tell(["sync-attempt", "S1"], today, { state: "delivered" }),
  },
  {
    kind: "invoice-delay",
    name: "a hold will make an invoice miss its target",
    bend: (firm) =>
      void tellInvoice(firm, ["I1", "2026-11-02"], {
        holdReason: "Wait",
        holdBy: "E1",
        holdSince: "2026-11-02",
      }),
    mend: ({ tell }) =>
      void tell(["invoice", "I1"], today, { holdReason: null, holdBy: null, holdSince: null }),
  },
];

describe("what each detector finds", () => {
  test.each(cases)("$kind: $name, and it is over when that is over", ({ kind, bend, mend }) => {
    const firm = sampleFirm();
    bend(firm);
    const told = found(firm).filter((one) => one.kind === kind);
    expect(told.length).toBeGreaterThan(0);
    mend(firm);
    expect(found(firm).filter((one) => one.kind === kind)).toEqual([]);
  });

  test.each(cases)(
    "$kind: $name, as a whole finding whose evidence is what the record says (P5)",
    ({ bend }) => {
      const firm = sampleFirm();
      bend(firm);
      const view = firm.view(today);
      for (const finding of detect(view, all).findings) {
        expect(Finding.parse(finding)).toEqual(finding);
        const ids = new Set(finding.evidence.map(({ id }) => id));
        for (const cause of finding.causes)
          expect(cause.evidence.every((id) => ids.has(id))).toBe(true);
        for (const { record, field, value } of finding.evidence)
          expect(view.get(record.type as "project", record.id)?.fields[field as "name"]).toEqual(
            value,
          );
      }
    },
  );

  test.each(cases)(
    "$kind: $name; without any one of its events it changes or goes",
    ({ kind, bend }) => {
      const firm = sampleFirm();
      bend(firm);
      for (const finding of found(firm).filter((one) => one.kind === kind)) {
        expect(finding.events.length).toBeGreaterThan(0);
        for (const event of finding.events) {
          const after = detect(firm.view(today, { without: [event] }), all).findings;
          expect(after.find(({ key }) => key === finding.key)).not.toEqual(finding);
        }
      }
    },
  );
});

describe("what it does not find", () => {
  test.each<[string, (firm: SampleFirm) => void]>([
    [
      "a week that is missing because its person is on leave",
      (firm) => {
        tellWeek(firm, "2026-10-19", {
          personId: "E2",
          week: "2026-10-19",
          state: "missing",
          loggedMinutes: 0,
          submittedOn: null,
        });
        firm.tell(["leave", "L1"], "2026-10-01", {
          personId: "E2",
          kind: "holiday",
          from: "2026-10-23",
          to: "2026-11-13",
          coverPersonId: null,
        });
      },
    ],
    [
      "a week in which nothing was expected",
      (firm) =>
        void tellWeek(firm, "2026-10-19", {
          personId: "E2",
          week: "2026-10-19",
          state: "missing",
          expectedMinutes: 0,
          loggedMinutes: 0,
          submittedOn: null,
        }),
    ],
    [
      "a delivery that silence has accepted",
      (firm) => void milestone(firm, { deliveredOn: "2026-10-20", deemedAcceptedAfterDays: 10 }),
    ],
    [
      "a delivery that silence will accept before its invoice is due",
      (firm) => void milestone(firm, { deliveredOn: "2026-10-26", deemedAcceptedAfterDays: 8 }),
    ],
    [
      "an approval that has waited one working day",
      (firm) => void tellApproval(firm, ["A1", "2026-11-03"], {}),
    ],
    [
      "a paused project's forecast",
      (firm) => {
        firm.tell(["project", "P1"], "2026-10-30", { status: "on_hold" });
        milestone(firm, { baselineOn: "2026-11-20", forecastOn: "2026-12-10" });
      },
    ],
    [
      "a cost that the client pays back",
      ({ tell }) =>
        void tell(["expense", "X1"], "2026-10-20", {
          projectId: "P1",
          personId: "E1",
          incurredOn: "2026-10-19",
          submittedOn: "2026-10-20",
          amountCents: 1_000_000,
          rebillable: true,
          kind: "subcontractor",
          state: "approved",
          approvedOn: "2026-10-21",
        }),
    ],
    [
      "two of the three signs of a lost renewal",
      ({ tell }) => {
        tell(["contract", "CT1"], "2026-10-01", { renewalOn: "2026-12-01" });
        tell(["project", "P1"], "2026-10-30", { reportedHealth: "red" });
        tell(["contact", "N1"], "2026-09-01", {
          clientId: "C1",
          projectId: null,
          personName: "Ida Bloom",
          role: "sponsor",
          channel: "call",
          on: "2026-09-01",
        });
      },
    ],
  ])("%s", (_name, bend) => {
    const firm = sampleFirm();
    bend(firm);
    expect(found(firm)).toEqual([]);
  });

  test("work outside the plan is no news where a change order covers it", () => {
    const firm = sampleFirm();
    change(firm, {});
    tellWeek(firm, "2026-10-20", { personId: "E1", week: "2026-10-12", offPlanMinutes: 2400 });
    expect(kinds(firm)).toEqual([]);
  });
});

describe("the client's order", () => {
  const ordered = (fields: object): SampleFirm => {
    const firm = sampleFirm();
    firm.tell(["contract", "CT1"], "2026-09-01", { purchaseOrderRequired: true });
    firm.tell(["purchase-order", "PO1"], "2026-09-01", {
      clientId: "C1",
      projectId: "P1",
      number: "4500",
      amountCents: 10_000_000,
      receivedOn: "2026-09-01",
      expiresOn: "2027-01-01",
      usedCents: 0,
      ...fields,
    });
    tellWeek(firm, "2026-11-02", { personId: "E1", week: "2026-10-26" });
    return firm;
  };
  test.each([
    ["valid and large enough", {}, false],
    ["expired yesterday", { expiresOn: "2026-11-03" }, true],
    ["valid until today", { expiresOn: today }, false],
    ["a cent too small", { amountCents: 399_999 }, true],
    ["just enough", { amountCents: 400_000 }, false],
  ])("%s", (_name, fields, told) => {
    expect(kinds(ordered(fields)).includes("invoice-delay")).toBe(told);
  });
});

describe("unknown is silent (P6)", () => {
  const late = () => {
    const firm = sampleFirm();
    for (const { bend } of cases) bend(firm);
    return firm;
  };
  const at = `${today}T18:00:00.000Z`;
  const fresh = { psa: at, crm: at, erp: at, hris: at, itsm: at, messenger: at };

  test.each(["psa", "crm", "erp", "hris", "itsm"] as const)(
    "without %s every kind that needs it is undecided and says nothing",
    (system) => {
      const firm = late();
      for (const read of [null, "2026-10-20T18:00:00.000Z"]) {
        const view = firm.view(today, { lastRead: { ...fresh, [system]: read } });
        const { findings, undecided } = detect(view, all);
        const silent = new Set(undecided.map(({ kind }) => kind));
        expect(silent.size).toBeGreaterThan(0);
        expect(undecided.every(({ reason }) => reason.startsWith(system))).toBe(true);
        expect(findings.filter(({ kind }) => silent.has(kind))).toEqual([]);
      }
    },
  );

  test("with nothing read there is nothing to say and everything to ask", () => {
    const { findings, undecided } = detect(late().view(today, { lastRead: {} }), all);
    expect(findings).toEqual([]);
    expect(new Set(undecided.map(({ kind }) => kind))).toEqual(
      new Set(cases.map(({ kind }) => kind)),
    );
  });
});

test("the same events in any order and number give the same findings", () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...cases.keys()], { minLength: 1 }),
      fc.boolean(),
      (order, twice) => {
        const firm = sampleFirm();
        for (const index of order) cases[index]?.bend(firm);
        const again = sampleFirm();
        for (const index of order) cases[index]?.bend(again);
        const events = [...again.events];
        (again.events as unknown as unknown[]).splice(
          0,
          events.length,
          ...events.toReversed(),
          ...(twice ? events : []),
        );
        expect(detect(again.view(today), all).findings).toEqual(
          detect(firm.view(today), all).findings,
        );
      },
    ),
    { numRuns: 30 },
  );
});

test("a part of the firm says about its projects what the whole says", () => {
  const firm = sampleFirm();
  for (const { bend } of cases) bend(firm);
  const view = firm.view(today);
  const whole = detect(view, all).findings.filter(({ projectId }) => projectId === "P1");
  expect(detect(view, { projectIds: ["P1"] }).findings).toEqual(whole);
});

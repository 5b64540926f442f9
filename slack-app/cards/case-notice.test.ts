import { expect, test } from "vitest";
import { observe } from "#/domain/evidence.ts";
import type { Finding } from "#/domain/finding.ts";
import { ExceptionId } from "#/domain/ids.ts";
import type { Portfolio, PortfolioRow } from "#/workflows/operations-services.ts";
import type { CaseView } from "#/workflows/services.ts";
import { hostile, mrkdwnOf, proposal } from "../test-views.ts";
import { caseDigest, caseNotice } from "./case-notice.ts";
import { homeView } from "./home-view.ts";
import { blockProblems } from "./limits.ts";

const asOf = "2026-11-23T10:00:00.000Z";
const fact = observe(
  {
    system: "psa",
    type: "project",
    id: "P1",
    connection: "sandbox",
    revision: "4",
    retrievedAt: asOf,
    url: "https://psa.firm.example/projects/P1",
  },
  "budgetMinutes",
  60_000,
);
const finding = (change: Partial<Finding> = {}): Finding => ({
  kind: "budget-threshold",
  key: "budget-threshold P1 80",
  repeat: "once",
  subject: { system: "psa", type: "project", id: "P1" },
  projectId: "P1",
  clientId: "C1",
  title: "Apollo for Aurora Health has used 80 % of its budget",
  severity: 3,
  asOf,
  since: "2026-11-20T08:00:00.000Z",
  deadline: "2026-12-18",
  valueAtRisk: { minor: 1_794_384, currency: "EUR" },
  causes: [
    {
      code: "MAR-1",
      title: "More effort than planned",
      detail: "800 of 1,000 h used, 60 % done",
      days: null,
      open: true,
      evidence: [fact.id],
    },
  ],
  evidence: [fact],
  events: ["EV-1"],
  remedies: ["R19"],
  ...change,
});
const view = (change: Partial<Finding> = {}): CaseView => ({
  id: ExceptionId.parse("X-7K3M2Q"),
  state: "open",
  finding: finding(change),
  proposals: [proposal()],
  auditAnchor: "#17 3fa94c21b0de",
});

test("a case says how urgent it is, what it may cost, why, what is proposed and where to look", () => {
  const text = mrkdwnOf(caseNotice(view())).join("\n");
  expect(text).toContain("*Act this week*");
  expect(text).toContain("EUR 17,943.84 at risk · by 2026-12-18");
  expect(text).toContain("*More effort than planned*. 800 of 1,000 h used, 60 % done");
  expect(text).toContain("*Next steps proposed*");
  expect(text).toContain("<https://psa.firm.example/projects/P1|");
  expect(text).toContain("case X-7K3M2Q");
  expect(text).toContain("audit #17 3fa94c21b0de");
});

test("many cases are one message, worst first as given, and the rest is counted", () => {
  const views = Array.from({ length: 40 }, (_, at) => view({ title: `Case ${at}` }));
  const text = mrkdwnOf(caseDigest(views)).join("\n");
  expect(text).toContain("Case 0");
  expect(text).toContain("Case 14");
  expect(text).not.toContain("Case 15");
  expect(text).toContain("25 more are in the list of cases.");
});

test("texts of other systems can neither ping, link nor break a notice", () => {
  for (const title of hostile) {
    const nasty = view({
      title,
      causes: finding().causes.map((cause) => ({ ...cause, title, detail: title })),
    });
    for (const message of [caseNotice(nasty), caseDigest([nasty, nasty])]) {
      expect(blockProblems(message.blocks, "message")).toEqual([]);
      expect(mrkdwnOf(message).join("\n")).not.toMatch(/<(?!!date)[!@#]/);
    }
  }
});

const row = (change: Partial<PortfolioRow> = {}): PortfolioRow => ({
  project: { system: "psa", type: "project", id: "P1" },
  name: "Apollo",
  clientName: "Aurora Health",
  leadName: "Dana Reyes",
  rag: "red",
  reported: "green",
  watermelon: true,
  coverage: 100,
  valueAtRisk: {
    name: "value-at-risk",
    label: "Value at risk",
    value: 1_794_384,
    unit: "minor units",
    currency: "EUR",
    text: "EUR 17,943.84",
    reason: null,
    range: null,
    coverage: null,
    asOf,
    evidence: [],
  },
  deadline: "2026-12-18",
  businessDaysLeft: 19,
  reasons: [{ text: "Cost performance: 0.81, red.", evidence: [] }],
  openCases: 2,
  ...change,
});
const portfolio = (change: Partial<Portfolio> = {}): Portfolio => ({
  asOf,
  sources: [],
  statements: [],
  evidence: [],
  counts: { red: 1, amber: 0, green: 3, unknown: 1 },
  rows: {
    items: [
      row(),
      row({ name: "Borealis", rag: "unknown", watermelon: false }),
      row({ rag: "green" }),
    ],
    total: 5,
    next: null,
  },
  ...change,
});

test("P6: the Home tab shows the portfolio, unknown told as such and stale sources first", () => {
  const stale = portfolio({
    sources: [{ system: "erp", lastRead: null, stale: true, problem: "it does not answer" }],
  });
  const home = homeView({ waiting: [], page: 0, now: asOf, portfolio: stale });
  const text = mrkdwnOf({ blocks: home.blocks }).join("\n");
  expect(text).toContain("*Not up to date: ERP.*");
  expect(text).toContain("1 red, 0 amber, 1 unknown, 3 green.");
  expect(text).toContain("• *Apollo* is red, reported green: EUR 17,943.84 at risk.");
  expect(text).toContain("• *Borealis* is unknown");
  expect(blockProblems(home.blocks as never, "view")).toEqual([]);
});

test("without a picture of the firm the Home tab is the inbox alone", () => {
  const home = homeView({ waiting: [], page: 0, now: asOf, portfolio: null });
  expect(JSON.stringify(home)).not.toContain("The portfolio");
});

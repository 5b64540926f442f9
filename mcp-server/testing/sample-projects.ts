import { formatMoney } from "#/domain/money.ts";
import type {
  CaseLine,
  PortfolioRow,
  ProjectPicture,
  Rag,
  RuleLine,
} from "#/workflows/operations-services.ts";
import {
  cause,
  fact,
  figure,
  money,
  percent,
  pictured,
  refTo,
  say,
  unknown,
  workingDays,
} from "./sample-picture.ts";

import type { Shape } from "./sample-shapes.ts";

const projectRef = (id: string) => refTo("psa", "project", id);

function ruleLines(shape: Shape): readonly RuleLine[] {
  const project = projectRef(shape.id);
  const earned = fact(project, "earnedMinutes", 34_440);
  const spent = fact(project, "actualMinutes", 42_000);
  const burnt = fact(project, "burnPercent", 84);
  const accepted = fact(refTo("psa", "milestone", `MS-${shape.id.slice(4)}`), "acceptedOn", null);
  const line = (rule: string, title: string, given: Partial<RuleLine>): RuleLine => ({
    rule,
    title,
    dimension: "cost",
    critical: false,
    band: "green",
    figure: figure("cpi", title, { value: 1.02, unit: "ratio", text: "1.02", evidence: [earned] }),
    thresholdText: "amber below 0.95, red below 0.85",
    sourceNote: "timesheets and budget of the PSA",
    trend: "steady",
    ...given,
  });
  const overdue = workingDays(["acceptance-age", "Milestone not accepted"], 9, [accepted]);
  if (shape.rag === "unknown")
    return [
      line("BIL-1", "Unbilled ready value", {
        dimension: "billing",
        band: "unknown",
        critical: true,
        figure: unknown(["unbilled", "Unbilled ready value"], "minor units", "The ERP is stale."),
        thresholdText: "amber above EUR 10,000.00, red above EUR 25,000.00",
        sourceNote: "invoices of the ERP, last read on 20 November",
        trend: "unknown",
      }),
      line("COS-1", "Cost performance", {}),
    ];
  if (shape.rag === "green") return [line("COS-1", "Cost performance", {})];
  const low = shape.rag === "red";
  return [
    line("COS-1", "Cost performance", {
      band: shape.rag,
      critical: low,
      figure: figure("cpi", "Cost performance", {
        value: low ? 0.82 : 0.93,
        unit: "ratio",
        text: low ? "0.82" : "0.93",
        evidence: [earned, spent],
      }),
      trend: "worse",
    }),
    ...(low
      ? [
          line("BIL-2", "Delivered milestone not accepted", {
            dimension: "billing",
            band: "red",
            figure: overdue,
            thresholdText: "amber above 5, red above 8 working days",
            sourceNote: "milestones of the PSA",
            trend: "worse",
          }),
        ]
      : []),
    line("SCO-1", "Budget used", {
      dimension: "scope",
      figure: percent(["burn", "Budget used"], 84, [burnt]),
      thresholdText: "amber above 85 %, red above 100 %",
    }),
  ];
}

/** The worst rules of a project, worded. */
function reasonsOf(shape: Shape) {
  const [first, second] = ruleLines(shape);
  if (!first || shape.rag === "green") return [];
  const known = fact(projectRef(shape.id), "name", shape.name);
  if (shape.rag === "unknown")
    return [say(`${shape.name}: unbilled ready value is unknown, the ERP is stale.`, known)];
  const cost = say(
    `${shape.name}: cost performance ${first.figure.text}, ${first.thresholdText}.`,
    known,
    ...first.figure.evidence,
  );
  const late = second?.rule === "BIL-2" && second.figure.evidence;
  return late
    ? [
        cost,
        say(
          `${shape.name}: a delivered milestone waits 9 working days for acceptance.`,
          known,
          ...late,
        ),
      ]
    : [cost];
}

export const rowOf = (shape: Shape): PortfolioRow => ({
  project: projectRef(shape.id),
  name: shape.name,
  clientName: shape.client,
  leadName: shape.lead,
  rag: shape.rag,
  reported: shape.reported,
  watermelon: shape.reported === "green" && shape.rag !== "green" && shape.rag !== "unknown",
  coverage: shape.rag === "unknown" ? 58 : 100,
  valueAtRisk: money(["value-at-risk", "Value at risk"], shape.risk, [
    fact(projectRef(shape.id), "unbilledCents", shape.risk),
  ]),
  deadline: shape.deadline,
  businessDaysLeft: shape.daysLeft,
  reasons: reasonsOf(shape),
  openCases: shape.rag === "red" ? 2 : 0,
});

export function casesOf(shape: Shape): readonly CaseLine[] {
  if (shape.rag !== "red") return [];
  const milestone = refTo("psa", "milestone", `MS-${shape.id.slice(4)}`);
  const invoice = refTo("erp", "invoice", "INV-1042");
  const delivered = fact(milestone, "deliveredOn", "2026-11-10");
  const state = fact(invoice, "state", "draft");
  const common = { projectName: shape.name, openedAt: "2026-11-19T08:00:00.000Z" };
  return [
    {
      ...common,
      id: `X-1${shape.id.slice(4)}`,
      kind: "milestone-unaccepted",
      title: `${shape.name}: milestone UAT sign-off is delivered and not accepted`,
      severity: 4,
      subject: milestone,
      deadline: "2026-11-30",
      valueAtRisk: { minor: shape.risk, currency: "EUR" },
      causes: [
        cause("SLP-4", "Waits for the client", {
          detail: "Delivered 2026-11-10, not accepted",
          days: 9,
          open: true,
          evidence: [delivered],
        }),
      ],
      remedies: ["R14"],
    },
    {
      ...common,
      id: `X-2${shape.id.slice(4)}`,
      kind: "invoice-delay",
      title: `Invoice INV-1042 to ${shape.client} is late`,
      severity: 3,
      subject: invoice,
      deadline: null,
      valueAtRisk: { minor: 4_820_000, currency: "EUR" },
      causes: [
        cause("INV-1", "Timesheets missing", {
          detail: "Ana Kovac, week of 2026-11-02: 0 of 40 h submitted",
          days: 4.5,
          open: true,
          evidence: [state],
        }),
      ],
      remedies: ["R01"],
    },
  ];
}

export function projectPicture(shape: Shape, full: boolean): ProjectPicture {
  const row = rowOf(shape);
  const ref = projectRef(shape.id);
  const name = fact(ref, "name", shape.name);
  const reported = fact(ref, "reportedHealth", shape.reported);
  const cost = fact(ref, "costCents", 9_120_000);
  const all = ruleLines(shape);
  const rag: Readonly<Record<Rag, string>> = {
    red: `${shape.name} is red by our rules and reported ${shape.reported}.`,
    amber: `${shape.name} is amber.`,
    unknown: `${shape.name}: health is unknown, because the ERP could not be read.`,
    green: `${shape.name} is green.`,
  };
  const bridge = (code: string, title: string, [days, detail]: readonly [number, string]) =>
    cause(code, title, { detail, days, open: days > 2, evidence: [cost] });
  return pictured([say(rag[shape.rag], name, reported), ...row.reasons], {
    project: ref,
    name: shape.name,
    clientName: shape.client,
    leadName: shape.lead,
    rag: shape.rag,
    computed: shape.rag,
    reported: shape.reported,
    watermelon: row.watermelon,
    coverage: row.coverage,
    dimensions: [
      { dimension: "schedule", status: "green" as const },
      { dimension: "cost", status: shape.rag === "unknown" ? ("green" as const) : shape.rag },
      { dimension: "billing", status: shape.rag === "amber" ? ("green" as const) : shape.rag },
    ],
    rules: full ? all : all.filter(({ band }) => band !== "green"),
    figures: [
      percent(["margin", "Margin"], 24, [cost]),
      figure("cpi", "Cost performance", {
        value: 0.82,
        unit: "ratio",
        text: "0.82",
        evidence: [fact(ref, "earnedMinutes", 34_440), fact(ref, "actualMinutes", 42_000)],
      }),
      shape.rag === "unknown"
        ? unknown(["billing-readiness", "Billing readiness"], "percent", "The ERP is stale.")
        : percent(["billing-readiness", "Billing readiness"], 62, [cost]),
    ],
    margin: full
      ? [
          {
            ...bridge("MAR-2", "More senior staff than sold", [0, "Two consultants above grade"]),
            days: money(["effect", "Effect"], -540_000, [cost]),
          },
          {
            ...bridge("MAR-5", "Unbilled overrun", [0, "126 h beyond the order"]),
            days: money(["effect", "Effect"], -310_000, [cost]),
          },
          {
            ...bridge("unexplained", "Unexplained", [0, ""]),
            days: money(["effect", "Effect"], -50_000, [cost]),
          },
        ]
      : [],
    slippage: full
      ? [
          bridge("SLP-4", "Waits for the client", [6, "Acceptance of UAT sign-off"]),
          bridge("SLP-7", "Late start", [2, "Two roles were filled late"]),
          bridge("unexplained", "Unexplained", [1, ""]),
        ]
      : [],
    forecast: [
      figure("finish-date", "Finish", {
        value: "2027-01-15",
        unit: "date",
        text: "2027-01-15",
        range: ["2027-01-08", "2027-02-05"],
        evidence: [fact(ref, "plannedFinishOn", "2026-12-18")],
      }),
      {
        ...money(["eac", "Cost at completion"], 12_450_000, [cost]),
        range: [
          formatMoney({ minor: 11_900_000, currency: "EUR" }),
          formatMoney({ minor: 13_300_000, currency: "EUR" }),
        ],
      },
    ],
    cases: casesOf(shape),
  });
}

import { z } from "zod";
import { FindingKind } from "#/domain/finding.ts";
import { CivilDate, Instant } from "#/domain/ids.ts";
import { loose, maybe, orNull } from "./tool-schemas.ts";

/* Inputs and outputs of the tools that show the firm as a whole. Made once, as the others are. */

const text = z.string();
const ids = z.array(text);
const Rag = z.enum(["green", "amber", "red", "unknown"]);
const name = z.string().min(1).max(160);
const limit = (usual: number) => z.int().min(1).max(50).default(usual);
const cursor = z.string().max(400).optional().describe("nextCursor of the answer before");
const full = z.boolean().default(false).describe("Everything, not only what matters most");
const project = name.describe("Reference (psa:project:PRJ-3), code or name");

export const PortfolioInput = z.strictObject({
  rag: Rag.optional().describe("Only projects of this health"),
  order: z
    .enum(["value", "health"])
    .optional()
    .describe("By value at risk and time left (default), or worst health first"),
  limit: limit(10),
  cursor,
  full,
});
export const ProjectInput = z.strictObject({ project, full });
export const CaseListInput = z.strictObject({
  kind: FindingKind.optional(),
  project: project.optional(),
  limit: limit(10),
  cursor,
});
export const KpiInput = z.strictObject({
  kpi: z.string().min(1).max(80).describe("Of kpi_list, such as utilisation"),
  scope: z.enum(["firm", "client", "project", "person", "approver"]).optional(),
  of: name.optional().describe("Name, code or id within the scope"),
  drill: z.boolean().default(false).describe("The parts it is made of, one level down"),
  at: Instant.optional().describe("A past instant in UTC: what it was then, as known then"),
  limit: limit(10),
  cursor,
});
export const DelayInput = z.strictObject({
  of: name.describe("Invoice, approval, project or milestone: reference, number or name"),
  full,
});
export const ProcessInput = z.strictObject({
  process: name.optional().describe("Only this process, such as invoice-approval"),
});
export const ForecastInput = z.strictObject({
  of: name.describe("Invoice, project or approval: reference, number or name"),
});
export const WhatIfInput = z.strictObject({
  change: z.enum([
    "remove-cause",
    "remove-days",
    "accept-milestone",
    "approve-change-order",
    "reassign",
  ]),
  invoice: name.optional().describe("For remove-cause and remove-days"),
  code: z.string().max(20).optional().describe("For remove-cause: INV-1"),
  days: z.number().positive().max(250).optional().describe("For remove-days: working days"),
  milestone: name.optional().describe("For accept-milestone"),
  on: CivilDate.optional().describe("For accept-milestone: the day; default today"),
  changeOrder: name.optional().describe("For approve-change-order"),
  project: name.optional().describe("For reassign"),
  from: name.optional().describe("For reassign: whose work"),
  to: name.optional().describe("For reassign: who takes it"),
});
export const AccountListInput = z.strictObject({
  withinDays: z.int().min(1).max(730).optional().describe("Renewal within so many days; 120"),
  limit: limit(10),
  cursor,
});
export const TimelineInput = z.strictObject({
  of: name.describe("Invoice, project, milestone or case: reference, number or name"),
  limit: limit(20),
  cursor,
});

/*
 * The outputs name what every reader needs, and more fields come than are named: a figure also carries
 * value, unit, currency, reason, range, coverage and asOf, a cause its detail and days. The whole list of
 * tools has to fit a client's budget.
 */
const Figure = loose({ label: text, text, evidence: ids });
const Statement = loose({ text, evidence: ids });
const Cause = loose({ code: text, title: text, evidence: ids });
const Part = loose({});
const picture = {
  asOf: text,
  sources: z
    .array(loose({ system: text, stale: z.boolean() }))
    .describe("Stale first: what needs one is unknown"),
  statements: z.array(Statement).describe("Most important first"),
  evidence: z.array(loose({ id: text })),
};
const paged = { total: z.int(), nextCursor: maybe };
const Case = loose({
  id: text,
  title: text,
  severity: z.int().describe("1 note, 4 act today"),
  causes: z.array(Cause),
});

export const PortfolioOutput = loose({
  ...picture,
  counts: loose({ green: z.int(), amber: z.int(), red: z.int(), unknown: z.int() }),
  projects: z.array(
    loose({
      ref: text,
      name: text,
      rag: text,
      watermelon: z.boolean().describe("Reported greener than computed"),
      valueAtRisk: Figure,
      deadline: maybe,
      reasons: z.array(Statement),
      evidence: ids,
    }),
  ),
  ...paged,
});
export const ProjectOutput = loose({
  ...picture,
  project: loose({
    ref: text,
    name: text,
    rag: text,
    reported: maybe,
    watermelon: z.boolean(),
    coverage: z.number().describe("Percent of rules with their inputs"),
  }),
  dimensions: z.array(Part),
  rules: z.array(
    loose({
      rule: text,
      title: text,
      band: text,
      figure: Figure,
      thresholdText: text,
    }),
  ),
  figures: z.array(Figure),
  margin: z.array(Part),
  slippage: z.array(Part),
  forecast: z.array(Part),
  cases: z.array(Part),
});
export const CaseListOutput = loose({ ...picture, cases: z.array(Case), ...paged });
export const KpiListOutput = loose({
  kpis: z.array(
    loose({ kpi: text, title: text, unit: text, scopes: z.array(text), meaning: text }),
  ),
  total: z.int(),
});
export const KpiOutput = loose({
  ...picture,
  figure: Figure,
  parts: z.array(Figure),
  ...paged,
});
export const DelayOutput = loose({
  ...picture,
  subject: text,
  title: text,
  status: text,
  causes: z.array(Cause),
  unexplained: orNull(Figure),
});
export const ProcessOutput = loose({
  ...picture,
  processes: z.array(
    loose({ process: text, figures: z.array(Figure), bottleneck: orNull(Statement) }),
  ),
});
export const ForecastOutput = loose({ ...picture, subject: text, figures: z.array(Figure) });
export const WhatIfOutput = loose({
  ...picture,
  title: text,
  effects: z.array(loose({ label: text, before: Part, after: Part, change: Figure })),
});
export const AccountListOutput = loose({
  ...picture,
  accounts: z.array(
    loose({
      ref: text,
      name: text,
      renewsOn: maybe,
      risk: text,
      drivers: z.array(Statement),
    }),
  ),
  ...paged,
});
export const TimelineOutput = loose({
  ...picture,
  subject: text,
  title: text,
  entries: z.array(loose({ at: text, recordedAt: text, system: text, what: text, record: text })),
  ...paged,
});

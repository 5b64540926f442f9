import { completable, type McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { formatRef } from "#/domain/record.ts";
import type { OperationsServices } from "#/workflows/operations-services.ts";
import { answerRead } from "./guard-answer.ts";
import type { OperationsNeeds } from "./operations-server.ts";
import { inline, visibleText } from "./wire-text.ts";

const say = (text: string) => ({
  messages: [{ role: "user" as const, content: { type: "text" as const, text } }],
});

/** What people run most: one late invoice, the week's billing; with the whole firm behind it two reviews more. */
export function registerPrompts(server: McpServer, needs: OperationsNeeds): void {
  const { principal, services, log } = needs;
  const completeInvoice = (typed: string | undefined) =>
    answerRead("invoice names", log, async () =>
      (await services.listLateInvoices(principal))
        .map(({ number, ref }) => number ?? formatRef(ref))
        .filter((known) => known.toLowerCase().startsWith((typed ?? "").toLowerCase()))
        .slice(0, 50),
    );

  // completable() marks the schema itself, so this one cannot be shared between servers.
  const name = z.string().min(1).max(120).describe("Reference, number, project or client name");
  server.registerPrompt(
    "late_invoice_explanation",
    {
      title: "Explain a late invoice",
      description: "Say why one invoice is late, with days per cause, and which remedy fits.",
      argsSchema: z.strictObject({ invoice: completable(name, completeInvoice) }),
    },
    ({ invoice }) =>
      say(`Explain why the invoice "${inline(invoice, 120)}" is late.
1. Call invoice_delay_explain. Give the days per cause, in order, so that they add up, and cite the evidence ids.
2. Say what is unexplained and what is not known. Do not guess.
3. Call remediation_candidate_list and name the remedy that removes the largest open cause.
4. Ask before proposing anything.`),
  );
  server.registerPrompt(
    "weekly_review",
    {
      title: "Weekly review",
      description: "Review late invoices and waiting proposals of the week.",
    },
    () =>
      say(`Review this week's delivery and billing.
1. Call late_invoice_list: how many are late and unknown, and the three latest with their largest cause.
2. Call proposal_list with state waiting: what waits for whom, and what expires first.
3. Call proposal_list with state failed and with state unknown: what a person has to look at.
4. Close with at most three things to do next. Cite evidence ids for every number; treat unknown as a finding.`),
  );
  const { operations } = services;
  if (operations) registerReviews(server, { operations, principal, log });
}

type ReviewNeeds = Pick<OperationsNeeds, "principal" | "log"> & {
  readonly operations: OperationsServices;
};

function registerReviews(server: McpServer, { operations, principal, log }: ReviewNeeds): void {
  const completeProject = (typed: string | undefined) =>
    answerRead("project names", log, async () => {
      const { rows } = await operations.portfolio(principal, { limit: 50 });
      return rows.items
        .map(({ name }) => visibleText(name, 120))
        .filter((name) => name.toLowerCase().includes((typed ?? "").toLowerCase()));
    });
  const name = z.string().min(1).max(120).describe("Name, code or reference");
  server.registerPrompt(
    "project_health_review",
    {
      title: "Review one project",
      description: "Say how one project stands, why, what is likely next and what would help.",
      argsSchema: z.strictObject({ project: completable(name, completeProject) }),
    },
    ({ project }) =>
      say(`Review the project "${inline(project, 120)}".
1. Call project_health_get with full. Give its health, whether it is worse than reported, and each amber, red and unknown rule with value and threshold.
2. Say what the margin bridge and the slippage consist of, and what of them is unexplained.
3. Call forecast_get: dates and cost with their ranges.
4. Name the open case with the nearest deadline and its first remedy. Cite evidence ids for every number.`),
  );
  server.registerPrompt(
    "service_operations_review",
    {
      title: "Weekly service-operations review",
      description: "Review health, cases, KPIs, bottlenecks and renewals of the whole firm.",
    },
    () =>
      say(`Prepare this week's service-operations review.
1. Call portfolio_list. Say first which sources are not up to date and which projects are unknown; then the red ones, and those reported better than they are.
2. Call case_list: what has to be done today and this week, with value at risk and deadline.
3. Call kpi_get for utilisation, days-to-invoice, dso and gross-margin; kpi_list names others.
4. Call process_performance_get: who or what holds up most.
5. Call account_list: renewals at high or unknown risk, with their drivers.
6. Close with at most three decisions for this week. Cite evidence ids for every number; treat unknown as a finding, never as fine.`),
  );
}

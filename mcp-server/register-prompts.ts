import { completable, type McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { formatRef } from "#/domain/record.ts";
import { answerRead } from "./guard-answer.ts";
import type { OperationsNeeds } from "./operations-server.ts";
import { inline } from "./wire-text.ts";

const say = (text: string) => ({
  messages: [{ role: "user" as const, content: { type: "text" as const, text } }],
});

/** The two rituals people run most: one late invoice, and the week. */
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
}

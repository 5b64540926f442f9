import { HumanMessage } from "langchain";
import { CountersignError } from "#/domain/errors.ts";
import { fence } from "./fence.ts";
import { type GroundedSentence, ground } from "./grounding.ts";
import type { Mind } from "./minds.ts";
import { CauseReport, causeFormat } from "./reports.ts";
import type { Run } from "./run.ts";
import { runAgent } from "./run-agent.ts";

const lookTools = [
  "invoice_delay_explain",
  "timesheet_week_list",
  "milestone_list",
  "change_order_list",
  "invoice_get",
] as const;

export type Explanation = { readonly sentences: readonly GroundedSentence[] };

/**
 * Why one invoice is late, in sentences that stand on facts of this run. Throws MODEL_OUTPUT_INVALID
 * when nothing of what the mind said stands although it said something.
 */
export async function explainCauses(run: Run, mind: Mind, invoice: string): Promise<Explanation> {
  const report = await runAgent(run, mind, {
    agent: "root_cause_analyst",
    tools: run.bridge.tools(lookTools, "root_cause_analyst"),
    format: causeFormat,
    schema: CauseReport,
    messages: [
      new HumanMessage(`Explain why this invoice is late.\n${fence("task", { invoice }, run)}`),
    ],
  });
  const { sentences, dropped } = ground(report.sentences, run.ledger);
  if (dropped.length > 0) {
    run.dropped += dropped.length;
    run.record({
      kind: "dropped",
      agent: "root_cause_analyst",
      reasons: dropped.map((d) => d.why),
    });
  }
  if (sentences.length === 0 && dropped.length > 0)
    throw new CountersignError("MODEL_OUTPUT_INVALID");
  return { sentences };
}

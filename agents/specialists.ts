import type { StructuredToolInterface } from "@langchain/core/tools";
import { DynamicStructuredTool, ToolMessage } from "langchain";
import { z } from "zod";
import { ActionId } from "#/domain/action.ts";
import { fence } from "./fence.ts";
import type { AgentName, Mind, Minds } from "./minds.ts";
import { planFor } from "./remediation-planner.ts";
import { explainCauses } from "./root-cause-analyst.ts";
import type { Run } from "./run.ts";

/**
 * Runs a specialist with a mind, and once more with the rules when that fails as a whole. Never a
 * change of mind inside one conversation with a model. An abort by the caller is passed on.
 */
export async function withFallback<T>(
  run: Run,
  minds: Minds,
  { agent, work }: { agent: AgentName; work: (mind: Mind) => Promise<T> },
): Promise<T> {
  try {
    return await work(minds.first);
  } catch (cause) {
    run.signal.throwIfAborted();
    if (minds.fallback === null) throw cause;
    run.record({ kind: "fallback", agent, mind: minds.first.agents[agent].name, cause });
    return await work(minds.fallback);
  }
}

const invoice = z.string().min(1).max(200).describe("Its `ref` in late_invoice_list, or a number.");
const CausesInput = z.object({ invoice });
const PlanInput = z.object({
  invoice,
  mode: z.enum(["recommend", "propose"]),
  actions: z.array(ActionId).describe("Only these actions; empty for every one that fits."),
  candidates: z
    .array(z.string().max(200))
    .max(20)
    .describe("Only these candidates, by the key a former recommendation gave; empty for any."),
});

/** The specialists as the supervisor's tools. `proposals` is what it may cause: records for people. */
export function specialistTools(run: Run, minds: Minds): StructuredToolInterface[] {
  return [
    specialist(run, {
      agent: "root_cause_analyst",
      description: "Explains why one invoice is late, with days per cause and citations.",
      schema: CausesInput,
      work: ({ invoice: id }) =>
        withFallback(run, minds, {
          agent: "root_cause_analyst",
          work: (mind) => explainCauses(run, mind, id),
        }),
    }),
    specialist(run, {
      agent: "remediation_planner",
      description:
        "Recommends steps for one late invoice; with mode `propose` it records them for people to approve.",
      schema: PlanInput,
      work: (order) =>
        withFallback(run, minds, {
          agent: "remediation_planner",
          // Steps that were singled out, or a kind of step, are wanted all of them.
          work: (mind) =>
            planFor(
              run,
              mind,
              order.candidates.length > 0 ? { ...order, breadth: "every-candidate" } : order,
            ),
        }),
    }),
  ];
}

type Specialist<T> = {
  readonly agent: AgentName;
  readonly description: string;
  readonly schema: z.ZodType<T>;
  readonly work: (input: T) => Promise<object | null>;
};

function specialist<T>(run: Run, { agent, description, schema, work }: Specialist<T>) {
  return new DynamicStructuredTool({
    name: agent,
    description,
    schema: z.toJSONSchema(schema) as never,
    func: async (input: unknown, _run, config): Promise<ToolMessage> => {
      const id = (config as { toolCall?: { id?: string } } | undefined)?.toolCall?.id ?? "";
      const report = await work(schema.parse(input));
      return new ToolMessage({
        tool_call_id: id,
        name: agent,
        status: report === null ? "error" : "success",
        content:
          report === null
            ? `${agent} could not read the case. Report the gap; do not guess.`
            : fence(agent, report, run),
        ...(report === null ? {} : { artifact: { answer: report, evidence: [], next: null } }),
      });
    },
  });
}

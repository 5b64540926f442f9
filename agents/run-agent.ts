import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import type { StructuredToolInterface } from "@langchain/core/tools";
import {
  AIMessage,
  anthropicPromptCachingMiddleware,
  type BaseMessage,
  createAgent,
  createMiddleware,
  modelCallLimitMiddleware,
  type providerStrategy,
  SystemMessage,
  toolCallLimitMiddleware,
  toolErrorMiddleware,
} from "langchain";
import type { z } from "zod";
import { CountersignError } from "#/domain/errors.ts";
import type { AgentName, Mind } from "./minds.ts";
import { prompts } from "./prompts.ts";
import type { Run } from "./run.ts";

type AgentSpec<T> = {
  readonly agent: AgentName;
  readonly tools: readonly StructuredToolInterface[];
  readonly format: ReturnType<typeof providerStrategy>;
  readonly schema: z.ZodType<T>;
  readonly messages: readonly BaseMessage[];
  /** Most calls of one tool in this run. */
  readonly toolLimit?: { readonly toolName: string; readonly runLimit: number };
};

/**
 * One agent from its task to its parsed report. Throws whatever broke it: the model's refusal, a spent
 * budget, too many model calls, MODEL_OUTPUT_INVALID for a report of another shape.
 */
export async function runAgent<T>(
  run: Run,
  mind: Mind,
  { agent, tools, format, schema, messages, toolLimit }: AgentSpec<T>,
): Promise<T> {
  const { name, model } = mind.agents[agent];
  const graph = createAgent({
    name: agent,
    model,
    tools: [...tools],
    systemPrompt: new SystemMessage({
      content: [
        { type: "text", text: prompts[agent], cache_control: { type: "ephemeral" } },
        { type: "text", text: `The mark of this run is ${run.mark}. Today is ${run.today}.` },
      ],
    }),
    responseFormat: format,
    middleware: [
      meter(run, agent, { name, metered: mind.promptHash !== null }),
      toolErrorMiddleware({
        onError: (_error, { toolCall }) =>
          `${toolCall.name} could not be used like that. Check the arguments; report the gap, do not guess.`,
      }),
      modelCallLimitMiddleware({ runLimit: run.limits.modelCalls, exitBehavior: "error" }),
      anthropicPromptCachingMiddleware({
        minMessagesToCache: 1,
        unsupportedModelBehavior: "ignore",
      }),
      ...(toolLimit ? [toolCallLimitMiddleware({ ...toolLimit, exitBehavior: "continue" })] : []),
    ],
  });
  const result = await graph.invoke(
    { messages: [...messages] },
    // The framework's default of 25 steps ends a run with these guards after two tool turns.
    { recursionLimit: 200, signal: run.signal, callbacks: [new NoTracer()] },
  );
  const report = schema.safeParse(result.structuredResponse);
  if (!report.success)
    throw new CountersignError("MODEL_OUTPUT_INVALID", {}, { cause: report.error });
  run.minds.add(name);
  return report.data;
}

/** Stops before the call that would go over the budget, and counts what each call took. */
const meter = (run: Run, agent: AgentName, mind: { name: string; metered: boolean }) =>
  createMiddleware({
    name: "meter",
    wrapModelCall: async (request, next) => {
      run.signal.throwIfAborted();
      if (mind.metered && run.spent.tokens >= run.limits.tokens)
        throw new Error("the token budget of the run is spent");
      const answer = await next(request);
      const usage = usageOf(answer);
      const inputTokens = usage?.input_tokens ?? 0;
      const outputTokens = usage?.output_tokens ?? 0;
      run.spent.tokens += inputTokens + outputTokens;
      run.record({ kind: "model", agent, mind: mind.name, inputTokens, outputTokens });
      return answer;
    },
  });

/** A final report comes wrapped together with its message. */
function usageOf(answer: unknown): AIMessage["usage_metadata"] {
  if (AIMessage.isInstance(answer)) return answer.usage_metadata;
  const wrapped = typeof answer === "object" && answer !== null && "messages" in answer;
  const last: unknown = wrapped && Array.isArray(answer.messages) ? answer.messages.at(-1) : null;
  return AIMessage.isInstance(last) ? last.usage_metadata : undefined;
}

/**
 * Takes the place the framework would give to its cloud tracer when a LANGSMITH_ or LANGCHAIN_ variable
 * asks for one: nothing a firm's systems say leaves through there, whatever the environment holds.
 */
class NoTracer extends BaseCallbackHandler {
  override name = "langchain_tracer";
  updateFromRunTree(): void {}
  getRunTreeWithTracingConfig(): undefined {
    return undefined;
  }
}

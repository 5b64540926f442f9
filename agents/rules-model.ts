import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BindToolsInput,
} from "@langchain/core/language_models/chat_models";
import type { ChatResult } from "@langchain/core/outputs";
import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "langchain";
import type { Evidence } from "#/domain/evidence.ts";

/** One answered tool call as a plan sees it. `answer` is what the tool parsed; null when it failed. */
export type Seen = {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly ok: boolean;
  readonly answer: unknown;
  /** The facts that came with it. */
  readonly evidence: readonly Evidence[];
  /** Where a list goes on; null at its end. */
  readonly next: string | null;
};

/** What a plan decides on. Only calls since the newest task are in `seen`. */
export type View = {
  readonly task: string;
  /** Earlier turns of the conversation, oldest first. */
  readonly history: readonly { readonly who: "person" | "copilot"; readonly text: string }[];
  readonly seen: readonly Seen[];
  readonly tools: ReadonlySet<string>;
  /** The firm's civil date, `2026-11-23`; null when the prompt does not say. */
  readonly today: string | null;
};

export type Plan =
  | {
      readonly kind: "tools";
      readonly calls: readonly {
        readonly name: string;
        readonly args: Readonly<Record<string, unknown>>;
      }[];
    }
  /** Fits the agent's output schema. */
  | { readonly kind: "final"; readonly object: unknown };

export const rulesMindName = "rules-1";

interface RulesOptions extends BaseChatModelCallOptions {
  tools?: readonly { readonly name?: string }[];
}

/** A pure function in the place of a language model: same graph, same tools, same limits, no key. */
export class RulesChatModel extends BaseChatModel<RulesOptions> {
  readonly #plan: (view: View) => Plan;
  constructor(plan: (view: View) => Plan) {
    super({});
    this.#plan = plan;
  }
  override _llmType(): string {
    return "rules";
  }
  /** Native structured output: the agent then never forces a tool. */
  override get profile() {
    return { structuredOutput: true, toolCalling: true };
  }
  override bindTools(tools: BindToolsInput[], extra?: Partial<RulesOptions>) {
    const named = tools.map((tool) => ({ name: "name" in tool ? String(tool.name) : "" }));
    return this.withConfig({ ...extra, tools: named });
  }
  override async _generate(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
  ): Promise<ChatResult> {
    options.signal?.throwIfAborted();
    const view = viewOf(messages, new Set((options.tools ?? []).map((tool) => tool.name ?? "")));
    const message = messageOf(this.#plan(view), view);
    return { generations: [{ text: message.text, message }] };
  }
}

function viewOf(messages: readonly BaseMessage[], tools: ReadonlySet<string>): View {
  const last = messages.findLastIndex((message) => HumanMessage.isInstance(message));
  const calls = messages
    .slice(last + 1)
    .flatMap((message) => (AIMessage.isInstance(message) ? (message.tool_calls ?? []) : []));
  const seen = messages.slice(last + 1).flatMap((message): Seen[] => {
    if (!ToolMessage.isInstance(message)) return [];
    const call = calls.find(({ id }) => id === message.tool_call_id);
    const tool = message.name ?? call?.name ?? "";
    const common = { tool, args: call?.args ?? {} };
    const artifact = message.artifact as Pick<Seen, "answer" | "evidence" | "next"> | undefined;
    return message.status === "error" || artifact === undefined
      ? [{ ...common, ok: false, answer: null, evidence: [], next: null }]
      : [{ ...common, ok: true, ...artifact }];
  });
  const history = messages.slice(0, Math.max(0, last)).flatMap((message): View["history"] => {
    if (HumanMessage.isInstance(message)) return [{ who: "person", text: message.text }];
    if (AIMessage.isInstance(message)) return [{ who: "copilot", text: message.text }];
    return [];
  });
  const system = messages.find((message) => message.getType() === "system")?.text ?? "";
  const today = /Today is (\d{4}-\d\d-\d\d)/.exec(system)?.[1] ?? null;
  return { task: messages[last]?.text ?? "", history, seen, tools, today };
}

function messageOf(plan: Plan, { tools, seen }: View): AIMessage {
  const common = {
    usage_metadata: { input_tokens: 0, output_tokens: 0, total_tokens: 0 },
    response_metadata: { model_name: rulesMindName },
  };
  if (plan.kind === "final")
    return new AIMessage({ ...common, content: JSON.stringify(plan.object) });
  const tool_calls = plan.calls
    .filter((call) => tools.has(call.name))
    .map((call, index) => ({
      ...call,
      args: { ...call.args },
      id: `rule_${seen.length}_${index}`,
      type: "tool_call" as const,
    }));
  return new AIMessage({ ...common, content: "", tool_calls });
}

import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { type ClaudeConfig, claude } from "./model.ts";
import { promptHash } from "./prompts.ts";
import { planCauses } from "./rules-analyst.ts";
import { RulesChatModel, rulesMindName } from "./rules-model.ts";
import { planRemedies } from "./rules-planner.ts";
import { planAnswer } from "./rules-supervisor.ts";

export type AgentName = "supervisor" | "root_cause_analyst" | "remediation_planner";

/** What thinks, per agent. The graph around it is the same for every mind. */
export type Mind = {
  readonly agents: Readonly<
    Record<AgentName, { readonly name: string; readonly model: BaseChatModel }>
  >;
  /** null when the prompts are not read: rules. */
  readonly promptHash: string | null;
};

/** Who is asked first, and who answers when that fails. */
export type Minds = { readonly first: Mind; readonly fallback: Mind | null };

/** With a key Claude, and the rules when it fails; without one the rules. */
export function chooseMinds(config: ClaudeConfig | null): Minds {
  const rules = rulesMind();
  return config === null
    ? { first: rules, fallback: null }
    : { first: claudeMind(config), fallback: rules };
}

export function claudeMind(config: ClaudeConfig): Mind {
  const talker = { name: config.supervisorModel, model: claude(config, config.supervisorModel) };
  const specialist = {
    name: config.specialistModel,
    model: claude(config, config.specialistModel),
  };
  return {
    agents: { supervisor: talker, root_cause_analyst: specialist, remediation_planner: specialist },
    promptHash,
  };
}

export const rulesMind = (): Mind => ({
  agents: {
    supervisor: { name: rulesMindName, model: new RulesChatModel(planAnswer) },
    root_cause_analyst: { name: rulesMindName, model: new RulesChatModel(planCauses) },
    remediation_planner: { name: rulesMindName, model: new RulesChatModel(planRemedies) },
  },
  promptHash: null,
});

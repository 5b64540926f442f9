import { createCopilot, type Turn } from "#/agents/copilot.ts";
import { chooseMinds } from "#/agents/minds.ts";
import { Answer } from "#/domain/answer.ts";
import type { ExceptionId, TenantId } from "#/domain/ids.ts";
import type { Principal } from "#/domain/member.ts";
import type { Thread } from "#/domain/proposal.ts";
import { formatRef } from "#/domain/record.ts";
import type { RespondNeeds } from "#/workflows/respond-to-signal.ts";
import type { Store } from "#/workflows/store.ts";
import { type SessionNeeds, withAgentSession } from "./agent-session.ts";
import type { Config } from "./config.ts";

type AgentParts = {
  readonly config: Config;
  readonly zone: string;
  readonly store: Store;
  /** Asked for when a session opens: the services and the agents know each other. */
  readonly session: () => SessionNeeds;
};

/** The agents: Claude with a key, the rules without one, always through a session of their own. */
export function composeAgents({ config, zone, store, session }: AgentParts) {
  const copilot = createCopilot({
    minds: chooseMinds(claudeOf(config)),
    record: (step) => session().log.debug({ step }, "agent"),
    today: () => Temporal.Now.plainDateISO(zone).toString(),
  });
  const answer = async (
    who: { principal: Principal; thread: Thread | null },
    question: { text: string; history: readonly Turn[]; key: string | null },
  ): Promise<Answer> =>
    withAgentSession(who, session(), async (opened) =>
      Answer.parse(
        await copilot.answer({
          session: opened,
          question: question.text,
          history: question.history,
          ...(question.key ? { key: question.key } : {}),
        }),
      ),
    );
  return {
    answer: (principal: Principal, question: string): Promise<Answer> =>
      answer({ principal, thread: null }, { text: question, history: [], key: null }),

    answerInThread: async (question: Parameters<RespondNeeds["answer"]>[0]): Promise<Answer> => {
      const members = await store.members(question.tenant);
      const member = members.find((each) => each.id === question.person);
      if (!member) throw new Error("the person who asked is no longer a member");
      return answer(
        { principal: session().services.principalOf(member), thread: question.thread },
        {
          text: question.text,
          key: question.key,
          history: question.history.flatMap((turn): Turn[] => [
            { who: "person", text: turn.question },
            { who: "copilot", text: turn.answer.sentences.map(({ text }) => text).join(" ") },
          ]),
        },
      );
    },

    investigate: async (tenant: TenantId, id: ExceptionId): Promise<Answer> => {
      const exception = await store.exception(tenant, id);
      if (!exception) throw new Error(`exception ${id} is gone`);
      return withAgentSession(
        { principal: copilotOf(tenant), thread: exception.thread },
        session(),
        async (opened) => {
          const { explanation } = await copilot.investigate({
            session: opened,
            invoice: formatRef(exception.subject),
            key: id,
            breadth: "every-candidate",
          });
          return Answer.parse(explanation);
        },
      );
    },
  };
}

/** Nobody's hand: it reads and proposes, and can never vote. */
const copilotOf = (tenant: TenantId): Principal => ({
  tenant,
  person: null,
  name: "copilot",
  kind: "agent",
  capabilities: new Set(["read", "propose"]),
});

const claudeOf = (config: Config) =>
  config.ANTHROPIC_API_KEY
    ? {
        apiKey: config.ANTHROPIC_API_KEY,
        supervisorModel: config.CLAUDE_MODEL,
        specialistModel: config.CLAUDE_SPECIALIST_MODEL,
        ...(config.ANTHROPIC_BASE_URL ? { baseUrl: config.ANTHROPIC_BASE_URL } : {}),
      }
    : null;

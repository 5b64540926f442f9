import { Anthropic } from "@anthropic-ai/sdk";
import { ChatAnthropic } from "@langchain/anthropic";

/** How to reach Claude. Model ids live in the configuration only. */
export type ClaudeConfig = {
  readonly apiKey: string;
  /** Talks with people: `claude-sonnet-5-5`. */
  readonly supervisorModel: string;
  /** Root cause and remediation: `claude-haiku-5-5`. */
  readonly specialistModel: string;
  /** Another address for the API, e.g. a gateway of the firm. */
  readonly baseUrl?: string;
  /** Most tokens one answer may have. */
  readonly maxTokens?: number;
  /** For one request, repeats not included. */
  readonly timeoutMilliseconds?: number;
  /** How often the client repeats a request that failed in transport or with 429 or 5xx. */
  readonly maxRetries?: number;
};

/**
 * One chat model over the official client, so that the whole house speaks one API version.
 * No sampling parameters: the 5.5 models refuse them. Throws when the key is empty.
 */
export function claude(config: ClaudeConfig, model: string): ChatAnthropic {
  return new ChatAnthropic({
    model,
    apiKey: config.apiKey,
    maxTokens: config.maxTokens ?? 8_192,
    maxRetries: config.maxRetries ?? 2,
    clientOptions: { timeout: config.timeoutMilliseconds ?? 60_000 },
    ...(config.baseUrl === undefined ? {} : { anthropicApiUrl: config.baseUrl }),
    // Two copies of the client's types, one client at run time.
    createClient: (options) => new Anthropic(options as never) as never,
  });
}

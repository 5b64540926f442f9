/** What an agent did, for the audit and the meters. Never carries text from outside. */
export type AgentStep =
  | {
      readonly kind: "tool";
      readonly agent: string;
      readonly tool: string;
      readonly ok: boolean;
      readonly milliseconds: number;
      /** What went wrong, for the log only; may hold upstream text. */
      readonly cause?: unknown;
    }
  | {
      readonly kind: "model";
      readonly agent: string;
      readonly mind: string;
      /** As the provider counts them; cache reads included. 0 for rules. */
      readonly inputTokens: number;
      readonly outputTokens: number;
    }
  /** A tool of the server that is not offered to any mind, and why. */
  | { readonly kind: "tool-refused"; readonly tool: string; readonly reason: string }
  /** A mind failed and the rules answer instead. */
  | {
      readonly kind: "fallback";
      readonly agent: string;
      readonly mind: string;
      readonly cause: unknown;
    }
  /** Claims that no evidence supports, dropped. */
  | { readonly kind: "dropped"; readonly agent: string; readonly reasons: readonly string[] };

export type Recorder = (step: AgentStep) => void;

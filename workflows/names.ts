/** Stored with every run in flight: changing one strands what is running. A test pins them. */
export const APPLICATION = "countersign";

export const QUEUE = {
  /** Carrying out what was approved; partitioned by tenant so one firm cannot hold up another. */
  runs: "runs",
  /** Events, questions and investigations; partitioned by tenant. */
  signals: "signals",
  timers: "timers",
} as const;

export const WORKFLOW = {
  respond: "respond-to-signal",
  investigate: "investigate-exception",
  carryOut: "carry-out-proposal",
  expire: "expire-proposal",
  watch: "watch-portfolio",
} as const;

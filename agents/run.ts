import { randomBytes } from "node:crypto";
import type { Recorder } from "./agent-step.ts";
import { type Bridge, openBridge } from "./bridge.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import type { ToolSession } from "./tool-session.ts";

export type RunLimits = {
  /** For everything one mind does in a run; then the rules answer. */
  readonly mindMilliseconds: number;
  /** Input and output tokens of one run over all agents; then the rules answer. */
  readonly tokens: number;
  /** Model calls of one agent in one run. */
  readonly modelCalls: number;
};

export const usualLimits: RunLimits = {
  mindMilliseconds: 120_000,
  tokens: 200_000,
  modelCalls: 12,
};

/** A proposal that this run recorded. */
export type Proposed = {
  readonly id: string;
  readonly candidate: string;
  readonly state: string;
  readonly title: string;
  readonly why: string;
  readonly evidence: readonly string[];
};

/** Everything one question or one event shares, whoever thinks about it. */
export type Run = {
  readonly bridge: Bridge;
  readonly ledger: Ledger;
  readonly record: Recorder;
  /** Secret of this run; fences carry it. */
  readonly mark: string;
  /** Same key, same question: proposals of a repeated run are the same proposals. */
  readonly key: string;
  /** The firm's civil date. */
  readonly today: string;
  readonly signal: AbortSignal;
  readonly limits: RunLimits;
  readonly spent: { tokens: number };
  /** By candidate key. A second mind does not propose again what the first one did. */
  readonly proposed: Map<string, Proposed>;
  /** Names of the minds whose work is in the answer, in order of first use. */
  readonly minds: Set<string>;
  /** Claims dropped so far, in specialists' reports and reasons. */
  dropped: number;
};

export async function openRun(order: {
  session: ToolSession;
  record: Recorder;
  key: string;
  today: string;
  signal: AbortSignal;
  limits: RunLimits;
}): Promise<Run> {
  const { session, ...rest } = order;
  const mark = randomBytes(6).toString("hex");
  const ledger = createLedger();
  const bridge = await openBridge({ session, ledger, record: order.record, mark });
  return {
    ...rest,
    bridge,
    ledger,
    mark,
    spent: { tokens: 0 },
    proposed: new Map(),
    minds: new Set(),
    dropped: 0,
  };
}

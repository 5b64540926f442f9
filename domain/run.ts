import { z } from "zod";
import { EvidenceValue } from "./evidence.ts";
import { Instant } from "./ids.ts";
import { AnyRecordRef } from "./record.ts";

/** What the target system shows after a write, read back from it. */
export const Receipt = z.object({
  record: AnyRecordRef,
  /** How the write is recognised at the target: document number, draft id, message id. */
  externalId: z.string(),
  url: z.string().nullable(),
  /** The fields read back, compared with the effects that were approved. */
  observed: z.record(z.string(), EvidenceValue),
  verifiedAt: Instant,
});
export type Receipt = z.infer<typeof Receipt>;

/** How a run ends. Never a silent retry. */
export const RunOutcome = z.discriminatedUnion("result", [
  z.object({ result: z.literal("done"), receipt: Receipt }),
  /** Nothing was written: the world, the votes or the policy had changed. */
  z.object({ result: z.literal("stopped"), reason: z.string() }),
  /** The target said no, and nothing was written. */
  z.object({ result: z.literal("refused"), reason: z.string() }),
  /** Something may have been written; a person decides. */
  z.object({ result: z.literal("unknown"), reason: z.string() }),
]);
export type RunOutcome = z.infer<typeof RunOutcome>;

/**
 * The target said no and wrote nothing: a business rule, a conflict, a missing right.
 * A time-out, a 5xx or a lost response is never a refusal.
 */
export class Refused extends Error {
  override name = "Refused";
  readonly code: RefusalCode;
  constructor(code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
export type RefusalCode = "conflict" | "forbidden" | "invalid" | "needs-acknowledgement";

/** By name: after a durable replay the class is gone. */
export const isRefused = (error: unknown): error is Refused =>
  error instanceof Error && error.name === "Refused";

/** Something answered "ok" and the effect is not there, or only half of it. */
export class EffectMissing extends Error {
  override name = "EffectMissing";
}
export const isEffectMissing = (error: unknown): error is EffectMissing =>
  error instanceof Error && error.name === "EffectMissing";

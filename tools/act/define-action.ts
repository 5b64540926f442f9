import type { z } from "zod";
import type { ActionDeclaration } from "#/domain/action.ts";
import type { BusinessCalendar } from "#/domain/business-time.ts";
import type { Evidence } from "#/domain/evidence.ts";
import type { Money } from "#/domain/money.ts";
import type { Argument, Effect, Precondition } from "#/domain/proposal.ts";
import type { RecordRef } from "#/domain/record.ts";
import type { Receipt } from "#/domain/run.ts";
import type { ActSystems, LookSystems, RecordReader } from "#/tools/ports.ts";

/** What an action would do, read from the systems of record just now. */
export type Preview = {
  readonly target: RecordRef;
  readonly title: string;
  readonly arguments: readonly Argument[];
  readonly effects: readonly Effect[];
  readonly amount: Money | null;
  readonly preconditions: readonly Precondition[];
  readonly projectId: string | null;
  /** E-mail of the project's lead in the PSA; the host maps it to a member. */
  readonly projectLeadEmail: string | null;
  readonly recipientInternal: boolean;
  readonly evidence: readonly Evidence[];
};

/** Reads for previews, and the one judgement a preview may ask for. */
export type PreviewNeeds = {
  readonly look: LookSystems;
  /** The whole operating model at its source; null where this connection does not read it. */
  readonly records: RecordReader | null;
  /** The firm's working calendar: due days and contract clauses count in it. */
  readonly calendar: BusinessCalendar;
  /** What still holds an invoice back, in our words; empty when it may go out. */
  readonly openBlockers: (invoiceId: string) => Promise<readonly string[]>;
};

/**
 * One action of the catalogue.
 *
 * `preview` is repeated at the moment of execution; if target, effects, amount or preconditions
 * are not what was approved, nothing is written. It throws CountersignError PRECONDITION_FAILED
 * with the reason when the action makes no sense now.
 */
export type Action<Args> = {
  readonly declaration: ActionDeclaration;
  readonly args: z.ZodType<Args>;
  preview(args: Args, needs: PreviewNeeds): Promise<Preview>;
  /** What a former attempt with this key left at the target; null when it provably left nothing. */
  find(payloadArgs: Args, key: string, systems: ActSystems): Promise<Receipt | null>;
  /** The one external write. Throws Refused when the target said no. */
  send(
    payloadArgs: Args,
    approved: Preview,
    step: { key: string; systems: ActSystems },
  ): Promise<void>;
  /** Read-back. Throws EffectMissing when the approved effect is not there. */
  verify(
    payloadArgs: Args,
    approved: Preview,
    step: { key: string; systems: ActSystems },
  ): Promise<Receipt>;
};

/** Typed identity: keeps each action's argument type while the catalogue sees one shape. */
export const defineAction = <Args>(action: Action<Args>): Action<Args> => action;

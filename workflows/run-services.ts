import type { Principal } from "#/domain/member.ts";
import type { OverrideOutcome, StuckRun } from "#/domain/stuck-run.ts";
import { breakGlass, type GlassNeeds } from "./break-glass.ts";
import {
  type OverrideNeeds,
  type OverrideRequest,
  overrideRun,
  stuckRuns,
} from "./override-run.ts";

/** A system that nothing is sent to now. */
export type RestingSystem = {
  readonly system: string;
  readonly since: string;
  readonly again: string;
};

/** What people do about runs that did not end. */
export type RunServices = {
  /** What needs somebody, longest first, and which systems rest. */
  stuck(who: Principal): Promise<{
    readonly runs: readonly StuckRun[];
    readonly resting: readonly RestingSystem[];
  }>;
  override(who: Principal, request: OverrideRequest): Promise<OverrideOutcome>;
  breakGlass(
    who: Principal,
    asked: { action: string; incident: string; reason: string; code: string },
  ): ReturnType<typeof breakGlass>;
};

export const createRunServices = (
  needs: OverrideNeeds & GlassNeeds & { readonly resting: () => readonly RestingSystem[] },
): RunServices => ({
  stuck: async (who) => ({ runs: await stuckRuns(who, needs), resting: needs.resting() }),
  override: (who, request) => overrideRun(who, request, needs),
  breakGlass: (who, asked) => breakGlass(who, asked, needs),
});

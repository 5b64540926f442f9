import type { Connector } from "#/tools/ports.ts";
import { createRunServices, type RunServices } from "#/workflows/run-services.ts";
import type { composeActions } from "./compose-actions.ts";
import { checkSecondFactor } from "./second-factor.ts";

type Needs = Parameters<typeof createRunServices>[0];

export type RunParts = Pick<Needs, "store" | "policy" | "start"> & {
  readonly connector: Pick<Connector, "guards">;
  readonly actions: Pick<ReturnType<typeof composeActions>, "sight">;
};

/** What people do about runs that did not end, over this firm's systems and their breakers. */
export const composeRuns = ({ store, policy, start, connector, actions }: RunParts): RunServices =>
  createRunServices({
    store,
    policy,
    start,
    // The rules are activated once by key, whatever is asked again.
    sight: (payload, key) =>
      payload.action === "P01"
        ? Promise.resolve({ seen: "repeatable" })
        : actions.sight(payload, key),
    tryNow: () => {
      for (const guard of connector.guards) guard.tryNow();
    },
    resting: () =>
      connector.guards.flatMap((guard) => {
        const resting = guard.state();
        return resting ? [{ system: guard.system, ...resting }] : [];
      }),
    secondFactor: (voter, code) => checkSecondFactor(voter, code, Date.now()),
  });

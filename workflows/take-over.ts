import { ProposalId, TenantId } from "#/domain/ids.ts";
import type { LeftBehind } from "./durable.ts";
import type { Store } from "./store.ts";

export type TakeOverNeeds = {
  /** Processes not seen for too long, for this one alone to take over from. */
  readonly silent: () => Promise<readonly string[]>;
  /** How often each workflow was taken over, this time included. */
  readonly count: (workflows: readonly string[]) => Promise<ReadonlyMap<string, number>>;
  readonly engine: {
    leftBehind(executorId: string): Promise<readonly LeftBehind[]>;
    resume(left: readonly LeftBehind[]): Promise<void>;
    park(left: readonly LeftBehind[]): Promise<void>;
  };
  readonly store: Pick<Store, "closeRun">;
  readonly log: (message: string, cause: unknown) => void;
};

/** What has ended so many processes is not given to another one. */
export const mostTakeovers = 3;

/**
 * Takes over what dead or frozen processes left. Whoever wakes up finds that its runs are no longer
 * its own: the engine refuses to record its steps, and every effect has a key. Returns how many went on.
 */
export async function takeOver(needs: TakeOverNeeds): Promise<number> {
  let resumed = 0;
  for (const executor of await needs.silent()) {
    const left = await needs.engine.leftBehind(executor);
    if (left.length === 0) continue;
    const times = await needs.count(left.map(({ id }) => id));
    const poison = left.filter(({ id }) => (times.get(id) ?? 1) > mostTakeovers);
    const goOn = left.filter((each) => !poison.includes(each));
    await needs.engine.resume(goOn);
    await needs.engine.park(poison);
    for (const { id } of poison) await parkRun(id, needs);
    resumed += goOn.length;
    needs.log(`took over ${goOn.length} from ${executor}, parked ${poison.length}`, null);
  }
  return resumed;
}

/** A run that is parked has an end that people see: nobody knows what it did. */
async function parkRun(workflow: string, { store }: Pick<TakeOverNeeds, "store">): Promise<void> {
  const [kind, tenant, id, version] = workflow.split(":");
  const proposal = ProposalId.safeParse(id);
  if (kind !== "run" || !proposal.success) return;
  await store.closeRun(TenantId.parse(tenant), proposal.data, Number(version), {
    result: "unknown",
    reason: `every process that carried it out ended, ${mostTakeovers + 1} times`,
  });
}

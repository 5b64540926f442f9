import { unfence } from "./fence.ts";
import { PlanTask } from "./plan-task.ts";
import type { Plan, View } from "./rules-model.ts";

/** One candidate per open cause, in the order of the causes, each once; or every one that was asked for. */
export function planRemedies({ task, seen, tools }: View): Plan {
  const parsed = PlanTask.safeParse(unfence(task));
  if (!parsed.success) return { kind: "final", object: { recommendations: [] } };
  const { breadth, candidates, causes } = parsed.data;
  const chosen = new Map<string, PlanTask["candidates"][number]>();
  const covered = new Set<string>();
  for (const { code } of causes) {
    if (covered.has(code)) continue;
    const best = candidates
      .filter((c) => c.causes.includes(code) && !chosen.has(c.key))
      .toSorted((a, b) => b.causes.length - a.causes.length)[0];
    if (!best) continue;
    chosen.set(best.key, best);
    for (const cause of best.causes) covered.add(cause);
  }
  const taken = breadth === "every-candidate" ? candidates : [...chosen.values()];
  const steps = taken.map(({ key, why, evidence }) => ({
    candidate: key,
    why,
    evidence,
  }));
  const propose = tools.has("remediation_propose") && seen.length === 0 && steps.length > 0;
  return propose
    ? { kind: "tools", calls: steps.map((args) => ({ name: "remediation_propose", args })) }
    : { kind: "final", object: { recommendations: steps } };
}

import type { Source } from "#/domain/record.ts";
import { compareInstants } from "../civil-time.ts";
import type { Context } from "./context.ts";
import { type Distribution, type Duration, distribution } from "./distribution.ts";
import { createIntake, type Intake, type Listing } from "./intake.ts";
import { type Kpi, noValue, quotient } from "./kpi.ts";

/** One step of one case. Steps at the same instant keep their given order. */
export type ProcessStep = {
  readonly source: Source;
  readonly caseId: string;
  readonly activity: string;
  readonly at: string;
};

export type Edge = { readonly from: string; readonly to: string; readonly latency: Distribution };

/**
 * Business time from each step to the next one of its case, by edge. The last step of an open case
 * leads nowhere yet: `openSince` says how long such cases have been standing after which step.
 */
export function processLatency(
  steps: Listing<ProcessStep> | null,
  { isOpen }: { readonly isOpen: (caseId: string) => boolean },
  context: Context,
): { readonly edges: readonly Edge[]; readonly openSince: ReadonlyMap<string, Distribution> } {
  const { asOf, clock } = context;
  const past = (steps?.items ?? []).filter(({ at }) => compareInstants(at, asOf) <= 0);
  const edges = new Map<
    string,
    { from: string; to: string; durations: Duration[]; intake: Intake }
  >();
  const standing = new Map<string, { durations: Duration[]; intake: Intake }>();
  for (const [caseId, own] of Map.groupBy(past, (step) => step.caseId)) {
    const ordered = own.toSorted((a, b) => compareInstants(a.at, b.at));
    for (const [index, step] of ordered.entries()) {
      const next = ordered[index + 1];
      if (next === undefined) {
        if (!isOpen(caseId)) continue;
        const found = standing.get(step.activity) ?? { durations: [], intake: createIntake() };
        found.intake.need(step.source, "at", step.at);
        found.durations.push({ minutes: clock.minutes(step.at, asOf), pending: true });
        standing.set(step.activity, found);
        continue;
      }
      const key = JSON.stringify([step.activity, next.activity]);
      const edge = edges.get(key) ?? {
        from: step.activity,
        to: next.activity,
        durations: [],
        intake: createIntake(),
      };
      edge.intake.need(step.source, "at", step.at);
      edge.intake.need(next.source, "at", next.at);
      edge.durations.push({ minutes: clock.minutes(step.at, next.at), pending: false });
      edges.set(key, edge);
    }
  }
  return {
    edges: [...edges]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { from, to, durations, intake }]) => ({
        from,
        to,
        latency: distribution("process-latency", durations, { context, from: [intake] }),
      })),
    openSince: new Map(
      [...standing]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([activity, { durations, intake }]) => [
          activity,
          distribution("open-since", durations, { context, from: [intake] }),
        ]),
    ),
  };
}

/** One case of a process. null: the system does not count it. */
export type ProcessCase = {
  readonly source: Source;
  readonly exceptions: number | null;
  readonly resubmissions: number | null;
};

/** Cases with at least one exception, of all cases. */
export const exceptionRate = (cases: Listing<ProcessCase> | null, context: Context): Kpi =>
  rate("exception-rate", "exceptions", { cases, context });

/** Cases that had to be submitted again, of all cases. */
export const reworkRate = (cases: Listing<ProcessCase> | null, context: Context): Kpi =>
  rate("rework-rate", "resubmissions", { cases, context });

type Counted = { readonly cases: Listing<ProcessCase> | null; readonly context: Context };

function rate(
  kpi: string,
  field: "exceptions" | "resubmissions",
  { cases, context }: Counted,
): Kpi {
  const intake = createIntake();
  const known = intake
    .list(cases)
    .flatMap((each) => intake.need(each.source, field, each[field]) ?? []);
  const about = { kpi, unit: "percent", asOf: context.asOf, from: [intake] } as const;
  return cases === null || (known.length === 0 && cases.items.length > 0)
    ? noValue(about, "missing-input")
    : quotient(about, known.filter((count) => count > 0).length, known.length);
}

/** A stage boundary: handed over by one side, taken by the other. */
export type Handoff = {
  readonly source: Source;
  readonly sentAt: string | null;
  readonly acceptedAt: string | null;
};

/** Sent → accepted in business days; handoffs nobody has taken count with their age so far. */
export function handoffWait(handoffs: Listing<Handoff> | null, context: Context): Distribution {
  const { asOf, clock } = context;
  const intake = createIntake();
  const durations = intake.list(handoffs).flatMap(({ source, sentAt, acceptedAt }): Duration[] => {
    intake.saw(source, "acceptedAt", acceptedAt);
    const sent = intake.need(source, "sentAt", sentAt);
    if (sent === null || compareInstants(sent, asOf) > 0) return [];
    const taken = acceptedAt !== null && compareInstants(acceptedAt, asOf) <= 0;
    return [{ minutes: clock.minutes(sent, taken ? acceptedAt : asOf), pending: !taken }];
  });
  return distribution("handoff-wait", durations, { context, from: [intake] });
}

import { compareInstants } from "../civil-time.ts";

export type Rag = "green" | "amber" | "red" | "unknown";

/** What a colour remembers from one evaluation to the next. Keep it beside the project. */
export type Shown = {
  /** The colour people see. */
  readonly shown: Rag;
  /** The worst colour computed since the last scheduled evaluation, that one included. */
  readonly last: Rag;
  /** The last colour shown that was not unknown. */
  readonly lastKnown: Rag | null;
  readonly scheduledAt: string | null;
};

export type Evaluation = {
  readonly computed: Rag;
  readonly asOf: string;
  /** Only scheduled evaluations count towards an improvement; recomputing twice in a minute does not. */
  readonly scheduled: boolean;
};

/**
 * Worsens at once; improves after two scheduled evaluations in a row, to the worse of the two.
 * Unknown shows at once. From unknown, green needs the same two, and so does anything better than
 * the colour before the gap.
 */
export function settle(previous: Shown | null, evaluation: Evaluation): Shown {
  const { computed, asOf, scheduled } = evaluation;
  if (previous === null)
    return {
      shown: computed,
      last: computed,
      lastKnown: computed === "unknown" ? null : computed,
      scheduledAt: scheduled ? asOf : null,
    };
  // The same evaluation replayed is no second one.
  const counts =
    scheduled && (previous.scheduledAt === null || compareInstants(asOf, previous.scheduledAt) > 0);
  const shown = next(previous, computed, counts);
  return {
    shown,
    last: counts ? computed : worse(previous.last, computed),
    lastKnown: shown === "unknown" ? previous.lastKnown : shown,
    scheduledAt: counts ? asOf : previous.scheduledAt,
  };
}

function next({ shown, last, lastKnown }: Shown, computed: Rag, counts: boolean): Rag {
  if (computed === "unknown") return "unknown";
  const before = shown === "unknown" ? (lastKnown ?? "green") : shown;
  const improves = severity[computed] < severity[before];
  const leavesUnknownForGreen = shown === "unknown" && computed === "green";
  if (!improves && !leavesUnknownForGreen) return computed;
  if (!counts || last === "unknown") return shown;
  const both = worse(computed, last);
  return shown !== "unknown" && severity[both] > severity[shown] ? shown : both;
}

/** Unknown breaks a row of good evaluations, so it ranks last. */
export const severity: Readonly<Record<Rag, number>> = { green: 0, amber: 1, red: 2, unknown: 3 };

const worse = (a: Rag, b: Rag): Rag => (severity[a] >= severity[b] ? a : b);

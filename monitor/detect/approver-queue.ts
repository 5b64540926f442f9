import type { TwinRecord } from "../twin/firm-view.ts";
import type { Scene } from "./scene.ts";

/** What lies on one approver's desk, against what used to lie there. */
export type ApproverQueue = {
  readonly waiting: readonly TwinRecord<"approval">[];
  /** Nine days in ten of the last twelve weeks had no more than this; null: too little history. */
  readonly usual: number | null;
  readonly overloaded: boolean;
};

const dayLength = 86_400_000;
const historyDays = 84;
const leastHistoryDays = 28;

const isWaiting = ({ fields }: TwinRecord<"approval">): boolean => fields.state === "pending";

/** Counted once for each view and approver. */
export function approverQueue(scene: Scene, personId: string): ApproverQueue {
  let known = queues.get(scene);
  if (!known) queues.set(scene, (known = new Map()));
  let queue = known.get(personId);
  if (!queue) known.set(personId, (queue = countQueue(scene, personId)));
  return queue;
}
const queues = new WeakMap<Scene, Map<string, ApproverQueue>>();

function countQueue({ view, settings }: Scene, personId: string): ApproverQueue {
  const approvals = view.by("approval", "approverId", personId);
  const waiting = approvals.filter(isWaiting);
  const now = Date.parse(view.asOf);
  // Depth at this hour on each earlier day: +1 where a request came, -1 where it was decided.
  const change = Array.from({ length: historyDays + 1 }, () => 0);
  let oldest = 0;
  for (const approval of approvals) {
    const { from, to } = spanOf(approval);
    const first = Math.min(historyDays, Math.floor((now - from) / dayLength));
    const last = Math.max(0, Math.ceil((now - to) / dayLength));
    oldest = Math.max(oldest, first);
    if (first < last || last > historyDays) continue;
    change[first] = (change[first] ?? 0) + 1;
    if (last > 0) change[last - 1] = (change[last - 1] ?? 0) - 1;
  }
  const depths: number[] = [];
  let depth = 0;
  for (let day = historyDays; day >= 1; day -= 1) {
    depth += change[day] ?? 0;
    if (day <= oldest) depths.push(depth);
  }
  if (depths.length < leastHistoryDays) return { waiting, usual: null, overloaded: false };
  const sorted = depths.toSorted((one, other) => one - other);
  const usual = sorted[Math.floor(sorted.length * 0.9)] ?? 0;
  return {
    waiting,
    usual,
    overloaded: waiting.length > Math.max(usual, settings.queueFloor),
  };
}

type Span = { readonly from: number; readonly to: number };
const spans = new WeakMap<TwinRecord<"approval">, Span>();
function spanOf(approval: TwinRecord<"approval">): Span {
  let span = spans.get(approval);
  if (!span) {
    const { requestedAt, decidedAt } = approval.fields;
    span = {
      from: Date.parse(requestedAt),
      to: decidedAt === null ? Number.POSITIVE_INFINITY : Date.parse(decidedAt),
    };
    spans.set(approval, span);
  }
  return span;
}

import { dateIn } from "../clocks/civil-days.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { firstTold } from "./first-told.ts";

/** What decides when the project ends: its last milestone, and the tasks that lead to it. */
export type DrivingChain = {
  readonly milestone: TwinRecord<"milestone">;
  /** The original baseline; a re-baseline keeps it. */
  readonly baselineOn: string;
  /** Where it was delivered, or will be; never a day that has passed without a delivery. */
  readonly endOn: string;
  readonly delivered: boolean;
  /** From the first to the last; none where the plan has no tasks. */
  readonly tasks: readonly TwinRecord<"task">[];
};

/** The chain to the milestone that ends last; null when the project has no milestones. */
export function drivingChain(view: FirmView, projectId: string): DrivingChain | null {
  const ends = view
    .by("milestone", "projectId", projectId)
    .map((milestone) => ({ milestone, ...milestoneDates(view, milestone) }))
    .toSorted(
      (a, b) =>
        compareText(b.endOn, a.endOn) ||
        compareText(b.baselineOn, a.baselineOn) ||
        compareText(a.milestone.id, b.milestone.id),
    );
  const [last] = ends;
  return last ? { ...last, tasks: tasksTo(view, last.milestone) } : null;
}

export function milestoneDates(
  view: FirmView,
  { id, fields }: TwinRecord<"milestone">,
): { baselineOn: string; endOn: string; delivered: boolean } {
  const today = dateIn(view.calendar.zone, view.asOf);
  const expected = fields.forecastOn < today ? today : fields.forecastOn;
  return {
    baselineOn: firstTold(view.history("milestone", id), "baselineOn") ?? fields.baselineOn,
    endOn: fields.deliveredOn ?? expected,
    delivered: fields.deliveredOn !== null,
  };
}

/**
 * From the milestone's last task back along what each one waited for. A project whose plan does not
 * say which task belongs to which milestone is followed from the last task that is due by then.
 */
function tasksTo(view: FirmView, milestone: TwinRecord<"milestone">): TwinRecord<"task">[] {
  const all = view.by("task", "projectId", milestone.fields.projectId);
  const linked = all.filter(({ id }) =>
    view
      .history("task", id)
      .some(({ objects }) =>
        objects.some((one) => one.type === "milestone" && one.id === milestone.id),
      ),
  );
  const due = all.filter(({ fields }) => fields.dueOn <= milestone.fields.baselineOn);
  const candidates = linked.length > 0 ? linked : due.length > 0 ? due : all;
  const [last] = candidates.toSorted(
    (a, b) =>
      compareText(finish(b), finish(a)) ||
      compareText(b.fields.dueOn, a.fields.dueOn) ||
      compareText(b.id, a.id),
  );
  const chain: TwinRecord<"task">[] = [];
  const seen = new Set<string>();
  for (let task = last ?? null; task !== null && !seen.has(task.id); ) {
    seen.add(task.id);
    chain.unshift(task);
    const before: string | null = task.fields.dependsOnTaskId;
    task = before === null ? null : view.get("task", before);
  }
  return chain;
}

/** A task that is not done ends last of all. */
const finish = ({ fields }: TwinRecord<"task">): string => fields.doneOn ?? "9999-12-31";
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

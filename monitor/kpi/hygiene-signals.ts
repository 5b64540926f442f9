import type { Source } from "#/domain/record.ts";
import { civilDays, dateIn } from "../clocks/civil-days.ts";
import type { Context } from "./context.ts";
import { countOf } from "./count-of.ts";
import type { Listing } from "./intake.ts";
import type { Kpi } from "./kpi.ts";

/** One item of the plan, as tidy or untidy as it stands. null is what the system says. */
export type PlanItem = {
  readonly source: Source;
  readonly kind: "task" | "milestone";
  readonly ownerId: string | null;
  readonly dueOn: string | null;
  readonly dependsOn: readonly string[];
  readonly done: boolean;
  readonly updatedAt: string | null;
};

export type Hygiene = {
  readonly withoutOwner: Kpi;
  readonly withoutDate: Kpi;
  /** Depends on something that is not in the plan. */
  readonly brokenDependencies: Kpi;
  readonly milestonesAfterGoLive: Kpi;
  /** Open, and not touched for more than 14 civil days. */
  readonly stale: Kpi;
};

/** Days without an update after which an open item counts as stale. */
export const staleAfterDays = 14;

/** How tidy the plan is, open items only. Says nothing about how the project is doing. */
export function hygiene(
  plan: Listing<PlanItem> | null,
  goLiveOn: string | null,
  context: Context,
): Hygiene {
  const ids = new Set(plan?.items.map(({ source }) => source.id));
  const open = (plan?.items ?? []).filter(({ done }) => !done);
  const count = (
    kpi: string,
    field: keyof PlanItem,
    holds: (item: PlanItem) => boolean | null,
  ): Kpi =>
    countOf(
      kpi,
      plan && {
        source: plan.source,
        items: open.map((item) => ({
          source: item.source,
          field,
          value: textOf(item[field]),
          holds: holds(item),
        })),
      },
      context,
    );
  return {
    withoutOwner: count("items-without-owner", "ownerId", ({ ownerId }) => ownerId === null),
    withoutDate: count("items-without-date", "dueOn", ({ dueOn }) => dueOn === null),
    brokenDependencies: count("broken-dependencies", "dependsOn", ({ dependsOn }) =>
      dependsOn.some((id) => !ids.has(id)),
    ),
    milestonesAfterGoLive: count("milestones-after-go-live", "dueOn", ({ kind, dueOn }) =>
      kind !== "milestone" ? false : goLiveOn === null ? null : dueOn !== null && dueOn > goLiveOn,
    ),
    stale: count("stale-items", "updatedAt", ({ updatedAt }) =>
      updatedAt === null
        ? null
        : civilDays(dateIn(context.calendar.zone, updatedAt), context.today) > staleAfterDays,
    ),
  };
}

const textOf = (value: PlanItem[keyof PlanItem]): string | boolean | null =>
  typeof value === "string" || typeof value === "boolean" || value === null
    ? value
    : JSON.stringify(value);

import type { Day } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import type { Delivery } from "./delivery.ts";
import type { InterventionKind } from "./intervention-kinds.ts";
import type { RiskLabel } from "./note-grammar.ts";
import type { ProjectPlan } from "./staffing-plan.ts";

/** Something the team has on its mind for a while. */
export type NoteTopic = {
  readonly label: RiskLabel;
  readonly from: Day;
  readonly until: Day;
  readonly severity: 1 | 2 | 3 | 4;
  readonly owner: "us" | "client" | "third";
  readonly source: string | null;
};

type Meaning = readonly [
  label: RiskLabel,
  severity: 1 | 2 | 3 | 4,
  owner: "us" | "client" | "third",
];

/** Which risk a colleague would speak of; circumstances nobody on the project sees have none. */
export const meanings: Readonly<Partial<Record<InterventionKind, Meaning>>> = {
  "purchase-order-absent": ["BILLING", 3, "client"],
  "purchase-order-used-up": ["BILLING", 3, "client"],
  "client-holds-invoice": ["BILLING", 3, "client"],
  "billing-data-wrong": ["BILLING", 2, "us"],
  "change-unsigned": ["SCOPE", 3, "client"],
  "acceptance-waits": ["QUALITY", 3, "client"],
  "approver-disagrees": ["GOV", 2, "us"],
  "upstream-unsigned": ["GOV", 2, "us"],
  "group-queue": ["GOV", 2, "us"],
  "estimate-missed": ["BUDGET", 3, "us"],
  "scope-absorbed": ["SCOPE", 3, "us"],
  "work-written-down": ["BUDGET", 2, "us"],
  "unbillable-work": ["BUDGET", 2, "us"],
  "work-redone": ["QUALITY", 3, "us"],
  "subcontractor-dearer": ["BUDGET", 3, "third"],
  "sold-too-low": ["BUDGET", 3, "us"],
  "key-person-rolls-off": ["RESOURCE", 3, "us"],
  "client-input-late": ["CLIENT_DEP", 3, "client"],
  "technical-block": ["TECH", 3, "us"],
  "late-signature": ["CONTRACT", 3, "client"],
  "relationship-cools": ["RENEWAL", 4, "client"],
  "sponsor-leaves": ["CLIENT_ENG", 4, "client"],
  "acceptance-slower": ["CLIENT_ENG", 2, "client"],
  overload: ["TEAM", 2, "us"],
};

export function topicsOf(
  { circumstances }: Cast,
  plan: ProjectPlan,
  delivery: Delivery,
): NoteTopic[] {
  const near = new Set([plan.id, plan.client.id, plan.leadId]);
  const told = circumstances.all
    .filter(({ entityId }) => near.has(entityId))
    .flatMap(({ kind, id, from, until }): NoteTopic[] => {
      const meaning = meanings[kind];
      return meaning
        ? [
            {
              label: meaning[0],
              severity: meaning[1],
              owner: meaning[2],
              from: from + 2,
              until,
              source: id,
            },
          ]
        : [];
    });
  const slips = delivery.slips
    .filter(({ businessDays }) => businessDays >= 4)
    .map(
      ({ from, businessDays, source }): NoteTopic => ({
        label: "SCHED",
        from: from + 5,
        until: from + Math.round(businessDays * 2) + 14,
        severity: businessDays > 10 ? 3 : 2,
        owner: "us",
        source,
      }),
    );
  return [...told, ...slips];
}

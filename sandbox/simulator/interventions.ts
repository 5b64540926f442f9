import type { Day } from "./calendar.ts";
import type { SimulatedClient } from "./clients.ts";
import type { Draws, Weighted } from "./draws.ts";
import { shortHash } from "./draws.ts";
import type { Setting } from "./options.ts";
import type { SimulatedPerson } from "./people.ts";
import type { Billing, ProjectPlan } from "./staffing-plan.ts";

/** Circumstances that can change; each moves one latent and never an output. */
export type ProjectChange =
  | "purchase-order-absent"
  | "purchase-order-used-up"
  | "rates-out-of-date"
  | "billing-data-wrong"
  | "client-holds-invoice"
  | "transfer-fails"
  | "run-moved"
  | "twin-project"
  | "change-unsigned"
  | "acceptance-waits"
  | "approver-inactive"
  | "request-incomplete"
  | "extra-levels"
  | "group-queue"
  | "notice-lost"
  | "approver-disagrees"
  | "upstream-unsigned"
  | "request-outlived"
  | "timer-only"
  | "estimate-missed"
  | "scope-absorbed"
  | "senior-mix"
  | "work-written-down"
  | "unbillable-work"
  | "work-redone"
  | "subcontractor-dearer"
  | "sold-too-low"
  | "key-person-rolls-off"
  | "client-input-late"
  | "technical-block"
  | "late-signature"
  | "plan-untended"
  | "rosy-reporting"
  | "handoff-stalls"
  | "requester-decides"
  | "changed-after-approval"
  | "hostile-note"
  | "client-pauses"
  | "cost-passed-on";
export type InterventionKind =
  | ProjectChange
  | "time-habit"
  | "sudden-absence"
  | "overload"
  | "acceptance-slower"
  | "relationship-cools"
  | "sponsor-leaves"
  | "system-lags";

/** One change of circumstances on one entity, from its onset. Strength is in business days, or a factor. */
export type Intervention = {
  readonly id: string;
  readonly kind: InterventionKind;
  readonly entityType: "project" | "person" | "client" | "system";
  readonly entityId: string;
  readonly from: Day;
  readonly until: Day;
  readonly strength: number;
};

export type Circumstances = {
  readonly all: readonly Intervention[];
  /** The change of this kind that is on for the entity on that day. */
  on(kind: InterventionKind, entityId: string, day: Day): Intervention | null;
  /** The change of this kind on the entity, whenever it is. */
  ever(kind: InterventionKind, entityId: string): Intervention | null;
};

type Kind = {
  readonly weight: number;
  readonly billing: readonly Billing[];
  readonly days: readonly [number, number];
  /** Median of a lognormal with spread 0.3. */
  readonly strength: number;
};
const every: readonly Billing[] = ["time_and_materials", "fixed", "retainer"];
const byTime: readonly Billing[] = ["time_and_materials"];
const byMilestone: readonly Billing[] = ["fixed"];
const notRetained: readonly Billing[] = ["time_and_materials", "fixed"];
const kind = (
  weight: number,
  billing: readonly Billing[],
  days: readonly [number, number],
  strength: number,
): Kind => ({ weight, billing, days, strength });

const projectKinds: Readonly<Record<ProjectChange, Kind>> = {
  "purchase-order-absent": kind(8, every, [36, 50], 14),
  "purchase-order-used-up": kind(6, byTime, [36, 50], 13),
  "rates-out-of-date": kind(10, byTime, [36, 65], 12),
  "billing-data-wrong": kind(10, every, [36, 60], 12),
  "client-holds-invoice": kind(10, every, [36, 60], 15),
  "transfer-fails": kind(10, every, [36, 60], 10),
  "run-moved": kind(5, every, [60, 120], 1),
  "twin-project": kind(9, byTime, [36, 60], 13),
  "change-unsigned": kind(9, notRetained, [36, 50], 20),
  "acceptance-waits": kind(6, byMilestone, [60, 100], 16),
  "approver-inactive": kind(5, every, [36, 60], 9),
  "request-incomplete": kind(5, every, [36, 60], 7),
  "extra-levels": kind(5, every, [40, 80], 3),
  "group-queue": kind(5, every, [36, 60], 8),
  "notice-lost": kind(5, every, [36, 60], 8),
  "approver-disagrees": kind(4, every, [36, 60], 9),
  "upstream-unsigned": kind(4, every, [36, 60], 8),
  "request-outlived": kind(3, every, [30, 60], 35),
  "timer-only": kind(3, every, [36, 60], 5),
  "estimate-missed": kind(4, notRetained, [20, 30], 1.5),
  "scope-absorbed": kind(4, every, [60, 90], 0.09),
  "senior-mix": kind(3, notRetained, [60, 120], 1),
  "work-written-down": kind(3, byTime, [40, 70], 0.18),
  "unbillable-work": kind(3, byTime, [40, 80], 0.25),
  "work-redone": kind(3, byMilestone, [30, 60], 1.3),
  "subcontractor-dearer": kind(3, notRetained, [30, 60], 0.12),
  "sold-too-low": kind(3, notRetained, [20, 30], 1.35),
  "key-person-rolls-off": kind(5, notRetained, [30, 50], 14),
  "client-input-late": kind(5, notRetained, [25, 45], 14),
  "technical-block": kind(4, notRetained, [20, 40], 12),
  "late-signature": kind(3, notRetained, [20, 30], 12),
  "plan-untended": kind(4, notRetained, [40, 70], 8),
  "rosy-reporting": kind(4, notRetained, [60, 120], 1),
  "handoff-stalls": kind(4, every, [10, 20], 14),
  "requester-decides": kind(2, every, [36, 60], 4),
  "changed-after-approval": kind(2, every, [36, 60], 3),
  "hostile-note": kind(2, every, [10, 30], 1),
  "client-pauses": kind(4, notRetained, [14, 28], 15),
  "cost-passed-on": kind(3, notRetained, [20, 40], 0.1),
};

type Cast = {
  readonly plans: readonly ProjectPlan[];
  readonly people: readonly SimulatedPerson[];
  readonly clients: readonly SimulatedClient[];
};

/** Which changes come, when and how hard: each entity draws its own, so none depends on another. */
export function drawInterventions(setting: Setting, cast: Cast): Circumstances {
  const skipped = new Set(setting.options.withoutInterventions);
  const drawn = [
    ...cast.plans.flatMap((plan) => onProject(setting, plan)),
    ...cast.people.flatMap((person) => onPerson(setting, person)),
    ...cast.clients.flatMap((client) => onClient(setting, client)),
    ...["psa", "crm", "erp"].flatMap((system) => onSystem(setting, system)),
  ].filter(({ id, from }) => from <= setting.today && !skipped.has(id));
  return circumstancesOf(drawn);
}

export function circumstancesOf(all: readonly Intervention[]): Circumstances {
  const byKey = Map.groupBy(all, ({ kind: what, entityId }) => `${what}/${entityId}`);
  const of = (what: InterventionKind, entityId: string): readonly Intervention[] =>
    byKey.get(`${what}/${entityId}`) ?? [];
  return {
    all,
    on: (what, entityId, day) =>
      of(what, entityId).find(({ from, until }) => day >= from && day < until) ?? null,
    ever: (what, entityId) => of(what, entityId)[0] ?? null,
  };
}

type Draft = Omit<Intervention, "id">;
const named = (draft: Draft): Intervention => ({
  ...draft,
  id: `iv-${shortHash(`${draft.kind}/${draft.entityId}/${draft.from}`)}`,
});

function onProject({ draws: root, firstDay }: Setting, plan: ProjectPlan): Intervention[] {
  const draws = root.of("project circumstances", plan.id);
  if (!draws.chance("any", 0.34)) return [];
  const count = draws.weighted("count", [
    [1, 72],
    [2, 22],
    [3, 6],
  ]);
  const kinds = (Object.entries(projectKinds) as [ProjectChange, Kind][])
    .filter(([, { billing }]) => billing.includes(plan.billing))
    .map(([name, { weight }]): Weighted<ProjectChange> => [name, weight]);
  const [first, ...rest] = kinds;
  if (!first) return [];
  const chosen = new Set(
    Array.from({ length: count }, (_, turn) => draws.weighted(`kind/${turn}`, [first, ...rest])),
  );
  return [...chosen].map((name) => {
    const { days, strength } = projectKinds[name];
    const span = plan.plannedEnd - plan.start;
    const early = atTheStart.has(name);
    const earliest = Math.max(plan.start + (early ? -5 : 7), firstDay + 3);
    const from = early
      ? earliest
      : Math.max(earliest, plan.start + Math.round(draws.uniform(`onset/${name}`) * 0.75 * span));
    return named({
      kind: name,
      entityType: "project",
      entityId: plan.id,
      from,
      until: from + draws.between(`days/${name}`, ...days),
      strength: strength === 1 ? 1 : draws.lognormal(`strength/${name}`, strength, 0.3),
    });
  });
}

/** These lie in how the project was sold or begun. */
const atTheStart: ReadonlySet<string> = new Set<ProjectChange>([
  "estimate-missed",
  "sold-too-low",
  "late-signature",
  "handoff-stalls",
]);

/** Every half year draws anew. */
function halves({ firstDay, today }: Setting): Day[] {
  return Array.from(
    { length: Math.ceil((today - firstDay) / 182) },
    (_, half) => firstDay + half * 182,
  );
}

function onPerson(setting: Setting, { id, role }: SimulatedPerson): Intervention[] {
  const draws = setting.draws.of("person circumstances", id);
  return halves(setting).flatMap((half) => {
    const from = (name: string): Day => half + draws.between(`${name} onset/${half}`, 10, 150);
    const change = (
      what: InterventionKind,
      days: readonly [number, number],
      strength: number,
    ): Intervention => {
      const start = from(what);
      return named({
        kind: what,
        entityType: "person",
        entityId: id,
        from: start,
        until: start + draws.between(`${what} days/${half}`, ...days),
        strength: draws.lognormal(`${what} strength/${half}`, strength, 0.25),
      });
    };
    const comes = (what: string, probability: number): boolean =>
      draws.chance(`${what}/${half}`, probability);
    if (role === "consultant")
      return comes("time-habit", 0.07) ? [change("time-habit", [28, 50], 11)] : [];
    if (role !== "project_manager" && role !== "finance_lead") return [];
    return [
      ...(comes("absence", 0.2) ? [change("sudden-absence", [12, 20], 1)] : []),
      ...(comes("overload", 0.16) ? [change("overload", [21, 35], 4)] : []),
    ];
  });
}

function onClient(setting: Setting, { id }: SimulatedClient): Intervention[] {
  const draws = setting.draws.of("client circumstances", id);
  const span = setting.today - setting.firstDay;
  const change = (what: InterventionKind, days: number, strength: number): Intervention => {
    const from = setting.firstDay + Math.round(span * (0.1 + 0.8 * draws.uniform(`${what} onset`)));
    return named({
      kind: what,
      entityType: "client",
      entityId: id,
      from,
      until: from + days,
      strength,
    });
  };
  return [
    ...(draws.chance("slower", 0.1) ? [change("acceptance-slower", 90, 2.5)] : []),
    ...(draws.chance("cools", 0.08) ? [change("relationship-cools", 150, 1)] : []),
    ...(draws.chance("sponsor", 0.08) ? [change("sponsor-leaves", 70, 1)] : []),
  ];
}

function onSystem(setting: Setting, system: string): Intervention[] {
  const draws: Draws = setting.draws.of("system circumstances", system);
  return halves(setting).flatMap((half) => {
    if (!draws.chance(`lags/${half}`, 0.5)) return [];
    const from = half + draws.between(`onset/${half}`, 5, 170);
    return [
      named({
        kind: "system-lags",
        entityType: "system",
        entityId: system,
        from,
        until: from + draws.between(`days/${half}`, 1, 3),
        strength: 1,
      }),
    ];
  });
}

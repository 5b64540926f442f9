import type { Day } from "./calendar.ts";
import type { SimulatedClient } from "./clients.ts";
import type { Draws, Weighted } from "./draws.ts";
import { shortHash } from "./draws.ts";
import {
  atTheStart,
  type InterventionKind,
  type ProjectChange,
  type ProjectKind,
  projectKinds,
} from "./intervention-kinds.ts";
import type { Setting } from "./options.ts";
import type { SimulatedPerson } from "./people.ts";
import type { ProjectPlan } from "./staffing-plan.ts";

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
  if (!draws.chance("any", 0.42)) return [];
  const count = draws.weighted("count", [
    [1, 72],
    [2, 22],
    [3, 6],
  ]);
  const kinds = (Object.entries(projectKinds) as [ProjectChange, ProjectKind][])
    .filter(([, [, billing]]) => billing.includes(plan.billing))
    .map(([name, [weight]]): Weighted<ProjectChange> => [name, weight]);
  const [first, ...rest] = kinds;
  if (!first) return [];
  const chosen = new Set(
    Array.from({ length: count }, (_, turn) => draws.weighted(`kind/${turn}`, [first, ...rest])),
  );
  return [...chosen].map((name) => {
    const [, , days, strength] = projectKinds[name];
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
      return comes("time-habit", 0.05) ? [change("time-habit", [28, 50], 11)] : [];
    if (role !== "project_manager" && role !== "finance_lead") return [];
    return [
      ...(comes("absence", role === "finance_lead" ? 0.07 : 0.12)
        ? [change("sudden-absence", [12, 20], 1)]
        : []),
      ...(comes("overload", role === "finance_lead" ? 0.05 : 0.09)
        ? [change("overload", [18, 30], 3)]
        : []),
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

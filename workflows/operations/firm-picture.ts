import type { TenantId } from "#/domain/ids.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import type { ProjectHealth } from "#/monitor/health/project-health.ts";
import { assessHealth, type HealthMemory, noMemory } from "#/monitor/portfolio/assess-project.ts";
import type { FirmView } from "#/monitor/twin/firm-view.ts";
import { createTwin, type Twin } from "#/monitor/twin/twin.ts";
import type { OperationsStore, SourceReading } from "../operations-store.ts";
import type { Tenant } from "../store.ts";

/** The firm as this process knows it now, and the health of its projects, computed once a view. */
export type FirmNow = {
  readonly view: FirmView;
  readonly readings: readonly SourceReading[];
  health(projectId: string): ProjectHealth;
  memory(projectId: string): HealthMemory;
};

export type FirmPicture = {
  /** As of now; what has arrived since is taken in first. */
  now(tenant: Tenant): Promise<FirmNow>;
  /** As it was known at a past instant. */
  at(tenant: Tenant, instant: string): Promise<FirmNow>;
};

export type FirmPictureNeeds = {
  readonly arrivals: (
    tenant: TenantId,
    position: string | null,
  ) => AsyncIterable<{ readonly events: readonly OperationsEvent[]; readonly position: string }>;
  readonly store: Pick<OperationsStore, "readings" | "loadAssessments">;
  readonly now: () => string;
};

type Held = {
  readonly twin: Twin;
  position: string | null;
  /** Counts what was taken in. */
  changes: number;
  current: { readonly firm: FirmNow; readonly changes: number; readonly madeAt: number } | null;
};

/** A picture grows old although nothing happens: ages count on. */
const freshMilliseconds = 60_000;

/**
 * Keeps each firm in the memory of this process, folded from the events in the database. It is a cache:
 * any process can build it again, and none writes through it. Meant for firms of some thousand
 * projects; beyond, project by project from the store's dossiers.
 */
export function createFirmPicture(needs: FirmPictureNeeds): FirmPicture {
  const firms = new Map<TenantId, Held>();
  const waiting = new Map<TenantId, Promise<FirmNow>>();

  const take = async (tenant: Tenant): Promise<Held> => {
    let held = firms.get(tenant.id);
    if (!held) {
      held = { twin: twinOf(tenant), position: null, changes: 0, current: null };
      firms.set(tenant.id, held);
    }
    for await (const page of needs.arrivals(tenant.id, held.position)) {
      for (const event of page.events) if (held.twin.apply(event)) held.changes += 1;
      held.position = page.position;
    }
    return held;
  };

  const make = async (tenant: Tenant): Promise<FirmNow> => {
    const held = await take(tenant);
    const readings = await needs.store.readings(tenant.id);
    const asOf = needs.now();
    const known = held.current;
    const isSame =
      known !== null &&
      known.changes === held.changes &&
      Date.parse(asOf) - known.madeAt < freshMilliseconds &&
      sameSources(known.firm.readings, readings);
    if (isSame) return known.firm;
    const firm = firmNow(held.twin.view(asOf, lastReadOf(readings)), {
      readings,
      memories: await memoriesOf(tenant.id, needs),
    });
    held.current = { firm, changes: held.changes, madeAt: Date.parse(asOf) };
    return firm;
  };

  return {
    now: (tenant) => {
      // Many questions at once wait for one reading.
      const running = waiting.get(tenant.id);
      if (running) return running;
      const made = make(tenant).finally(() => waiting.delete(tenant.id));
      waiting.set(tenant.id, made);
      return made;
    },
    at: async (tenant, instant) => {
      const twin = twinOf(tenant);
      for await (const { events } of needs.arrivals(tenant.id, null))
        for (const event of events) if (event.recordedAt <= instant) twin.apply(event);
      const readings = await needs.store.readings(tenant.id);
      return firmNow(twin.view(instant), { readings, memories: new Map() });
    },
  };
}

const twinOf = ({ calendar, baseCurrency }: Tenant): Twin =>
  createTwin({ calendar, currency: baseCurrency });

function firmNow(
  view: FirmView,
  known: {
    readonly readings: readonly SourceReading[];
    readonly memories: ReadonlyMap<string, HealthMemory>;
  },
): FirmNow {
  const healths = new Map<string, ProjectHealth>();
  // What is looked at between two scheduled evaluations never counts towards an improvement.
  const memory = (projectId: string): HealthMemory => ({
    ...(known.memories.get(projectId) ?? noMemory),
    scheduled: false,
  });
  return {
    view,
    readings: known.readings,
    memory,
    health: (projectId) => {
      let health = healths.get(projectId);
      if (!health) {
        health = assessHealth(view, projectId, memory(projectId));
        healths.set(projectId, health);
      }
      return health;
    },
  };
}

const lastReadOf = (readings: readonly SourceReading[]): FirmView["lastRead"] =>
  Object.fromEntries(readings.map(({ system, lastRead }) => [system, lastRead]));

/** The same systems answer. That they answered again a moment ago is no news within a minute. */
const sameSources = (one: readonly SourceReading[], other: readonly SourceReading[]): boolean =>
  JSON.stringify(one.map(({ system, problem }) => [system, problem])) ===
  JSON.stringify(other.map(({ system, problem }) => [system, problem]));

async function memoriesOf(
  tenant: TenantId,
  { store }: FirmPictureNeeds,
): Promise<Map<string, HealthMemory>> {
  const saved = await store.loadAssessments(tenant, null);
  return new Map(saved.map(({ projectId, memory }) => [projectId, memory as HealthMemory]));
}

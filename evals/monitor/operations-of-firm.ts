import { ExceptionId, PersonId, TenantId } from "#/domain/ids.ts";
import type { Principal } from "#/domain/member.ts";
import type { SystemKind } from "#/domain/record.ts";
import { detect } from "#/monitor/detect/detect.ts";
import type { SimulatedFirm } from "#/sandbox/simulator/simulate-firm.ts";
import type { Case } from "#/workflows/operations/case-store.ts";
import { createOperations } from "#/workflows/operations/create-operations.ts";
import { createFirmPicture, type FirmNow } from "#/workflows/operations/firm-picture.ts";
import type { OperationsServices } from "#/workflows/operations-services.ts";
import type { SourceReading } from "#/workflows/operations-store.ts";
import type { Tenant } from "#/workflows/store.ts";
import { calendarOf, operationsEvents } from "./eval-firm.ts";

export const doorTenant = TenantId.parse("simulated");

/** Somebody who may look and not act. */
export const looker: Principal = {
  tenant: doorTenant,
  person: PersonId.parse("looker"),
  name: "Looker",
  kind: "person",
  capabilities: new Set(["read"]),
};

export const tenantOf = (firm: SimulatedFirm): Tenant => ({
  id: doorTenant,
  name: "Simulated",
  baseCurrency: firm.currency,
  calendar: calendarOf(firm),
  targetBusinessDays: 5,
  slackTeam: null,
});

const systems: readonly SystemKind[] = ["psa", "crm", "erp", "hris", "itsm", "messenger"];

export type Doors = {
  readonly services: OperationsServices;
  readonly now: () => Promise<FirmNow>;
  readonly cases: readonly Case[];
};

/**
 * What every door may ask, over a simulated firm held in memory as the product holds it. `lastRead`:
 * when each system answered last; at the firm's now when left out. Every finding is an open case, as
 * found while everything was fresh.
 */
export async function doorsOf(
  firm: SimulatedFirm,
  lastRead: (system: SystemKind) => string | null = () => firm.now,
): Promise<Doors> {
  const events = operationsEvents(firm);
  const tenant = tenantOf(firm);
  const readings = systems.map((system): SourceReading => {
    const at = lastRead(system);
    const answers = at === firm.now;
    return {
      system,
      cursor: null,
      lastRead: at,
      problem: answers ? null : "it did not give a usable answer",
      problemSince: answers ? null : (at ?? firm.now),
    };
  });
  const pictureWith = (known: readonly SourceReading[]) =>
    createFirmPicture({
      arrivals: async function* () {
        yield { events, position: "1" };
      },
      store: { readings: async () => [...known], loadAssessments: async () => [] },
      now: () => firm.now,
    });
  const picture = pictureWith(readings);
  const fresh = await pictureWith(
    readings.map((reading) => ({ ...reading, lastRead: firm.now, problem: null })),
  ).now(tenant);
  const cases = detect(fresh.view, { projectIds: "all" }).findings.map(
    (finding, index): Case => ({
      id: ExceptionId.parse(`X-${String(index).padStart(6, "0")}`),
      state: "open",
      openedAt: finding.since,
      closedAt: null,
      closeReason: null,
      finding,
    }),
  );
  return {
    cases,
    now: () => picture.now(tenant),
    services: createOperations({
      store: { tenant: async () => tenant },
      picture,
      cases: { openCases: async () => [...cases] },
      actionTitle: (id) => `Remedy ${id}`,
      operations: {
        eventsAbout: async (_, { type, id }) =>
          events.filter(
            ({ subject, objects }) =>
              (subject.kind === type && subject.id === id) ||
              objects.some((object) => object.type === type && object.id === id),
          ),
      },
    }),
  };
}

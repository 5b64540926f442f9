import { createCaseStore } from "#/db/case-store.ts";
import type { Database } from "#/db/open-database.ts";
import { createArrivals } from "#/db/operations/arrivals.ts";
import { createOperationsStore } from "#/db/operations/operations-store.ts";
import type { TenantId } from "#/domain/ids.ts";
import type { SystemKind } from "#/domain/record.ts";
import { declarations } from "#/tools/act/catalogue.ts";
import type { Connector } from "#/tools/ports.ts";
import type { Start } from "#/workflows/durable.ts";
import type { CaseStore } from "#/workflows/operations/case-store.ts";
import { createOperations } from "#/workflows/operations/create-operations.ts";
import { createFirmPicture } from "#/workflows/operations/firm-picture.ts";
import { sourcesOf } from "#/workflows/operations/sources.ts";
import { type TwinDelay, twinDelay } from "#/workflows/operations/twin-delay.ts";
import { type FirmWatch, watchOperations } from "#/workflows/operations/watch-operations.ts";
import type { OperationsServices, SourceState } from "#/workflows/operations-services.ts";
import type { Store, Tenant } from "#/workflows/store.ts";

export type OperationsParts = {
  readonly database: Database;
  readonly connector: Connector;
  readonly store: Store;
  readonly start: Pick<Start, "investigate">;
  readonly now: () => string;
  readonly log: (message: string, cause: unknown) => void;
};

export type ComposedOperations = {
  readonly services: OperationsServices;
  readonly watch: FirmWatch;
  readonly cases: Pick<CaseStore, "caseById">;
  /** Systems that nobody has read for too long. */
  readonly stale: (tenant: TenantId) => Promise<readonly SystemKind[]>;
  /** How fresh the picture is. */
  readonly sources: (tenant: Tenant) => Promise<readonly SourceState[]>;
  readonly twinDelay: TwinDelay;
};

/** The picture of the whole firm, where the connection tells what changes; null where it does not. */
export function composeOperations(parts: OperationsParts): ComposedOperations | null {
  const { database, connector, store, start, now, log } = parts;
  const { feed } = connector;
  if (!feed) return null;
  const operations = createOperationsStore(database);
  const cases = createCaseStore(database);
  const picture = createFirmPicture({
    arrivals: createArrivals(database),
    store: operations,
    now,
  });
  const sources = async (tenant: Tenant): Promise<readonly SourceState[]> =>
    sourcesOf(await picture.now(tenant));
  return {
    twinDelay: twinDelay(picture),
    sources,
    services: createOperations({ store, picture, cases, operations, actionTitle }),
    cases,
    stale: async (id) =>
      (await sources(await store.tenant(id)))
        .filter(({ stale }) => stale)
        .map(({ system }) => system),
    watch: watchOperations({
      twin: { feed, store: operations, systems: feed.systems, now, log },
      picture,
      store,
      operations,
      cases,
      investigate: start.investigate,
      now,
    }),
  };
}

const actionTitle = (id: string): string | null =>
  declarations.find((declared) => declared.id === id)?.title ?? null;

import type { TenantId } from "#/domain/ids.ts";
import { type RecordKind, recordKinds, systemOfKind } from "#/domain/operating-model.ts";
import type { FirmView } from "#/monitor/twin/firm-view.ts";
import type { TwinSettings } from "#/monitor/twin/show-record.ts";
import { viewOfRecords } from "#/monitor/twin/view-of-records.ts";
import type {
  DossierQuestion,
  KnownRecords,
  OperationsStore,
  SourceReading,
} from "./operations-store.ts";

export type ViewNeeds = {
  readonly store: Pick<OperationsStore, "dossier" | "firmRecords" | "readings">;
  readonly settings: TwinSettings;
};

/** The part of the firm that the assessment of one project needs. */
export async function viewOfProject(
  tenant: TenantId,
  asked: DossierQuestion,
  needs: ViewNeeds,
): Promise<FirmView> {
  const known = await needs.store.dossier(tenant, { history: "own", ...asked });
  const lastRead = lastReadAt(await needs.store.readings(tenant), asked.asOf);
  return viewOfRecords(known, needs.settings, { asOf: asked.asOf, lastRead });
}

export type FirmQuestion = {
  readonly asOf: string;
  /** true: as it was known then. By default as it is known now. */
  readonly past?: boolean;
  /** By default every kind. */
  readonly kinds?: readonly RecordKind[];
  /** Kinds whose events come along. By default none. */
  readonly history?: readonly RecordKind[];
};

/** The whole firm, or all records of some kinds. */
export async function viewOfFirm(
  tenant: TenantId,
  { asOf, past = false, kinds = recordKinds, history = [] }: FirmQuestion,
  needs: ViewNeeds,
): Promise<FirmView> {
  const pages: KnownRecords[] = [];
  for await (const page of needs.store.firmRecords(tenant, {
    kinds,
    history,
    asOf: past ? asOf : null,
  }))
    pages.push(page);
  const lastRead = lastReadAt(await needs.store.readings(tenant), asOf);
  return viewOfRecords(
    {
      records: pages.flatMap(({ records }) => records),
      events: pages.flatMap(({ events }) => events),
    },
    needs.settings,
    { asOf, lastRead },
  );
}

/**
 * When each system had last answered at that instant. One that has answered since has told us everything
 * of then; one that never answered is null.
 */
export function lastReadAt(readings: readonly SourceReading[], asOf: string): FirmView["lastRead"] {
  const known = new Map(readings.map(({ system, lastRead }) => [system, lastRead]));
  return Object.fromEntries(
    Object.values(systemOfKind).map((system) => {
      const at = known.get(system) ?? null;
      return [system, at !== null && at > asOf ? asOf : at];
    }),
  );
}

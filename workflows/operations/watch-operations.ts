import type { Finding } from "#/domain/finding.ts";
import type { ExceptionId, TenantId } from "#/domain/ids.ts";
import { detect } from "#/monitor/detect/detect.ts";
import { isLive } from "#/monitor/detect/detector.ts";
import { nextCases } from "#/monitor/detect/lifecycle.ts";
import { assessHealth, remember } from "#/monitor/portfolio/assess-project.ts";
import { type CaughtUp, catchUp, type KeepTwinNeeds } from "../keep-twin.ts";
import type { OperationsStore } from "../operations-store.ts";
import type { Enqueue, Store, Tenant } from "../store.ts";
import type { CaseStore } from "./case-store.ts";
import type { FirmNow, FirmPicture } from "./firm-picture.ts";

export type WatchOperationsNeeds = {
  readonly twin: KeepTwinNeeds;
  readonly picture: FirmPicture;
  readonly store: Pick<Store, "tenant">;
  readonly operations: Pick<OperationsStore, "saveAssessments" | "loadAssessments">;
  readonly cases: CaseStore;
  readonly investigate: (tenant: TenantId, id: ExceptionId, digest: string) => Enqueue;
  readonly now: () => string;
};

export type Looked = {
  readonly opened: number;
  readonly updated: number;
  readonly closed: number;
};

/** How the whole firm is watched: what its systems have to tell is taken in first. */
export type FirmWatch = {
  takeIn(tenant: TenantId): Promise<CaughtUp>;
  look(tenant: TenantId): Promise<Looked>;
};

/** So many new cases at once are told in one message, worst first: nobody reads forty. */
export const digestSize = 5;

export const watchOperations = (needs: WatchOperationsNeeds): FirmWatch => ({
  takeIn: (tenant) => catchUp(tenant, needs.twin),
  /**
   * Judges every running project once a day, and opens, brings up to date and closes cases. Looking
   * twice changes nothing more.
   */
  look: async (tenantId) => {
    const tenant = await needs.store.tenant(tenantId);
    const firm = await needs.picture.now(tenant);
    await evaluateDaily(tenant, firm, needs);
    return tellCases(tenant, firm, needs);
  },
});

/** The evaluation that counts towards an improvement: once a civil day of the firm, and kept. */
async function evaluateDaily(
  tenant: Tenant,
  { view }: FirmNow,
  { operations }: WatchOperationsNeeds,
): Promise<void> {
  const kept = new Map(
    (await operations.loadAssessments(tenant.id, null)).map((saved) => [saved.projectId, saved]),
  );
  const today = dayOf(tenant, view.asOf);
  const due = view.all("project").filter((project) => {
    const known = kept.get(project.id);
    return isLive(project) && (known === undefined || dayOf(tenant, known.asOf) < today);
  });
  if (due.length === 0) return;
  await operations.saveAssessments(
    tenant.id,
    due.map(({ id }) => {
      const before = (kept.get(id)?.memory ?? null) as Parameters<typeof remember>[0] | null;
      const memory = { previous: null, history: [], ...before, scheduled: true };
      const health = assessHealth(view, id, memory);
      const { rag, computed, coverage, sorting } = health;
      return {
        projectId: id,
        asOf: view.asOf,
        body: { rag, computed, coverage, score: sorting.score },
        memory: remember(memory, health),
      };
    }),
  );
}

const dayOf = ({ calendar }: Tenant, instant: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(calendar.zone).toPlainDate().toString();

async function tellCases(
  tenant: Tenant,
  { view }: FirmNow,
  needs: WatchOperationsNeeds,
): Promise<Looked> {
  const open = await needs.cases.openCases(tenant.id);
  const detection = detect(view, { projectIds: "all" });
  // A late invoice has a case of its own kind, with its whole attribution (watch-portfolio).
  const findings = detection.findings.filter(({ kind }) => kind !== "invoice-delay");
  const next = nextCases(
    open.map(({ finding }) => ({ key: finding.key, finding })),
    await needs.cases.toldOnce(tenant.id),
    { ...detection, findings },
  );
  const idOf = new Map(open.map(({ id, finding }) => [finding.key, id]));
  const withId = <T extends { readonly key: string }>(items: readonly T[]) =>
    items.flatMap((item) => {
      const id = idOf.get(item.key);
      return id ? [{ id, item }] : [];
    });
  // What only grew older is no news; its figures come from the picture when somebody asks.
  const changed = withId(next.update).filter(({ id, item }) => {
    const before = open.find((each) => each.id === id)?.finding;
    return before === undefined || shapeOf(before) !== shapeOf(item);
  });
  const opened = await needs.cases.applyCases(
    tenant.id,
    {
      open: [...next.open].toSorted(worstFirst),
      update: changed.map(({ id, item }) => ({ id, finding: item })),
      close: withId(next.close).map(({ id, item }) => ({ id, reason: item.reason })),
    },
    {
      notice: (ids) => noticesOf(ids, view.asOf),
      enqueue: (id) => needs.investigate(tenant.id, id, "opened"),
    },
  );
  return { opened: opened.length, updated: changed.length, closed: next.close.length };
}

const worstFirst = (one: Finding, other: Finding): number =>
  other.severity - one.severity ||
  (other.valueAtRisk?.minor ?? 0) - (one.valueAtRisk?.minor ?? 0) ||
  (one.key < other.key ? -1 : 1);

/** What makes a case worth telling again: how bad, which causes on what, open or gone. */
const shapeOf = ({ severity, causes, deadline }: Finding): string =>
  JSON.stringify([severity, deadline, causes.map(({ code, open }) => [code, open])]);

function noticesOf(
  opened: readonly ExceptionId[],
  asOf: string,
): { key: string; item: { kind: string } & Record<string, unknown> }[] {
  if (opened.length > digestSize)
    return [{ key: `case-digest:${asOf}`, item: { kind: "case-digest", cases: opened } }];
  return opened.map((id) => ({
    key: `case-notice:${id}`,
    item: { kind: "case-notice", exception: id },
  }));
}

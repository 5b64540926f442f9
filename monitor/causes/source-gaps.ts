import type { SystemKind } from "#/domain/record.ts";
import { type FreshnessLimit, freshness } from "../health/freshness.ts";
import type { FirmView } from "../twin/firm-view.ts";

const names: Readonly<Record<SystemKind, string>> = {
  psa: "The PSA",
  crm: "The CRM",
  erp: "The ERP",
  hris: "The HR system",
  itsm: "The service desk",
  messenger: "The messenger",
};

/** One sentence for each of these systems that never answered, or too long ago. */
export function sourceGaps(
  { asOf, lastRead }: FirmView,
  limits: readonly FreshnessLimit[],
  needed: readonly SystemKind[],
): string[] {
  const critical = needed.map((system): FreshnessLimit => {
    const own = limits.find((limit) => limit.system === system);
    return { minutes: 48 * 60, sourceNote: "", ...own, system, critical: true };
  });
  return freshness(critical, lastRead, asOf).staleCritical.map((system) => {
    const at = lastRead[system] ?? null;
    return at === null
      ? `${names[system]} has not been read.`
      : `${names[system]} was last read ${at}, too long ago to rely on.`;
  });
}

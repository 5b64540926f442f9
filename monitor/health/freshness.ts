import type { Source, SystemKind } from "#/domain/record.ts";

/** How old a reading may be, as a firm's own data. A source does not rest: wall-clock minutes. */
export type FreshnessLimit = {
  readonly system: SystemKind;
  readonly minutes: number;
  /** Without it there is no colour at all. */
  readonly critical: boolean;
  readonly sourceNote: string;
};

const judgement = "A judgement, not a standard. Set per firm.";

export const defaultFreshness: readonly FreshnessLimit[] = [
  { system: "psa", minutes: 24 * 60, critical: true, sourceNote: judgement },
  { system: "erp", minutes: 24 * 60, critical: true, sourceNote: judgement },
  { system: "crm", minutes: 48 * 60, critical: false, sourceNote: judgement },
  { system: "hris", minutes: 48 * 60, critical: false, sourceNote: judgement },
  { system: "itsm", minutes: 48 * 60, critical: false, sourceNote: judgement },
  { system: "messenger", minutes: 48 * 60, critical: false, sourceNote: judgement },
];

/** When each system last answered; null: it never did. Unchanged records keep their older reading. */
export type LastRead = Readonly<Partial<Record<SystemKind, string | null>>>;

export type Freshness = {
  readonly isFresh: (source: Source) => boolean;
  /** Critical systems whose last answer is too old, or that never answered. */
  readonly staleCritical: readonly SystemKind[];
};

export function freshness(
  limits: readonly FreshnessLimit[],
  lastRead: LastRead,
  asOf: string,
): Freshness {
  const now = Temporal.Instant.from(asOf).epochMilliseconds;
  const within = (minutes: number, at: string | null | undefined): boolean =>
    at != null && now - Temporal.Instant.from(at).epochMilliseconds <= minutes * 60_000;
  const judged = new Map(
    limits.map(({ system, minutes }) => [system, within(minutes, lastRead[system])]),
  );
  return {
    // A system that is not listed is judged by the record itself, as strictly as the strictest.
    isFresh: (source) => judged.get(source.system) ?? within(strictest(limits), source.retrievedAt),
    staleCritical: limits
      .filter(({ system, critical }) => critical && judged.get(system) !== true)
      .map(({ system }) => system)
      .toSorted(),
  };
}

const strictest = (limits: readonly FreshnessLimit[]): number =>
  limits.reduce((least, { minutes }) => Math.min(least, minutes), 24 * 60);

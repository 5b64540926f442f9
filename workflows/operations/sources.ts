import type { Evidence } from "#/domain/evidence.ts";
import type { SystemKind } from "#/domain/record.ts";
import { defaultDetection } from "#/monitor/detect/settings.ts";
import type { Picture, SourceState, Statement } from "../operations-services.ts";
import type { SourceReading } from "../operations-store.ts";
import type { FirmNow } from "./firm-picture.ts";

const limits = new Map(defaultDetection.freshness.map(({ system, minutes }) => [system, minutes]));

/** How fresh what we know of each system is; the stale ones first. */
export function sourcesOf({ readings, view }: FirmNow): SourceState[] {
  const now = Date.parse(view.asOf);
  return readings
    .map(
      ({ system, lastRead, problem }: SourceReading): SourceState => ({
        system,
        lastRead,
        stale:
          lastRead === null ||
          now - Date.parse(lastRead) > (limits.get(system) ?? 24 * 60) * 60_000,
        problem,
      }),
    )
    .toSorted(
      (one, other) =>
        Number(other.stale) - Number(one.stale) || (one.system < other.system ? -1 : 1),
    );
}

const words: Readonly<Record<SystemKind, string>> = {
  psa: "The PSA",
  crm: "The CRM",
  erp: "The ERP",
  hris: "The HR system",
  itsm: "The service desk",
  messenger: "The chat",
};

/** It was read and has fallen silent. One that nobody has yet tried to read is only not known. */
export const isOutOfDate = ({ stale, lastRead, problem }: SourceState): boolean =>
  stale && (lastRead !== null || problem !== null);

const minuteOf = (instant: string): string => `${instant.slice(0, 16).replace("T", " ")} UTC`;

/** `the PSA was last read at 2026-11-22 09:10 UTC`. */
export const readingText = ({ system, lastRead }: SourceState): string =>
  lastRead === null
    ? `${words[system]} was never read`
    : `${words[system]} was last read at ${minuteOf(lastRead)}`;

/** What an answer says of its sources before anything else: nothing when all of them are fresh. */
export const staleStatements = (sources: readonly SourceState[]): Statement[] =>
  sources
    .filter(({ stale, problem }) => stale || problem !== null)
    .map(({ system, lastRead, stale }) => ({
      text:
        lastRead === null
          ? `${words[system]} was never read, so whatever rests on it is unknown.`
          : stale
            ? `${words[system]} was last read at ${minuteOf(lastRead)}, which is too long ago: nothing that rests on it has a colour, and figures are as of then.`
            : `${words[system]} does not answer now; what we know of it is from ${minuteOf(lastRead)}.`,
      evidence: [],
    }));

/** The part that every answer carries. */
export function pictureOf(
  firm: FirmNow,
  said: { readonly statements: readonly Statement[]; readonly evidence: readonly Evidence[] },
): Picture {
  const sources = sourcesOf(firm);
  return {
    asOf: firm.view.asOf,
    sources,
    statements: [...staleStatements(sources), ...said.statements],
    evidence: said.evidence.map((fact) => knownAt(fact, firm)),
  };
}

/**
 * A record that did not change since it was told is as its system showed it when that was last read in
 * full: the fact is as old as that reading, not as old as the record.
 */
function knownAt(fact: Evidence, { view }: FirmNow): Evidence {
  const { system } = fact.record;
  const read = system === "countersign" ? null : view.lastRead[system];
  return read != null && read > fact.retrievedAt ? { ...fact, retrievedAt: read } : fact;
}

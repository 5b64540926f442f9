import type { Finding } from "#/domain/finding.ts";
import type { Detection } from "./detect.ts";
import { collapseStorms, stormKey } from "./storms.ts";

/** A case as it was last told. Its key is the finding's. */
export type OpenCase = { readonly key: string; readonly finding: Finding };

export type NextCases = {
  /** New cases, to be told. Add their keys to what was told. */
  readonly open: readonly Finding[];
  /** Open cases whose words, figures or evidence changed; nobody needs to be told again. */
  readonly update: readonly Finding[];
  readonly close: readonly { readonly key: string; readonly reason: string }[];
};

/**
 * What becomes of the cases after one detection. One case to a key; it closes when its cause is gone,
 * stays as it is while nobody can say or while it is out of scope, and a `once` finding in `told` never
 * opens again. What is open afterwards depends on `told` and the last detection, so a repeated or
 * superseded detection changes nothing.
 */
export function nextCases(
  open: readonly OpenCase[],
  told: ReadonlySet<string>,
  detection: Detection,
): NextCases {
  const known = new Map(open.map((one) => [one.key, one.finding]));
  const whole = detection.scope.projectIds === "all";
  const { findings, within } = whole
    ? collapseStorms(detection.findings, detection.stormSize)
    : { findings: outsideStorms(detection.findings, known), within: new Map<string, string>() };
  const present = new Set(findings.map(({ key }) => key));
  return {
    open: findings.filter(
      ({ key, repeat }) => !known.has(key) && !(repeat === "once" && told.has(key)),
    ),
    update: findings.filter((finding) => {
      const before = known.get(finding.key);
      return before !== undefined && !isSame(before, finding);
    }),
    close: open.flatMap(({ key, finding }) => {
      if (present.has(key)) return [];
      const storm = within.get(key);
      if (storm !== undefined) return [{ key, reason: `It is part of ${storm}.` }];
      return isJudged(detection, finding) ? [{ key, reason: "Its cause is gone." }] : [];
    }),
  };
}

/** A part of the firm cannot say whether a storm is over: what belongs to an open one stays in it. */
const outsideStorms = (
  findings: readonly Finding[],
  known: ReadonlyMap<string, Finding>,
): readonly Finding[] =>
  findings.filter((finding) => {
    const storm = stormKey(finding);
    return storm === null || !known.has(storm) || known.has(finding.key);
  });

function isJudged({ scope, undecided }: Detection, { kind, projectId }: Finding): boolean {
  const inScope =
    scope.projectIds === "all" || (projectId !== null && scope.projectIds.includes(projectId));
  return (
    inScope &&
    !undecided.some(
      (gap) => gap.kind === kind && (gap.projectId === null || gap.projectId === projectId),
    )
  );
}

/** The same but for the moment at which it was said. */
const isSame = (one: Finding, other: Finding): boolean =>
  JSON.stringify({ ...one, asOf: "" }) === JSON.stringify({ ...other, asOf: "" });

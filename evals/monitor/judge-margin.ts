import { type MarginBridge, marginBridge } from "#/monitor/erosion/margin-bridge.ts";
import type { EvalFirm } from "./eval-firm.ts";
import type { Judged } from "./judged.ts";
import { shownRow as row } from "./shown-row.ts";

/** One project: what its margin will really have lost, in points, and what the bridge says. */
export type JudgedMargin = {
  readonly projectId: string;
  readonly truthPoints: number;
  readonly bridge: MarginBridge;
  /** Causes of what was changed about this project by the anchor, where records show it. */
  readonly codes: readonly (readonly string[])[];
  readonly finished: boolean;
};
export type MarginTrial = { readonly judged: readonly JudgedMargin[]; readonly unknown: number };

/** Smaller changes of a margin are noise of hours and prices: they have no sign worth judging. */
const noteworthyPoints = 2;
/** What a change of circumstances must really have cost, by running the firm without it. */
const costlyPoints = 1;

export const judgeMargin = (firm: EvalFirm): Judged[] => marginRows([tryMargin(firm)]);

export function tryMargin({ now, truth, firm }: EvalFirm): MarginTrial {
  const codes = new Map<string, string[][]>();
  for (const scenario of truth.scenarios) {
    const own = scenario.codes.filter((code) => code.startsWith("MAR-"));
    const shows = scenario.visibleFrom !== null && scenario.visibleFrom <= firm.now;
    if (own.length === 0 || !shows || scenario.entityType !== "project") continue;
    // A wrong rate that was corrected in time has cost nothing: there is no cause to find.
    const cost = truth
      .without(scenario.id)
      .projects.find(({ projectId }) => projectId === scenario.entityId);
    if (Math.abs(cost?.marginPoints ?? 0) < costlyPoints) continue;
    codes.set(scenario.entityId, [...(codes.get(scenario.entityId) ?? []), own]);
  }
  const bridges = truth.projects.map((project) => ({
    project,
    bridge: marginBridge(now, project.projectId),
  }));
  return {
    judged: bridges.flatMap(({ project, bridge }) =>
      bridge.kind === "unknown"
        ? []
        : [
            {
              projectId: project.projectId,
              truthPoints: (project.marginAtEnd - project.marginAtSale) * 100,
              bridge,
              codes: codes.get(project.projectId) ?? [],
              finished: bridge.method === "finished",
            },
          ],
    ),
    unknown: bridges.filter(({ bridge }) => bridge.kind === "unknown").length,
  };
}

const points = ({ bridge }: JudgedMargin): number => (bridge.variancePoints ?? 0) / 100;
const missedBy = (one: JudgedMargin): number => Math.abs(points(one) - one.truthPoints);

export function marginRows(trials: readonly MarginTrial[]): Judged[] {
  const judged = trials.flatMap((trial) => trial.judged);
  const unknown = trials.reduce((sum, trial) => sum + trial.unknown, 0);
  const finished = judged.filter((one) => one.finished);
  const open = judged.filter((one) => !one.finished);
  const moved = judged.filter(({ truthPoints }) => Math.abs(truthPoints) >= noteworthyPoints);
  const signed = moved.filter((one) => Math.sign(points(one)) === Math.sign(one.truthPoints));
  const caused = judged.filter(
    ({ codes, truthPoints }) => codes.length > 0 && truthPoints <= -noteworthyPoints,
  );
  const broken = judged.filter(({ bridge }) => !addsUp(bridge));
  return [
    {
      metric: "margin: bridges that do not add up",
      value: broken.length,
      n: judged.length,
      bar: "0",
      pass: judged.length === 0 ? null : broken.length === 0,
    },
    row(
      "margin: erosion in points, MAE, finished projects",
      mean(finished, missedBy),
      finished.length,
    ),
    row("margin: erosion in points, MAE, running projects", mean(open, missedBy), open.length),
    row(
      "margin: MAE of saying that nothing eroded",
      mean(judged, ({ truthPoints }) => Math.abs(truthPoints)),
      judged.length,
    ),
    row(
      "margin: gains or loses, right where it moved 2 points",
      share(signed.length, moved.length),
      moved.length,
    ),
    row("margin: a true cause among the two largest", among(caused, 2), caused.length),
    row("margin: the largest cause is a true one", among(caused, 1), caused.length),
    row(
      "margin: largest residual in minor units",
      Math.max(0, ...judged.map(residual)),
      judged.length,
    ),
    row("margin: unknown", unknown, judged.length + unknown),
  ];
}

/** A scenario's causes are what it did on purpose; chance erodes the same projects as well. */
const among = (caused: readonly JudgedMargin[], largest: number): number | null =>
  share(
    caused.filter(({ bridge, codes }) => {
      const top = bridge.causes.slice(0, largest).map(({ code }): string => code);
      return codes.some((own) => own.some((code) => top.includes(code)));
    }).length,
    caused.length,
  );

const addsUp = ({
  lines,
  varianceMinor,
  variancePoints,
  baseline,
  forecast,
}: MarginBridge): boolean =>
  lines.reduce((sum, { minor }) => sum + minor, 0) === varianceMinor &&
  forecast.marginMinor - baseline.marginMinor === varianceMinor &&
  (variancePoints === null ||
    (lines.reduce((sum, line) => sum + (line.points ?? 0), 0) === variancePoints &&
      (forecast.marginHundredths ?? 0) - (baseline.marginHundredths ?? 0) === variancePoints));

const residual = ({ bridge }: JudgedMargin): number =>
  Math.abs(bridge.lines.find(({ part }) => part === "residual")?.minor ?? 0);
const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
const mean = <Item>(items: readonly Item[], of: (item: Item) => number): number | null =>
  share(
    items.reduce((sum, item) => sum + of(item), 0),
    items.length,
  );

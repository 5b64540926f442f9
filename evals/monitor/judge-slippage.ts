import { type Slippage, slippageOf } from "#/monitor/slippage/slippage.ts";
import type { ProjectTruth } from "#/sandbox/simulator/truth-types.ts";
import type { EvalFirm } from "./eval-firm.ts";
import type { Judged } from "./judged.ts";
import { shownRow as row } from "./shown-row.ts";

/** One project: what really moved it, and what the records were read to say. */
export type JudgedSlip = {
  readonly projectId: string;
  /** The slip with the most days that had begun; null: none, or one that has no code. */
  readonly truth: { readonly code: string; readonly days: number } | null;
  readonly found: Slippage;
  readonly clean: boolean;
};

/** Shorter than this, a slip shows in no record: dates are moved by days. */
const visibleDays = 2;
/** What is said of a project that nothing slowed counts as false from here on. */
const noteworthyDays = 3;

export const judgeSlippage = (firm: EvalFirm): Judged[] => slippageRows(trySlippage(firm));

export function trySlippage({ now, truth, firm }: EvalFirm): JudgedSlip[] {
  const today = firm.now.slice(0, 10);
  return truth.projects.flatMap((project) => {
    const found = slippageOf(now, project.projectId);
    if (found.kind === "unknown") return [];
    const { projectId, slips } = project;
    return [{ projectId, truth: topSlip(project, today), found, clean: slips.length === 0 }];
  });
}

function topSlip({ slips }: ProjectTruth, today: string): JudgedSlip["truth"] {
  const byCode = new Map<string, number>();
  for (const { code, from, days } of slips)
    if (code !== "none" && from <= today) byCode.set(code, (byCode.get(code) ?? 0) + days);
  const [top] = [...byCode].toSorted((a, b) => b[1] - a[1]);
  return top ? { code: top[0], days: top[1] } : null;
}

export function slippageRows(judged: readonly JudgedSlip[]): Judged[] {
  // A slip that is still to come moves no date yet: nobody could say why.
  const caused = judged.filter(
    ({ truth, found }) =>
      truth !== null && truth.days >= visibleDays && found.slipDays >= visibleDays,
  );
  const unseen = judged.filter(
    ({ truth, found }) =>
      truth !== null && truth.days >= visibleDays && found.slipDays < visibleDays,
  );
  const right = caused.filter(({ truth, found }) => found.causes[0]?.code === truth?.code);
  const daysOff = right.map(({ truth, found }) =>
    Math.abs((found.causes[0]?.days ?? 0) - (truth?.days ?? 0)),
  );
  const clean = judged.filter(({ clean: nothing }) => nothing);
  const wrongly = clean.filter(({ found }) => (found.causes[0]?.days ?? 0) >= noteworthyDays);
  const broken = judged.filter(({ found }) => !addsUp(found));
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return [
    row(
      "slippage: cause with most days is right",
      share(right.length, caused.length),
      caused.length,
    ),
    row(
      "slippage: always SLP-7 would be right",
      share(caused.filter(({ truth }) => truth?.code === "SLP-7").length, caused.length),
      caused.length,
    ),
    row("slippage: days off where it is right, MAE", meanOf(daysOff), daysOff.length),
    row(
      "slippage: projects nothing slowed that are given a cause",
      share(wrongly.length, clean.length),
      clean.length,
    ),
    row("slippage: slips that no date shows yet", unseen.length, judged.length),
    {
      metric: "slippage: sums that do not add up",
      value: broken.length,
      n: judged.length,
      bar: "0",
      pass: broken.length === 0,
    },
  ];
}

const addsUp = ({ slipDays, causes, unexplainedDays }: Slippage): boolean =>
  causes.reduce((sum, { days }) => sum + days, unexplainedDays) === Math.max(0, slipDays) &&
  causes.every(({ days, soleDays, sharedDays }) => soleDays + sharedDays === days);

const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

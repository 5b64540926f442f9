import { businessDays, dateIn } from "../clocks/civil-days.ts";
import type { Coverage, Observed } from "../kpi/intake.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { type DrivingChain, drivingChain, milestoneDates } from "./driving-chain.ts";
import { effortClaims, staleClaim } from "./effort-claims.ts";
import { fitDays, type SharedDays, sweepBlockers } from "./share-days.ts";
import { type SlipBlocker, slipBlockers } from "./slip-blockers.ts";
import { type SlipCode, slipCauses } from "./slip-causes.ts";

/** One milestone against its original baseline, in business days; negative is early. */
export type MilestoneSlippage = {
  readonly milestoneId: string;
  readonly name: string;
  readonly baselineOn: string;
  /** Delivered, or expected; a date that has passed counts as today. */
  readonly endOn: string;
  readonly delivered: boolean;
  readonly slipDays: number;
  /** Of these, late already at the milestone before it. */
  readonly inheritedDays: number;
  /** Past the day by which it had to be accepted; 0 when it was in time or is not contractual. */
  readonly acceptanceDays: number;
  readonly acceptanceOpen: boolean;
};

export type SlipCause = {
  readonly code: SlipCode;
  readonly title: string;
  /** In our words. */
  readonly details: readonly string[];
  readonly days: number;
  /** Held the chain alone, and together with others. */
  readonly soleDays: number;
  readonly sharedDays: number;
  readonly open: boolean;
  /** `medium`: reckoned from hours or from a date, and not from a record that says so. */
  readonly confidence: "high" | "medium";
  readonly inputs: readonly Observed[];
};

export type Slippage = {
  readonly kind: "slippage";
  readonly projectId: string;
  readonly asOf: string;
  /** The milestone that ends last, and what leads to it. */
  readonly driving: { readonly milestoneId: string; readonly taskIds: readonly string[] };
  readonly baselineOn: string;
  readonly endOn: string;
  /** Business days; 0 or less: not late. */
  readonly slipDays: number;
  /** The most days first; with the unexplained days they are the slip. */
  readonly causes: readonly SlipCause[];
  readonly unexplainedDays: number;
  /** Days that the causes took and the plan's slack gave back. */
  readonly absorbedDays: number;
  /** Slow acceptance of what is delivered: after the slip, and not part of it. */
  readonly acceptance: SlipCause | null;
  readonly milestones: readonly MilestoneSlippage[];
  readonly coverage: Coverage;
  readonly inputs: readonly Observed[];
};

export type NoSlippage = {
  readonly kind: "unknown";
  readonly projectId: string;
  readonly asOf: string;
  readonly missing: readonly string[];
};

/**
 * Why one project ends later than its baseline. Only what held the driving chain gets days, each day
 * goes to one cause, and days that nothing explains are shown. Same view, same bytes.
 */
export function slippageOf(view: FirmView, projectId: string): Slippage | NoSlippage {
  const unknown = (...missing: string[]): NoSlippage => ({
    kind: "unknown",
    projectId,
    asOf: view.asOf,
    missing,
  });
  const project = view.get("project", projectId);
  if (project === null) return unknown("the project");
  if ((view.lastRead.psa ?? null) === null) return unknown("the psa, which was never read in full");
  const chain = drivingChain(view, projectId);
  if (chain === null) return unknown("milestones with dates");
  const slipDays = businessDays(view.calendar, chain.baselineOn, chain.endOn);
  const found = slipDays > 0 ? causesOf(view, { project, chain, slipDays }) : none;
  const milestones = milestoneSlips(view, projectId);
  return {
    kind: "slippage",
    projectId,
    asOf: view.asOf,
    driving: {
      milestoneId: chain.milestone.id,
      taskIds: chain.tasks.map(({ id }) => id),
    },
    baselineOn: chain.baselineOn,
    endOn: chain.endOn,
    slipDays,
    ...found,
    acceptance: acceptanceOf(view, projectId, milestones),
    milestones,
    coverage: { present: 1 + Math.min(1, chain.tasks.length), required: 2 },
    inputs: [
      dated(chain.milestone, "baselineOn"),
      dated(chain.milestone, chain.delivered ? "deliveredOn" : "forecastOn"),
      ...found.causes.flatMap(({ inputs }) => inputs),
    ],
  };
}

const none = { causes: [], unexplainedDays: 0, absorbedDays: 0 };

type Late = {
  readonly project: TwinRecord<"project">;
  readonly chain: DrivingChain;
  readonly slipDays: number;
};

function causesOf(
  view: FirmView,
  { project, chain, slipDays }: Late,
): Pick<Slippage, "causes" | "unexplainedDays" | "absorbedDays"> {
  const blockers = slipBlockers(view, project, chain);
  const swept = sweepBlockers(view.calendar, blockers);
  const fitted = fitDays(swept, slipDays);
  const blockedDays = sumOf(fitted);
  const causes = fitted.map((share) => blockedCause(share, blockers));
  // More work than planned explains no more than what is left, and a stale plan only the rest of that.
  const stale = staleClaim(view, project, chain);
  const efforts = effortClaims(view, project);
  let left = slipDays - blockedDays;
  for (const claims of [efforts, stale === null ? [] : [stale]]) {
    const shares = claims.map(({ code, days }) => ({ code, days, sole: days, shared: 0 }));
    for (const share of fitDays(shares, left)) {
      const claim = claims.find(({ code }) => code === share.code);
      if (claim === undefined || share.days === 0) continue;
      causes.push({
        code: share.code,
        title: slipCauses[share.code],
        details: [claim.detail],
        days: share.days,
        soleDays: share.days,
        sharedDays: 0,
        open: project.fields.status !== "completed",
        confidence: "medium",
        inputs: claim.inputs,
      });
      left -= share.days;
    }
  }
  return {
    causes: causes.toSorted((a, b) => b.days - a.days || (a.code < b.code ? -1 : 1)),
    unexplainedDays: left,
    absorbedDays: sumOf(swept) - blockedDays,
  };
}

const sumOf = (shares: readonly SharedDays[]): number =>
  shares.reduce((sum, { days }) => sum + days, 0);

function blockedCause(
  { code, days, sole, shared }: SharedDays,
  blockers: readonly SlipBlocker[],
): SlipCause {
  const own = blockers.filter((one) => one.code === code);
  return {
    code,
    title: slipCauses[code],
    details: own.map(({ detail }) => detail),
    days,
    soleDays: sole,
    sharedDays: shared,
    open: own.some(({ open }) => open),
    confidence: "high",
    inputs: own.flatMap(({ inputs }) => inputs),
  };
}

function milestoneSlips(view: FirmView, projectId: string): MilestoneSlippage[] {
  const today = dateIn(view.calendar.zone, view.asOf);
  const { calendar } = view;
  let inherited = 0;
  return view
    .by("milestone", "projectId", projectId)
    .map((milestone) => ({ milestone, dates: milestoneDates(view, milestone) }))
    .toSorted((a, b) => (a.dates.baselineOn < b.dates.baselineOn ? -1 : 1))
    .map(({ milestone: { id, fields }, dates }) => {
      const slipDays = businessDays(calendar, dates.baselineOn, dates.endOn);
      const { contractual, due, deliveredOn, acceptedOn } = fields;
      const acceptanceOpen = contractual && deliveredOn !== null && acceptedOn === null;
      // What is delivered after the agreed day is the slip's affair, and not the client's.
      const from = deliveredOn !== null && due !== null && deliveredOn > due ? deliveredOn : due;
      const until = acceptedOn ?? (acceptanceOpen ? today : null);
      const slip: MilestoneSlippage = {
        milestoneId: id,
        name: fields.name,
        ...dates,
        slipDays,
        inheritedDays: Math.min(Math.max(0, inherited), Math.max(0, slipDays)),
        acceptanceDays:
          contractual && from !== null && until !== null
            ? Math.max(0, businessDays(calendar, from, until))
            : 0,
        acceptanceOpen,
      };
      inherited = slipDays;
      return slip;
    });
}

function acceptanceOf(
  view: FirmView,
  projectId: string,
  milestones: readonly MilestoneSlippage[],
): SlipCause | null {
  const slow = milestones.filter(({ acceptanceDays }) => acceptanceDays > 0);
  if (slow.length === 0) return null;
  const days = slow.reduce((sum, { acceptanceDays }) => sum + acceptanceDays, 0);
  return {
    code: "SLP-4",
    title: slipCauses["SLP-4"],
    details: slow.map(
      ({ name, acceptanceDays, acceptanceOpen }) =>
        `"${name}" ${acceptanceOpen ? "has waited" : "waited"} ${acceptanceDays} business days past its day`,
    ),
    days,
    soleDays: days,
    sharedDays: 0,
    open: slow.some(({ acceptanceOpen }) => acceptanceOpen),
    confidence: "high",
    inputs: view
      .by("milestone", "projectId", projectId)
      .filter(({ id }) => slow.some(({ milestoneId }) => milestoneId === id))
      .flatMap((milestone) => [dated(milestone, "due"), dated(milestone, "deliveredOn")]),
  };
}

const dated = (
  { source, fields }: TwinRecord<"milestone">,
  field: "baselineOn" | "forecastOn" | "deliveredOn" | "due",
): Observed => ({ source, field, value: fields[field] });

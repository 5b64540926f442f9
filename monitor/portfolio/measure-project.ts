import type { SystemKind } from "#/domain/record.ts";
import { type HealthMeasures, type MeasureName, measureNames } from "../health/health-measures.ts";
import type { Kpi } from "../kpi/kpi.ts";
import type { FirmView } from "../twin/firm-view.ts";
import { wereRead } from "./basis.ts";
import { earnedMeasures, earnedValueOf, type ProjectWork } from "./earned-value-of.ts";
import { contextOf, projectContext } from "./firm-context.ts";
import { measureBilling } from "./measure-billing.ts";
import { measureClient } from "./measure-client.ts";
import { marginOf } from "./measure-margin.ts";
import { measureApprovals, measureCompliance, measureHygiene } from "./measure-order.ts";
import { measureRoles, measureTeam, measureUtilisation } from "./measure-people.ts";
import { measureAcceptance, measureTickets } from "./measure-quality.ts";
import { measureSchedule } from "./measure-schedule.ts";
import { measureOpenChangeAge, measureOpenChangeShare, measureScopeCues } from "./measure-scope.ts";
import { workDone } from "./work-done.ts";

const plan = ["psa", "hris", "crm"] as const;

/** The systems each measure is read from. One of them never read: the measure is not known (P6). */
export const measureSystems: Readonly<Record<MeasureName, readonly SystemKind[]>> = {
  spi: plan,
  spiTime: plan,
  slipBusinessDays: ["psa"],
  slipPercent: ["psa"],
  overdueTaskShare: ["psa"],
  milestoneMoves: ["psa"],
  cpi: plan,
  hoursUsed: ["psa"],
  percentComplete: plan,
  marginErosion: [...plan, "erp"],
  workAtRiskShare: plan,
  unfilledRoleStart: ["psa"],
  overloadedWeeks: ["psa", "hris"],
  leavingWithoutCover: ["psa", "hris"],
  utilisationVariance: ["psa"],
  openChangeAge: ["crm"],
  openChangeShare: plan,
  uncoveredScopeCues: ["messenger", "crm"],
  unacceptedAge: ["psa"],
  reworkRate: ["itsm", "psa"],
  severeTicketsPastLimit: ["itsm"],
  unbilledReadyAge: ["psa", "erp"],
  blockedInvoiceShare: ["erp", "crm"],
  overdueReceivableDays: ["erp"],
  timesheetCompliance: ["psa"],
  sponsorSilence: ["crm", "psa"],
  lowSatisfactionSigns: ["crm"],
  unmitigatedSponsorChanges: ["crm"],
  oldestPendingApproval: ["psa"],
  itemsWithoutOwner: ["psa", "hris"],
  itemsWithoutDate: ["psa"],
  brokenDependencies: ["psa"],
  milestonesAfterGoLive: ["psa"],
  staleItems: ["psa"],
};

/** The project and its work in its own currency; null: we hold no such project. */
export function projectWork(view: FirmView, projectId: string): ProjectWork | null {
  const project = view.get("project", projectId);
  if (!project) return null;
  const work = workDone(view, projectId, contextOf(view).today);
  return { project, work, context: projectContext(view, project.fields.currency) };
}

/** Everything the health rules look at, from the records of one project. All null: no such project. */
export function measureProject(view: FirmView, projectId: string): HealthMeasures {
  const about = projectWork(view, projectId);
  return about ? measureWork(view, about) : nothing();
}

export function measureWork(view: FirmView, about: ProjectWork): HealthMeasures {
  const earned = earnedValueOf(view, about);
  const measured: Readonly<Record<MeasureName, Kpi>> = {
    ...earnedMeasures(earned),
    ...measureSchedule(view, about),
    marginErosion: marginOf(view, about, earned).erosion,
    unfilledRoleStart: measureRoles(view, about),
    ...measureTeam(view, about),
    utilisationVariance: measureUtilisation(about),
    openChangeAge: measureOpenChangeAge(about),
    openChangeShare: measureOpenChangeShare(about, earned.bac),
    uncoveredScopeCues: measureScopeCues(view, about),
    unacceptedAge: measureAcceptance(view, about),
    ...measureTickets(view, about),
    ...measureBilling(view, about),
    timesheetCompliance: measureCompliance(view, about),
    ...measureClient(view, about),
    oldestPendingApproval: measureApprovals(view, about),
    ...measureHygiene(view, about),
  };
  return each((name) => (wereRead(view, measureSystems[name]) ? measured[name] : null));
}

const nothing = (): HealthMeasures => each(() => null);

const each = (of: (name: MeasureName) => Kpi | null): HealthMeasures =>
  Object.fromEntries(measureNames.map((name) => [name, of(name)])) as HealthMeasures;

import type { Day } from "./calendar.ts";
import { type Cast, withCircumstances } from "./cast.ts";
import { circumstancesOf, type Intervention } from "./interventions.ts";
import { marginOf } from "./project-margin.ts";
import { type FirmRun, type ProjectRun, runProject } from "./run-firm.ts";
import type { Counterfactual } from "./truth-types.ts";

/** Runs again, without one change, the projects that it could reach. Throws RangeError when there is none of that id. */
export function runWithout(run: FirmRun, id: string): Counterfactual {
  const { cast } = run;
  const change = cast.circumstances.all.find((one) => one.id === id);
  if (!change) throw new RangeError(`The firm has no scenario ${id}.`);
  const calm = withCircumstances(
    cast,
    circumstancesOf(cast.circumstances.all.filter((one) => one.id !== id)),
  );
  const reached = run.projects.filter((project) => mayReach(change, project, cast));
  const pairs = reached.map((project) => ({ project, calm: runProject(calm, project.plan) }));
  const { calendar } = cast.setting;
  const { calendar: days } = cast.setting;
  return {
    scenarioId: id,
    invoices: pairs.flatMap(({ project, calm: other }) => {
      const byId = new Map(other.invoices.map((invoice) => [invoice.id, invoice]));
      return project.invoices.flatMap((invoice) => {
        const twin = byId.get(invoice.id);
        if (!twin || (twin.issuedAt === invoice.issuedAt && twin.paidAt === invoice.paidAt))
          return [];
        return [
          {
            invoiceId: invoice.id,
            issuedAt: calendar.instant(invoice.issuedAt),
            issuedWithout: calendar.instant(twin.issuedAt),
            savedDays: calendar.between(twin.issuedAt, invoice.issuedAt),
            paidAt: calendar.instant(invoice.paidAt),
            paidWithout: calendar.instant(twin.paidAt),
          },
        ];
      });
    }),
    projects: pairs.flatMap(({ project, calm: other }) => {
      const savedDays =
        days.businessDaysIn(
          min(other.delivery.end, project.delivery.end),
          max(other.delivery.end, project.delivery.end),
        ) * Math.sign(project.delivery.end - other.delivery.end);
      const marginPoints = (marginOf(other) - marginOf(project)) * 100;
      if (savedDays === 0 && Math.abs(marginPoints) < 0.01) return [];
      return [
        {
          projectId: project.plan.id,
          endsOn: days.date(project.delivery.end),
          endsWithout: days.date(other.delivery.end),
          savedDays,
          marginPoints,
        },
      ];
    }),
  };
}

const min = (one: Day, other: Day): Day => Math.min(one, other);
const max = (one: Day, other: Day): Day => Math.max(one, other);

/** Whoever is not named here cannot be reached: that is what the separate streams are for. */
function mayReach(change: Intervention, { plan, approvals }: ProjectRun, cast: Cast): boolean {
  if (change.entityType === "project") return plan.id === change.entityId;
  if (change.entityType === "client") return plan.client.id === change.entityId;
  if (change.entityType === "system") return false;
  const person = cast.person(change.entityId);
  if (plan.leadId === person.id || plan.seats.some(({ personId }) => personId === person.id))
    return true;
  return (
    person.role !== "consultant" &&
    approvals.some(
      ({ request, decidedBy }) =>
        request.approverId === person.id ||
        decidedBy === person.id ||
        person.role === "finance_lead",
    )
  );
}

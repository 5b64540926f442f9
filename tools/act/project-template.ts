import { addBusinessDays, type BusinessCalendar } from "#/domain/business-time.ts";
import type { FieldsOf } from "#/domain/operating-model.ts";
import type { Planned } from "./planned-records.ts";

/**
 * How this firm starts a project: seats, first tasks and sizes. A judgement, to be set per firm. All
 * days count from the day the deal was closed, so that the same deal gives the same plan tomorrow.
 */
export const standardTemplate = {
  name: "Standard delivery",
  billing: "time_and_materials",
  startsAfterBusinessDays: 10,
  lastsBusinessDays: 60,
  /** What an hour is sold and planned at, in cents. */
  hourlyRateCents: 14_000,
  hourlyCostCents: 8_400,
  seats: ["senior", "consultant"],
  tasks: [
    { name: "Hand over from sales to delivery", afterBusinessDays: 3 },
    { name: "Agree the kickoff date with the client", afterBusinessDays: 5 },
    { name: "Set up access and workspace", afterBusinessDays: 8 },
  ],
} as const;

type Deal = Pick<FieldsOf<"opportunity">, "name" | "clientId" | "amountCents" | "closeOn">;

/** The project, its seats and its first tasks, in the order in which they are made. */
export function planFromTemplate(
  deal: Deal & { readonly id: string },
  about: { readonly clientName: string; readonly clientCode: string; readonly leadId: string },
  calendar: BusinessCalendar,
): Planned[] {
  const { startsAfterBusinessDays, lastsBusinessDays, seats, tasks } = standardTemplate;
  const { hourlyRateCents, hourlyCostCents } = standardTemplate;
  const day = (after: number): string => addBusinessDays(calendar, deal.closeOn, after);
  const startsOn = day(startsAfterBusinessDays);
  const minutes = Math.floor((deal.amountCents * 60) / hourlyRateCents);
  return [
    {
      part: "project",
      fields: {
        clientId: deal.clientId,
        clientName: about.clientName,
        opportunityId: deal.id,
        name: deal.name,
        code: `${about.clientCode}-${deal.id}`,
        billing: standardTemplate.billing,
        leadId: about.leadId,
        plannedStartOn: startsOn,
        plannedEndOn: day(startsAfterBusinessDays + lastsBusinessDays),
        budgetMinutes: minutes,
        contractValueCents: deal.amountCents,
        plannedCostCents: Math.floor((minutes * hourlyCostCents) / 60),
      },
    },
    ...seats.map((grade, index) => ({
      part: `staffing-request-${index + 1}`,
      fields: { grade, startOn: startsOn },
    })),
    ...tasks.map(({ name, afterBusinessDays }, index) => ({
      part: `task-${index + 1}`,
      fields: { name, dueOn: day(afterBusinessDays) },
    })),
  ];
}

import type { ProjectRun } from "./run-firm.ts";

/** Share of what will have been billed that is left after the cost of people and of what nobody pays back. */
export function marginOf({ invoices, sheets, expenses }: ProjectRun): number {
  const revenue = invoices.reduce((sum, { netCents }) => sum + netCents, 0);
  if (revenue === 0) return 0;
  return (revenue - costOf({ sheets, expenses })) / revenue;
}

export function costOf({ sheets, expenses }: Pick<ProjectRun, "sheets" | "expenses">): number {
  const people = sheets.reduce(
    (sum, { loggedMinutes, person }) => sum + (loggedMinutes / 60) * person.hourlyCostCents,
    0,
  );
  return (
    people +
    expenses
      .filter(({ approval }) => approval.decision === "approved")
      .reduce((sum, { amountCents }) => sum + amountCents, 0)
  );
}

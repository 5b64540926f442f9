import type { Source } from "#/domain/record.ts";
import { civilDays } from "../clocks/civil-days.ts";
import type { Context } from "./context.ts";
import { countOf } from "./count-of.ts";
import { createIntake, type Listing } from "./intake.ts";
import { amount, type Kpi, noValue } from "./kpi.ts";

/** A role a project needs. `filled` null: the system does not say. */
export type RoleRequest = {
  readonly source: Source;
  readonly startsOn: string | null;
  readonly filled: boolean | null;
};

/** Civil days until the first unfilled role starts; negative once it has passed. */
export function unfilledRoleStart(
  roles: Listing<RoleRequest> | null,
  { asOf, today }: Context,
): Kpi {
  const intake = createIntake();
  let open = 0;
  const days = intake.list(roles).flatMap((role) => {
    const filled = intake.need(role.source, "filled", role.filled);
    if (filled === null || filled) {
      if (filled === null) open += 1;
      return [];
    }
    open += 1;
    const start = intake.need(role.source, "startsOn", role.startsOn);
    return start === null ? [] : [civilDays(today, start)];
  });
  const about = { kpi: "unfilled-role-start", unit: "days", asOf, from: [intake] } as const;
  if (days.length === 0)
    return noValue(about, roles !== null && open === 0 ? "none-found" : "missing-input");
  return amount(about, Math.min(...days));
}

/** A key person of the project. null: the system does not say. */
export type KeyPerson = {
  readonly source: Source;
  readonly leavesOn: string | null;
  /** Somebody is named to take over; null: unknown. */
  readonly covered: boolean | null;
};

/** Key people with a leaving date and nobody named to take over. */
export const leavingWithoutCover = (people: Listing<KeyPerson> | null, context: Context): Kpi =>
  countOf(
    "leaving-without-cover",
    people && {
      source: people.source,
      items: people.items.map(({ source, leavesOn, covered }) =>
        leavesOn === null
          ? { source, field: "leavesOn", value: null, holds: false }
          : { source, field: "covered", value: covered, holds: covered === null ? null : !covered },
      ),
    },
    context,
  );

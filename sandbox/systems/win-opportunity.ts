import { NotAllowed } from "./not-allowed.ts";
import { eventOf } from "./record-writes.ts";
import type { Change, World } from "./world.ts";

/**
 * Sales wins a deal. `on`, a day: when it was won, where it is entered later; the signature counts, not the
 * entry. A deal that is won or lost is settled.
 */
export const winOpportunity =
  (world: World, id: string, on: string | null): Change<{ id: string }> =>
  ({ take, today }) => {
    const deal = take("deals", id);
    if (deal.stage === "closed_won" || deal.stage === "closed_lost")
      throw new NotAllowed(409, "already_closed", "This deal was settled before.");
    const closeOn = on ?? today;
    if (!/^\d{4}-\d\d-\d\d$/.test(closeOn) || closeOn > today)
      throw new NotAllowed(422, "bad_date", "A deal is won today or was won on a day before.");
    deal.stage = "closed_won";
    deal.closeOn = closeOn;
    deal.version += 1;
    const update = { kind: "opportunity", id, what: "won" } as const;
    const at = on === null ? null : `${closeOn}T10:00:00.000Z`;
    return {
      result: deal,
      happened: {
        type: "opportunity.won",
        subject: { system: "crm", type: "opportunity", id },
      },
      booked: [eventOf(world, { ...update, fields: { stage: "won", closeOn }, at })],
    };
  };

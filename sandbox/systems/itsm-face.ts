import { addBusinessDays } from "../firm/firm-days.ts";
import type { FirmRecord } from "../simulator/records.ts";
import type { Route } from "./serve-face.ts";
import { ok, page, tagged } from "./vendor-json.ts";
import type { World } from "./world.ts";
import { recordsById } from "./world-records.ts";

/* The service desk: tickets with their severity, what was promised about them, and reopenings. */

/** Business days in which a ticket of each severity is to be resolved. */
const promisedDays = { 1: 1, 2: 3, 3: 10, 4: 20 } as const;

const presentTicket = (ticket: FirmRecord<"ticket">, today: string) => {
  const resolveBy = addBusinessDays(ticket.openedOn, promisedDays[ticket.severity]);
  return tagged(
    {
      id: ticket.id,
      account: ticket.clientId,
      project: ticket.projectId,
      summary: ticket.title,
      priority: `P${ticket.severity}`,
      stage: ticket.state,
      raised_on: ticket.openedOn,
      resolved_on: ticket.resolvedOn,
      closed_on: ticket.closedOn,
      escalated: ticket.escalated,
      reopened: ticket.reopens,
      service_level: {
        resolve_by: resolveBy,
        missed: (ticket.resolvedOn ?? today) > resolveBy,
      },
    },
    ticket.version,
  );
};

export function itsmRoutes(world: World, today: () => string): Route[] {
  const tickets = recordsById(world, "ticket");
  return [
    { method: "GET", path: "/ping", run: () => ({ status: 200, json: { product: "itsm" } }) },
    {
      method: "GET",
      path: "/tickets",
      run: (call) => {
        const account = call.query.get("account");
        const rows = tickets.all().filter((row) => !account || row.clientId === account);
        return page(rows, call, (ticket) => presentTicket(ticket, today()));
      },
    },
    {
      method: "GET",
      path: "/tickets/:id",
      run: ({ params }) => ok(presentTicket(tickets.one(params["id"] ?? ""), today())),
    },
  ];
}

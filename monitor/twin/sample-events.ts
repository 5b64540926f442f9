import type { OperationsEvent } from "#/domain/operations-event.ts";

/** A ticket's life for tests: its first event names every field, later ones some. */
export const ticketEvent = (
  id: string,
  sequence: number,
  change: Partial<Pick<OperationsEvent, "id" | "type" | "recordedAt" | "attributes">> = {},
): OperationsEvent => {
  const at = new Date(Date.UTC(2026, 0, 5, 9, sequence)).toISOString();
  return {
    id: `${id}-${sequence}`,
    connection: "sandbox",
    system: "itsm",
    type: sequence === 1 ? "ticket.opened" : "ticket.changed",
    occurredAt: at,
    recordedAt: at,
    subject: { kind: "ticket", id },
    sequence,
    objects: [{ type: "client", id: "C1", qualifier: "client" }],
    attributes: sequence === 1 ? wholeTicket : { reopens: sequence },
    ...change,
  };
};

export const wholeTicket = {
  clientId: "C1",
  projectId: null,
  severity: 2,
  title: "Export stops at midnight",
  state: "open",
  openedOn: "2026-01-05",
  resolvedOn: null,
  closedOn: null,
  escalated: false,
  reopens: 0,
} as const;

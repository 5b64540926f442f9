import type { AttributeValue } from "../simulator/events.ts";
import type { RecordKind } from "../simulator/records.ts";
import type { Fault, Faults } from "./faults.ts";
import * as happenings from "./happenings.ts";
import { changeRecord, enterRecord } from "./record-writes.ts";
import { type Replayed, type ReplayRequest, replayDeliveries } from "./replay-deliveries.ts";
import type { State } from "./state.ts";
import type { Subscription, WebhookFault, WebhookSender } from "./webhooks.ts";
import { winOpportunity } from "./win-opportunity.ts";
import type { World } from "./world.ts";

/**
 * Plays the people around the firm's systems, and their bad days. Every happening throws NotAllowed
 * when the record is unknown or not in a state for it.
 */
export type Control = {
  /** Hours as decimals; without them the expected ones. */
  submitTimesheet(timesheet: string, hours?: number): void;
  /** By handle, such as `dreyes`; without one the project's lead. */
  approveTimesheet(timesheet: string, approver?: string): void;
  acceptMilestone(milestone: string): void;
  decideChangeOrder(changeOrder: string, decision: "approve" | "reject"): void;
  approveInvoice(invoice: string, approver?: string): void;
  /** Another amount on one line of a draft, in euros. */
  amendInvoice(invoice: string, line: string, net: number): void;
  cancelInvoice(invoice: string): void;
  /** `on`, a day such as 2026-11-23, when it was won before it is entered. */
  winOpportunity(opportunity: string, on?: string): void;
  /** Somebody sets fields of a record; `at`, an instant, when it happened earlier than it is entered. */
  changeRecord(record: { kind: RecordKind; id: string }, fields: Fields, at?: string): void;
  /** Somebody enters a record under this id, with all fields of its kind. */
  enterRecord(kind: RecordKind, id: string, fields: Fields): void;
  /** Every record of a kind as its system holds it. */
  records(kind: RecordKind): readonly (Fields & { readonly id: string })[];
  /** Lets days pass in the simulated firm, 1 to 90: what is then recorded goes out as webhooks. */
  advance(time: { days: number }): { events: number; shownUntil: string };
  /** The last day of the simulated firm that is over; null without one. */
  shownUntil(): string | null;
  /** Sends what was recorded lately once more, the way bad networks deliver. */
  replayDeliveries(request?: ReplayRequest): Replayed;
  fault(fault: Fault): void;
  webhookFault(fault: WebhookFault): void;
  clearFaults(): void;
  pendingFaults(): Fault[];
  /** Where events go from now on; null for nowhere. */
  subscribe(subscription: Subscription | null): void;
  /** Every webhook sent so far has arrived or was given up. */
  webhooksSettled(): Promise<void>;
  /** A copy of everything the systems hold. */
  state(): State;
  /** How often this invoice is in the ledger. */
  postingsOf(invoice: string): number;
};

type Fields = Readonly<Record<string, AttributeValue>>;
type Parts = { readonly world: World; readonly faults: Faults; readonly webhooks: WebhookSender };

export function createControl({ world, faults, webhooks }: Parts): Control {
  const { commit, state } = world;
  return {
    submitTimesheet: (id, hours) =>
      void commit(
        happenings.submitTimesheet(id, hours === undefined ? undefined : Math.round(hours * 60)),
      ),
    approveTimesheet: (id, approver) => void commit(happenings.approveTimesheet(id, approver)),
    acceptMilestone: (id) => void commit(happenings.acceptMilestone(id)),
    decideChangeOrder: (id, decision) => void commit(happenings.decideChangeOrder(id, decision)),
    approveInvoice: (id, approver) => void commit(happenings.approveInvoice(id, approver)),
    amendInvoice: (id, line, net) =>
      void commit(happenings.amendInvoice(id, line, Math.round(net * 100))),
    cancelInvoice: (id) => void commit(happenings.cancelInvoice(id)),
    winOpportunity: (id, on) => void commit(winOpportunity(world, id, on ?? null)),
    changeRecord: (record, fields, at) =>
      changeRecord(world, { ...record, fields, version: null, at: at ?? null }),
    enterRecord: (kind, id, fields) => enterRecord(world, { kind, id, fields }),
    records: (kind) => world.books.all(kind),
    advance: ({ days }) => {
      const events = world.advance(days).length;
      return { events, shownUntil: world.shownUntil() ?? "" };
    },
    shownUntil: world.shownUntil,
    replayDeliveries: (request = {}) => replayDeliveries(world, webhooks, request),
    fault: faults.add,
    webhookFault: webhooks.fault,
    clearFaults: faults.clear,
    pendingFaults: faults.pending,
    subscribe: webhooks.subscribe,
    webhooksSettled: webhooks.settled,
    state: () => structuredClone(state()),
    postingsOf: (invoice) => state().ledger.filter((e) => e.invoiceId === invoice).length,
  };
}

import { randomUUID } from "node:crypto";
import { isVoid } from "../firm/chronicle/write-billing.ts";
import {
  type ChangeOrder,
  type Invoice,
  type Milestone,
  netCents,
  type Timesheet,
  totalCents,
} from "../firm/firm.ts";
import type { AttributeValue, EventObject, SimulatedEvent } from "../simulator/events.ts";
import type { RecordKind, RecordShapes } from "../simulator/records.ts";
import type { Books } from "./books.ts";
import type { State } from "./state.ts";

/*
 * What people do is written into the rows of the three systems. Here it becomes changes of the
 * operating model: whatever a row says now and the books do not say yet.
 */

type Fields = Record<string, AttributeValue>;
type Update = { kind: RecordKind; id: string; what: string; fields: Fields };

/** When it happened, and who did it where the row does not say. */
export type Moment = { readonly at: string; readonly today: string };

/** The changes that lead from the books to the rows, in the order in which they follow each other. */
export function liveChanges(state: State, books: Books, moment: Moment): SimulatedEvent[] {
  const updates = [
    ...state.timesheets.flatMap((row) => timesheetUpdates(books, row, moment)),
    ...state.milestones.flatMap((row) => differing(books, milestoneUpdate(row))),
    ...state.changeOrders.flatMap((row) => differing(books, changeOrderUpdate(row))),
    ...state.invoices.flatMap((row) => invoiceUpdates(books, row, moment)),
  ];
  return updates.map((update) => eventOf(update, books, moment));
}

/** The update with only those fields that the books have otherwise; none when there are none. */
function differing(books: Books, update: Update): Update[] {
  const record = books.record(update.kind, update.id);
  if (!record) return [];
  const fields = Object.fromEntries(
    Object.entries(update.fields).filter(([name, value]) => record.fields[name] !== value),
  );
  return Object.keys(fields).length > 0 ? [{ ...update, fields }] : [];
}

const timesheetStates = {
  not_started: "missing",
  open: "missing",
  pending_approval: "submitted",
  approved: "approved",
  sent_back: "rejected",
} as const;

function timesheetUpdates(books: Books, row: Timesheet, { at }: Moment): Update[] {
  const { loggedMinutes, submittedOn, approvedOn, approver } = row;
  const state = timesheetStates[row.state];
  const kind = "timesheet-week";
  const own = differing(books, {
    kind,
    id: row.id,
    what: state === "missing" ? "logged" : state,
    fields: { state, loggedMinutes, submittedOn, approvedOn },
  });
  const before = books.record(kind, row.id);
  const [update] = own;
  if (!update || !before) return [];
  if (update.fields["loggedMinutes"] !== undefined)
    update.fields["billableMinutes"] = Math.max(
      0,
      loggedMinutes - Number(before.fields["offPlanMinutes"]),
    );
  const approval = `AP-${row.id}`;
  if (state === "approved") return [...decided(books, approval, { at, by: approver }), update];
  if (state !== "submitted") return own;
  const request = { state: "pending", decidedAt: null, decidedBy: null } as const;
  const known = books.record("approval", approval);
  const opened: RecordShapes["approval"] = {
    kind: "timesheet",
    subjectType: kind,
    subjectId: row.id,
    projectId: row.projectId,
    amountCents: null,
    requesterId: row.person,
    approverId: String(before.fields["approverId"]),
    queue: null,
    level: 1,
    levels: 1,
    requestedAt: at,
    notifiedAt: at,
    claimedAt: null,
    returns: 0,
    ...request,
  };
  return known
    ? [update, { kind: "approval", id: approval, what: "resubmitted", fields: { ...request } }]
    : [update, { kind: "approval", id: approval, what: "requested", fields: opened }];
}

const milestoneUpdate = ({ id, deliveredOn, acceptedOn }: Milestone): Update => ({
  kind: "milestone",
  id,
  what: acceptedOn ? "accepted" : "delivered",
  fields: { deliveredOn, acceptedOn },
});

const orderStates = {
  drafting: "draft",
  internal_review: "proposed",
  with_client: "client_review",
  agreed: "approved",
  declined: "rejected",
  carried_out: "executed",
} as const;

function changeOrderUpdate({ id, state, decidedOn }: ChangeOrder): Update {
  const now = orderStates[state];
  return {
    kind: "change-order",
    id,
    what: now.replace("_", "-"),
    fields: { state: now, decidedOn },
  };
}

function invoiceUpdates(books: Books, row: Invoice, { at, today }: Moment): Update[] {
  const before = books.record("invoice", row.id);
  if (!before) return [];
  const lines = row.lines.flatMap((line) =>
    differing(books, {
      kind: "invoice-line",
      id: `${row.id}-${line.id}`,
      what: "corrected",
      fields: { netCents: line.netCents },
    }),
  );
  const approval = `AP-${row.id}`;
  const approver = row.approval?.approver ?? null;
  // The model has no word for it: what was thrown away bills nothing and says why.
  if (isVoid(row)) {
    const nothing = { netCents: 0, totalCents: 0, holdReason: "Cancelled in the ERP" };
    const cancelled = differing(books, {
      kind: "invoice",
      id: row.id,
      what: "cancelled",
      fields: { ...nothing, holdSince: before.fields["holdSince"] ?? today },
    });
    return cancelled.length === 0
      ? []
      : [...decided(books, approval, { at, by: null, state: "withdrawn" }), ...cancelled];
  }
  const fields: Fields = { netCents: netCents(row), totalCents: totalCents(row) };
  let what = "recalculated";
  if (row.postedOn !== null && before.fields["issuedOn"] === null) {
    what = "issued";
    Object.assign(fields, {
      state: "issued",
      number: row.number,
      issuedOn: row.postedOn,
      dueOn: row.dueOn,
      ledgerState: "posted",
      ledgerEntry: row.ledgerEntry,
      approvedOn: before.fields["approvedOn"] ?? row.approval?.approvedOn ?? row.postedOn,
    });
  } else if (row.state === "released" && before.fields["state"] === "draft") {
    what = "approved";
    Object.assign(fields, {
      state: "approved",
      approvedOn: row.approval?.approvedOn ?? today,
      approverId: approver,
    });
  }
  const own = differing(books, { kind: "invoice", id: row.id, what, fields });
  const answered = what === "recalculated" ? [] : decided(books, approval, { at, by: approver });
  return own.length > 0 ? [...lines, ...answered, ...own] : lines;
}

/** Answers an approval that still waits. */
function decided(
  books: Books,
  id: string,
  {
    at,
    by,
    state = "approved",
  }: { at: string; by: string | null; state?: "approved" | "withdrawn" },
): Update[] {
  const waits = books.record("approval", id);
  if (waits?.fields["state"] !== "pending" && waits?.fields["state"] !== "returned") return [];
  return [
    {
      kind: "approval",
      id,
      what: state,
      fields: { state, decidedAt: at, decidedBy: by ?? waits.fields["approverId"] ?? null },
    },
  ];
}

const named: readonly (readonly [field: string, type: string, qualifier: string])[] = [
  ["projectId", "project", "project"],
  ["clientId", "client", "client"],
  ["personId", "person", "person"],
  ["invoiceId", "invoice", "invoice"],
  ["approverId", "person", "approver"],
];

function eventOf({ kind, id, what, fields }: Update, books: Books, { at }: Moment): SimulatedEvent {
  const record = books.record(kind, id) ?? { fields };
  const others = named.flatMap(([field, type, qualifier]): EventObject[] => {
    const other = record.fields[field];
    return typeof other === "string" ? [{ type, id: other, qualifier }] : [];
  });
  const subjectType = record.fields["subjectType"];
  const subjectId = record.fields["subjectId"];
  if (typeof subjectType === "string" && typeof subjectId === "string")
    others.push({ type: subjectType, id: subjectId, qualifier: subjectType });
  return {
    id: `evt-${randomUUID()}`,
    type: `${kind}.${what}`,
    occurredAt: at,
    recordedAt: at,
    objects: [{ type: kind, id, qualifier: "subject" }, ...others],
    attributes: fields,
  };
}

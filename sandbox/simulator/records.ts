import type { AttributeValue } from "./events.ts";

/*
 * What the firm's systems hold, one flat record each. Money in cents, time in minutes, days as civil
 * dates (`…On`, `due`, `week`), moments as instants (`…At`). null: not so, or not known.
 */

type Fields = Readonly<Record<string, AttributeValue>>;
type Text = string | null;
type Shape<T extends Fields> = { readonly [K in keyof T]: T[K] };

export type RecordShapes = {
  client: Shape<{
    name: string;
    code: string;
    email: string;
    industry: string;
    paymentTermDays: number;
    purchaseOrderRequired: boolean;
    deemedAcceptedAfterDays: number | null;
    taxId: Text;
    billingEmail: Text;
    sponsorName: string;
    accountOwnerId: string;
  }>;
  person: Shape<{
    name: string;
    email: string;
    grade: string;
    roles: string;
    weeklyMinutes: number;
    hourlyCostCents: number;
    hourlyRateCents: number;
    utilisationTargetPercent: number;
    managerId: Text;
    active: boolean;
    joinedOn: string;
    leftOn: Text;
  }>;
  leave: Shape<{
    personId: string;
    kind: "holiday" | "sick";
    from: string;
    to: string;
    coverPersonId: Text;
  }>;
  opportunity: Shape<{
    name: string;
    clientId: string;
    stage: "qualified" | "proposal" | "negotiation" | "won" | "lost";
    amountCents: number;
    closeOn: string;
    renewalOfContractId: Text;
    ownerId: string;
  }>;
  contract: Shape<{
    clientId: string;
    projectId: string;
    kind: "time_and_materials" | "fixed" | "retainer";
    signedOn: Text;
    startsOn: string;
    endsOn: string;
    renewalOn: Text;
    valueCents: number;
    authorisedMinutes: number | null;
    monthlyFeeCents: number | null;
    purchaseOrderRequired: boolean;
  }>;
  "rate-line": Shape<{
    contractId: string;
    grade: string;
    hourlyRateCents: number;
    validFrom: string;
  }>;
  "purchase-order": Shape<{
    clientId: string;
    projectId: string;
    number: string;
    amountCents: number;
    receivedOn: Text;
    expiresOn: Text;
    usedCents: number;
  }>;
  project: Shape<{
    clientId: string;
    clientName: string;
    opportunityId: Text;
    contractId: Text;
    name: string;
    code: string;
    billing: "time_and_materials" | "fixed" | "retainer";
    billingRun: "twice_weekly" | "monthly";
    status: "proposed" | "active" | "on_hold" | "completed" | "cancelled";
    leadId: string;
    currency: string;
    plannedStartOn: string;
    plannedEndOn: string;
    kickoffOn: Text;
    budgetMinutes: number;
    contractValueCents: number;
    plannedCostCents: number;
    reportedHealth: "green" | "amber" | "red" | null;
    percentComplete: number;
    forecastEndOn: string;
    reportedOn: Text;
    completedOn: Text;
  }>;
  "progress-report": Shape<{
    projectId: string;
    reportedOn: string;
    percentComplete: number;
    remainingMinutes: number;
    reportedHealth: "green" | "amber" | "red";
    forecastEndOn: string;
    authorId: string;
  }>;
  milestone: Shape<{
    projectId: string;
    name: string;
    baselineOn: string;
    forecastOn: string;
    due: Text;
    deliveredOn: Text;
    acceptedOn: Text;
    deemedAcceptedAfterDays: number | null;
    amountCents: number;
    contractual: boolean;
  }>;
  assignment: Shape<{
    projectId: string;
    personId: string;
    grade: string;
    from: string;
    to: string;
    minutesPerWeek: number;
    hourlyRateCents: number;
  }>;
  "staffing-request": Shape<{
    projectId: string;
    grade: string;
    startOn: string;
    requestedOn: string;
    filledOn: Text;
    state: "open" | "filled" | "cancelled";
  }>;
  task: Shape<{
    projectId: string;
    name: string;
    dueOn: string;
    doneOn: Text;
    state: "open" | "blocked" | "done";
    owner: "us" | "client" | "third_party";
    blockedReason: Text;
    dependsOnTaskId: Text;
  }>;
  "timesheet-week": Shape<{
    projectId: string;
    personId: string;
    week: string;
    expectedMinutes: number;
    loggedMinutes: number;
    /** Of the logged minutes: chargeable under the contract. */
    billableMinutes: number;
    /** Of the logged minutes: on tasks outside the agreed plan. */
    offPlanMinutes: number;
    state: "missing" | "submitted" | "approved" | "rejected";
    dueOn: string;
    submittedOn: Text;
    approvedOn: Text;
    approverId: string;
  }>;
  expense: Shape<{
    projectId: string;
    personId: string;
    incurredOn: string;
    submittedOn: Text;
    amountCents: number;
    rebillable: boolean;
    kind: "travel" | "subcontractor";
    state: "submitted" | "approved" | "rejected";
    approvedOn: Text;
  }>;
  "change-order": Shape<{
    projectId: string;
    number: string;
    title: string;
    state: "draft" | "proposed" | "client_review" | "approved" | "rejected" | "executed";
    amountCents: number;
    minutes: number;
    raisedOn: string;
    sentOn: Text;
    decidedOn: Text;
    workStartedOn: Text;
  }>;
  invoice: Shape<{
    projectId: string;
    clientId: string;
    reference: string;
    number: Text;
    state: "draft" | "approved" | "issued" | "paid";
    billing: "time_and_materials" | "fixed" | "retainer";
    periodStart: Text;
    periodEnd: Text;
    netCents: number;
    totalCents: number;
    draftedOn: string;
    validationError: Text;
    holdReason: Text;
    holdBy: Text;
    holdSince: Text;
    approvalRequestedOn: Text;
    approvedOn: Text;
    approverId: Text;
    ledgerState: "none" | "sent" | "failed" | "posted";
    billingRunOn: Text;
    issuedOn: Text;
    dueOn: Text;
    paidOn: Text;
    ledgerEntry: Text;
  }>;
  "invoice-line": Shape<{
    invoiceId: string;
    text: string;
    grade: Text;
    minutes: number | null;
    hourlyRateCents: number | null;
    netCents: number;
    writtenDownCents: number;
    milestoneId: Text;
    changeOrderId: Text;
  }>;
  approval: Shape<{
    kind: "timesheet" | "invoice" | "change_order" | "expense" | "purchase" | "discount";
    subjectType: string;
    subjectId: string;
    projectId: Text;
    amountCents: number | null;
    requesterId: string;
    approverId: Text;
    queue: Text;
    level: number;
    levels: number;
    requestedAt: string;
    notifiedAt: Text;
    claimedAt: Text;
    state: "pending" | "returned" | "approved" | "rejected" | "withdrawn";
    returns: number;
    decidedAt: Text;
    decidedBy: Text;
  }>;
  "approval-comment": Shape<{ approvalId: string; authorId: string; text: string }>;
  "sync-attempt": Shape<{
    subjectType: string;
    subjectId: string;
    from: string;
    to: string;
    state: "failed" | "delivered";
    attempts: number;
    message: Text;
  }>;
  ticket: Shape<{
    clientId: string;
    projectId: Text;
    severity: 1 | 2 | 3 | 4;
    title: string;
    state: "open" | "resolved" | "closed";
    openedOn: string;
    resolvedOn: Text;
    closedOn: Text;
    escalated: boolean;
    reopens: number;
  }>;
  survey: Shape<{
    clientId: string;
    projectId: Text;
    kind: "csat" | "nps";
    score: number;
    answeredOn: string;
  }>;
  contact: Shape<{
    clientId: string;
    projectId: Text;
    personName: string;
    role: "sponsor" | "team";
    channel: string;
    on: string;
  }>;
  note: Shape<{
    clientId: string;
    projectId: Text;
    authorId: string;
    channel: string;
    text: string;
    writtenAt: string;
  }>;
};

export type RecordKind = keyof RecordShapes;
/** A record as it stood; `version` counts the events that made it. */
export type FirmRecord<K extends RecordKind> = RecordShapes[K] & {
  readonly id: string;
  readonly version: number;
  /** When the newest of those events was recorded. */
  readonly updatedAt: string;
};

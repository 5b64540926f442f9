import type { FieldsOf, RecordKind } from "#/domain/operating-model.ts";
import type { AttributeValue } from "#/domain/operations-event.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import type { DayUnit } from "./process-time.ts";

/** Fields of a record as they stood after one of its events; fields not yet told are absent. */
export type KnownFields<K extends RecordKind> = Readonly<Partial<FieldsOf<K>>>;

/** What a step of a case is told by, next to what happened: who has it, which sort, for whom. */
export type StepMarks = {
  readonly resource: string | null;
  readonly role: string | null;
  readonly group: string | null;
};

/**
 * One process of the firm: records of one kind, and the fields that say when a case of it begins and
 * ends. Fields decide and not the names of events, which differ between systems.
 */
export type ProcessDefinition<K extends RecordKind = RecordKind> = {
  readonly id: ProcessId;
  readonly title: string;
  readonly kind: K;
  readonly unit: DayUnit;
  /** A wait longer than this is a breach, in days of the process; null: nothing was promised. */
  readonly limitDays: number | null;
  readonly belongs: (record: TwinRecord<K>, view: FirmView) => boolean;
  readonly begun: (fields: KnownFields<K>) => boolean;
  /** `gone`: it will never end this way, and tells nothing about how long such cases take. */
  readonly state: (fields: KnownFields<K>) => "open" | "ended" | "gone";
  readonly marks: (fields: KnownFields<K>, view: FirmView) => StepMarks;
};

export const approvalKinds = [
  "timesheet",
  "invoice",
  "change_order",
  "expense",
  "purchase",
  "discount",
] as const;
export type ApprovalKind = (typeof approvalKinds)[number];

export type ProcessId =
  | `approval-${ApprovalKind}`
  | "timesheet-approval"
  | "milestone-acceptance"
  | "invoice-issue"
  | "invoice-payment"
  | "change-order-decision"
  | "project-kickoff";

/** Limits in days of the process. Judgements, not standards: a firm sets its own. */
export const processLimits = {
  approval: 2,
  timesheet: 2,
  acceptance: 10,
  issue: 5,
  changeOrder: 10,
  kickoff: 20,
} as const;

const text = (value: AttributeValue | undefined): string | null =>
  value === undefined || value === null ? null : String(value);

const approvalOf = (kind: ApprovalKind): ProcessDefinition<"approval"> => ({
  id: `approval-${kind}`,
  title: `approval of ${kind.replace("_", " ")}s`,
  kind: "approval",
  unit: "business days",
  limitDays: processLimits.approval,
  belongs: ({ fields }) => fields.kind === kind,
  begun: () => true,
  state: ({ state }) =>
    state === "withdrawn"
      ? "gone"
      : state === "approved" || state === "rejected"
        ? "ended"
        : "open",
  marks: ({ approverId, level, levels, queue }) => ({
    resource: text(approverId ?? queue),
    role: `level ${level ?? 1} of ${levels ?? 1}`,
    group: text(queue),
  }),
});

const timesheet: ProcessDefinition<"timesheet-week"> = {
  id: "timesheet-approval",
  title: "timesheet, submitted to approved",
  kind: "timesheet-week",
  unit: "business days",
  limitDays: processLimits.timesheet,
  belongs: () => true,
  begun: ({ submittedOn }) => (submittedOn ?? null) !== null,
  state: ({ state }) => (state === "approved" ? "ended" : "open"),
  marks: ({ approverId, projectId }) => ({
    resource: text(approverId),
    role: null,
    group: text(projectId),
  }),
};

const clientOf = (view: FirmView, projectId: string | undefined): string | null =>
  projectId === undefined ? null : (view.get("project", projectId)?.fields.clientId ?? null);

const acceptance: ProcessDefinition<"milestone"> = {
  id: "milestone-acceptance",
  title: "milestone, delivered to accepted",
  kind: "milestone",
  unit: "business days",
  limitDays: processLimits.acceptance,
  // Others need nobody's acceptance: they close themselves and would make clients look quick.
  belongs: ({ fields }) => fields.contractual,
  begun: ({ deliveredOn }) => (deliveredOn ?? null) !== null,
  state: ({ acceptedOn }) => ((acceptedOn ?? null) === null ? "open" : "ended"),
  marks: ({ projectId, deemedAcceptedAfterDays }, view) => ({
    resource: null,
    role: text(deemedAcceptedAfterDays),
    group: clientOf(view, projectId),
  }),
};

/** Days that this invoice gives to pay, as text. */
const termDays = ({ issuedOn, dueOn }: KnownFields<"invoice">): string | null =>
  issuedOn && dueOn
    ? String(Math.round((Date.parse(dueOn) - Date.parse(issuedOn)) / 86_400_000))
    : null;

export const paymentMarks: ProcessDefinition<"invoice">["marks"] = (fields, view) => ({
  resource: null,
  // The client's usual term until the invoice has its own.
  role:
    termDays(fields) ??
    text(view.get("client", fields.clientId ?? "")?.fields.paymentTermDays ?? fields.billing),
  group: text(fields.clientId),
});
const isIssued = ({ issuedOn }: KnownFields<"invoice">): boolean => (issuedOn ?? null) !== null;
const isPaid = ({ paidOn }: KnownFields<"invoice">): boolean => (paidOn ?? null) !== null;

const issue: ProcessDefinition<"invoice"> = {
  id: "invoice-issue",
  title: "invoice, drafted to issued",
  kind: "invoice",
  unit: "business days",
  limitDays: processLimits.issue,
  belongs: () => true,
  begun: () => true,
  state: (fields) => (isIssued(fields) ? "ended" : "open"),
  marks: ({ billing, clientId }) => ({
    resource: null,
    role: text(billing),
    group: text(clientId),
  }),
};

const payment: ProcessDefinition<"invoice"> = {
  id: "invoice-payment",
  title: "invoice, issued to paid",
  kind: "invoice",
  unit: "days",
  limitDays: null,
  belongs: () => true,
  begun: isIssued,
  state: (fields) => (isPaid(fields) ? "ended" : "open"),
  marks: paymentMarks,
};

const changeOrder: ProcessDefinition<"change-order"> = {
  id: "change-order-decision",
  title: "change order, raised to decided",
  kind: "change-order",
  unit: "business days",
  limitDays: processLimits.changeOrder,
  belongs: () => true,
  begun: () => true,
  state: ({ state }) =>
    state === "approved" || state === "rejected" || state === "executed" ? "ended" : "open",
  marks: ({ projectId, state }, view) => ({
    resource: null,
    role: text(state),
    group: clientOf(view, projectId),
  }),
};

const kickoff: ProcessDefinition<"opportunity"> = {
  id: "project-kickoff",
  title: "opportunity won to kick-off",
  kind: "opportunity",
  unit: "business days",
  limitDays: processLimits.kickoff,
  // A renewal goes on with the project that is there.
  belongs: ({ fields }) => fields.renewalOfContractId === null,
  begun: ({ stage }) => stage === "won",
  state: () => "open",
  marks: ({ clientId, ownerId }) => ({
    resource: text(ownerId),
    role: null,
    group: text(clientId),
  }),
};

/** Every process that is learnt. `project-kickoff` ends on another record: `process-cases.ts` knows. */
export const processDefinitions = [
  ...approvalKinds.map(approvalOf),
  timesheet,
  acceptance,
  issue,
  payment,
  changeOrder,
  kickoff,
] as const;
export type AnyProcess = (typeof processDefinitions)[number];

import type { IdempotencyClass } from "#/domain/action.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { RecordKind } from "#/domain/operating-model.ts";
import { type RefusalCode, Refused } from "#/domain/run.ts";

/** One way in which this connector may change something, and everything it may send for it. */
export type WriteOperation = {
  /** In a sentence: `The ERP refused to issue the invoice`. */
  readonly title: string;
  readonly fields: readonly string[];
  readonly idempotency: IdempotencyClass;
};

/** All writes there are. */
export const writeOperations = {
  createTask: {
    title: "The PSA refused to create the task",
    fields: ["project_id", "title", "details", "external_ref", "regarding"],
    idempotency: "read-back",
  },
  createMessageDraft: {
    title: "The CRM refused to create the draft",
    fields: ["subject_line", "text", "external_ref", "regarding"],
    idempotency: "read-back",
  },
  // By the ERP's own transition: no field is ours to set, and a repeat changes nothing.
  issueInvoice: {
    title: "The ERP refused to issue the invoice",
    fields: [],
    idempotency: "natural",
  },
  createWorkItem: {
    title: "The system refused to create the item",
    fields: ["type", "regarding", "title", "details", "owner", "due_on", "external_ref"],
    idempotency: "read-back",
  },
} as const satisfies Record<string, WriteOperation>;

/** Records of the operating model that may be made, each under a key that its system keeps unique. */
export const creations: Readonly<Partial<Record<RecordKind, WriteOperation>>> = {
  project: {
    title: "The PSA refused to create the project",
    fields: [
      "external_ref",
      "clientId",
      "clientName",
      "opportunityId",
      "name",
      "code",
      "billing",
      "leadId",
      "plannedStartOn",
      "plannedEndOn",
      "budgetMinutes",
      "contractValueCents",
      "plannedCostCents",
    ],
    idempotency: "read-back",
  },
  "staffing-request": {
    title: "The PSA refused to open the staffing request",
    fields: ["external_ref", "projectId", "grade", "startOn"],
    idempotency: "read-back",
  },
  task: {
    title: "The PSA refused to plan the task",
    fields: ["external_ref", "projectId", "name", "dueOn"],
    idempotency: "read-back",
  },
  "progress-report": {
    title: "The PSA refused the forecast",
    fields: [
      "external_ref",
      "projectId",
      "percentComplete",
      "remainingMinutes",
      "reportedHealth",
      "forecastEndOn",
      "authorId",
    ],
    idempotency: "read-back",
  },
};

/** Records that may be changed, and in which fields. Guarded by the version that was read. */
export const changes: Readonly<Partial<Record<RecordKind, WriteOperation>>> = {
  milestone: {
    title: "The PSA refused to move the milestone",
    fields: ["forecastOn"],
    idempotency: "natural",
  },
};

/** Throws FIELD_NOT_WRITABLE, before any request, for a field that is not on the operation's list. */
export function checkFields(operation: WriteOperation, body: Readonly<Record<string, unknown>>) {
  for (const field of Object.keys(body))
    if (!operation.fields.includes(field))
      throw new CountersignError("FIELD_NOT_WRITABLE", { operation: operation.title, field });
}

const refusals: Readonly<Record<string, readonly [RefusalCode, string]>> = {
  version_conflict: ["conflict", "the record was changed since it was read"],
  external_ref_taken: ["conflict", "it has one with that key already"],
  no_such_link: ["invalid", "it points at a record that is not there"],
  invoice_cancelled: ["conflict", "the invoice was cancelled"],
  invoice_credited: ["conflict", "the invoice was credited"],
  nothing_to_bill: ["invalid", "the invoice has no amount"],
  record_not_found: ["invalid", "there is no such record"],
  version_needed: ["invalid", "it asks for the version that was read"],
  bad_field: ["invalid", "a field is missing or too long"],
  unknown_field: ["invalid", "it does not know one of the fields"],
  bad_token: ["forbidden", "our credentials are not accepted"],
};

/**
 * The refusal, when the system itself said no and wrote nothing. null when it did not: either it
 * worked, or (a 429, a 5xx, an answer that is not the system's own) nobody knows yet.
 */
export function judgeWrite(
  { title }: WriteOperation,
  status: number,
  code: string | null,
): Refused | null {
  const decided = status >= 400 && status < 500 && ![408, 425, 429].includes(status);
  if (!decided || code === null) return null;
  const [kind, reason] = refusals[code] ?? [
    status === 401 || status === 403 ? "forbidden" : status === 409 ? "conflict" : "invalid",
    `it gave status ${status} and a reason we do not know`,
  ];
  return new Refused(kind, `${title}: ${reason}.`);
}

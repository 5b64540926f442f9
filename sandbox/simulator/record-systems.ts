import type { RecordKind } from "./records.ts";

/** The system that owns each kind of record. */
export const systemOf: Readonly<
  Record<RecordKind, "psa" | "crm" | "erp" | "hris" | "itsm" | "messenger">
> = {
  client: "crm",
  opportunity: "crm",
  contract: "crm",
  "rate-line": "crm",
  "change-order": "crm",
  contact: "crm",
  survey: "crm",
  person: "hris",
  leave: "hris",
  project: "psa",
  "progress-report": "psa",
  milestone: "psa",
  assignment: "psa",
  "staffing-request": "psa",
  task: "psa",
  "timesheet-week": "psa",
  expense: "psa",
  approval: "psa",
  "approval-comment": "psa",
  "purchase-order": "erp",
  invoice: "erp",
  "invoice-line": "erp",
  "sync-attempt": "erp",
  ticket: "itsm",
  note: "messenger",
};

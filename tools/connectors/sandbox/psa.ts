import { z } from "zod";
import { CivilDate } from "#/domain/ids.ts";
import { formatRef, type Milestone, type Project, type TimesheetWeek } from "#/domain/record.ts";
import type { PsaReader, PsaWriter } from "#/tools/ports.ts";
import { type DraftRecord, draftsOf } from "./drafts.ts";
import type { Kind, Read, SystemClient } from "./system-client.ts";
import {
  Amount,
  envelope,
  Hours,
  OptionalDate,
  pathOf,
  sourceOf,
  Text,
  words,
} from "./vendor-shapes.ts";
import { writeOperations } from "./write-operations.ts";

const ProjectShape = z.object({
  ...envelope,
  title: Text,
  short_code: Text.nullable(),
  account_ref: Text.nullable(),
  account_title: Text.nullable(),
  phase: words({
    pipeline: "proposed",
    running: "active",
    paused: "on_hold",
    done: "completed",
    dropped: "cancelled",
  }),
  billing_model: words({
    time: "time_and_materials",
    fixed: "fixed",
    retainer: "retainer",
    internal: "non_billable",
  }),
  manager: z.object({ name: Text, email: z.email() }).nullable(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  planned_hours: Hours.nullable(),
  booked_hours: Hours.nullable(),
  rag: words({ G: "green", A: "amber", R: "red" }).nullable(),
});

const MilestoneShape = z.object({
  ...envelope,
  project_id: Text,
  title: Text,
  target_date: OptionalDate,
  handed_over_on: OptionalDate,
  client_signed_on: OptionalDate,
  silent_acceptance_days: z.int().nonnegative().nullable(),
  fee: Amount.nullable(),
});

const TimesheetShape = z.object({
  ...envelope,
  project_id: Text,
  resource: z.object({ id: Text, name: Text, email: z.email().nullable() }),
  week_start: CivilDate,
  expected_hours: Hours,
  booked_hours: Hours,
  status: words({
    not_started: "missing",
    open: "draft",
    pending_approval: "submitted",
    approved: "approved",
    sent_back: "rejected",
  }),
  deadline: CivilDate,
  submitted_on: OptionalDate,
  signed_off_on: OptionalDate,
  signed_off_by: Text.nullable(),
});

const TaskShape = z
  .object({ ...envelope, title: Text, details: z.string(), external_ref: Text, regarding: Text })
  .transform(
    ({ id, title, details, external_ref, regarding }): DraftRecord => ({
      id,
      key: external_ref,
      regarding,
      subject: title,
      body: details,
    }),
  );

const project = { name: "a project", schema: ProjectShape } satisfies Kind<unknown>;
const milestone = { name: "a milestone", schema: MilestoneShape } satisfies Kind<unknown>;
const timesheet = { name: "a timesheet", schema: TimesheetShape } satisfies Kind<unknown>;
const task: Kind<DraftRecord> = { name: "a task", schema: TaskShape };

type Made<T extends { schema: z.ZodType }> = Read<z.output<T["schema"]>>;

export function createPsaReader(client: SystemClient, connection: string): PsaReader {
  const source = sourceOf({ connection, baseUrl: client.baseUrl });

  const toProject = ({ record: r, at }: Made<typeof project>): Project => ({
    source: source({ system: "psa", type: "project", id: r.id }, { etag: r.etag, at }),
    name: r.title,
    code: r.short_code,
    clientId: r.account_ref,
    clientName: r.account_title,
    status: r.phase,
    billing: r.billing_model,
    leadName: r.manager?.name ?? null,
    leadEmail: r.manager?.email ?? null,
    currency: r.currency,
    budgetMinutes: r.planned_hours,
    actualMinutes: r.booked_hours,
    reportedHealth: r.rag,
  });
  const toMilestone = ({ record: r, at }: Made<typeof milestone>): Milestone => ({
    source: source({ system: "psa", type: "milestone", id: r.id }, { etag: r.etag, at }),
    projectId: r.project_id,
    name: r.title,
    due: r.target_date,
    deliveredOn: r.handed_over_on,
    acceptedOn: r.client_signed_on,
    deemedAcceptedAfterDays: r.silent_acceptance_days,
    amount: r.fee,
  });
  const toWeek = ({ record: r, at }: Made<typeof timesheet>): TimesheetWeek => ({
    source: source({ system: "psa", type: "timesheet-week", id: r.id }, { etag: r.etag, at }),
    projectId: r.project_id,
    personId: r.resource.id,
    personName: r.resource.name,
    personEmail: r.resource.email,
    week: r.week_start,
    expectedMinutes: r.expected_hours,
    loggedMinutes: r.booked_hours,
    state: r.status,
    dueOn: r.deadline,
    submittedOn: r.submitted_on,
    approvedOn: r.signed_off_on,
    approverName: r.signed_off_by,
  });

  return {
    connection,
    async listProjects() {
      return (await client.all("/projects", {}, project)).map(toProject);
    },
    async getProject(id) {
      const read = await client.one(pathOf("/projects", id), project);
      return read && toProject(read);
    },
    async listMilestones(projectId) {
      const read = await client.all("/milestones", { project_id: projectId }, milestone);
      return read.map(toMilestone);
    },
    async getMilestone(id) {
      const read = await client.one(pathOf("/milestones", id), milestone);
      return read && toMilestone(read);
    },
    async listTimesheetWeeks({ projectId, from, to }) {
      const read = await client.all("/timesheets", { project_id: projectId, from, to }, timesheet);
      return read.map(toWeek);
    },
    async getTimesheetWeek(id) {
      const read = await client.one(pathOf("/timesheets", id), timesheet);
      return read && toWeek(read);
    },
  };
}

export function createPsaWriter(client: SystemClient): PsaWriter {
  const drafts = draftsOf(client, { system: "psa", type: "task", path: "/tasks", kind: task });
  return {
    createDraftTask: ({ projectId, key, about, subject, body }) =>
      drafts.create(writeOperations.createTask, key, {
        project_id: projectId,
        title: subject,
        details: body,
        external_ref: key,
        regarding: formatRef(about),
      }),
    findDraftTask: (key, projectId) => drafts.find(key, { project_id: projectId }),
  };
}

import { z } from "zod";
import type { Milestone, Project } from "#/domain/record.ts";
import type { PsaReader } from "#/tools/ports.ts";
import { dateMarker, daysMarker, marker } from "./markers.ts";
import { type Work, workView } from "./project-works.ts";
import { amountOf, dayOf, numericId, type Reading, sourceOf } from "./reading.ts";
import { listTimesheetWeeks, parseWeekId } from "./timesheet-weeks.ts";
import type { Domain, View } from "./tryton-client.ts";

const Totals = z.object({
  id: z.int(),
  total_effort: z.int().nullable(),
  timesheet_duration: z.int().nullable(),
});
/** Computed by the server over the whole tree below: the dear part of a project. */
const totalsView: View<z.infer<typeof Totals>> = {
  model: "project.work",
  fields: ["total_effort", "timesheet_duration"],
  schema: Totals,
};

const EmployeeName = z.object({
  id: z.int(),
  party: z.object({ name: z.string().nullable(), email: z.string().nullable() }),
});
const employeeNameView: View<z.infer<typeof EmployeeName>> = {
  model: "company.employee",
  fields: ["party.name", "party.email"],
  schema: EmployeeName,
};

const isProject: Domain = [
  ["type", "=", "project"],
  ["parent", "=", null],
];

/** Projects, milestones and timesheet weeks out of `project.work`, `project.allocation` and `timesheet.line`. */
export function createPsaReader(reading: Reading): PsaReader {
  const { client, connection } = reading;

  async function projects(domain: Domain): Promise<Project[]> {
    const retrievedAt = reading.now();
    const works = await client.read(workView, [...isProject, ...domain]);
    const totals = new Map(
      (works.length === 0 ? [] : await client.read(totalsView, [...isProject, ...domain])).map(
        (row) => [row.id, row],
      ),
    );
    const led = works.some((work) => marker(work.comment, "lead") !== null);
    const names = new Map(
      (led ? await client.read(employeeNameView, []) : []).flatMap(({ party }) =>
        party.email ? [[party.email.toLowerCase(), party.name] as const] : [],
      ),
    );
    return works.map((work) => {
      const lead = leadOf(work);
      return {
        source: sourceOf(
          reading,
          { system: "psa", type: "project", id: String(work.id) },
          { model: "project.work", revision: work.timestamp, retrievedAt },
        ),
        name: work.name,
        code: marker(work.comment, "code"),
        clientId: work.party === null ? null : String(work.party.id),
        clientName: work.party?.name ?? null,
        status: statusOf(work),
        billing: billingOf(work),
        leadName: lead === null ? null : (names.get(lead.toLowerCase()) ?? null),
        leadEmail: lead,
        currency: work.currency?.code ?? null,
        budgetMinutes: totals.get(work.id)?.total_effort ?? null,
        actualMinutes: totals.get(work.id)?.timesheet_duration ?? null,
        // Tryton has no field for how the project manager feels.
        reportedHealth: null,
      };
    });
  }

  async function milestones(domain: Domain): Promise<Milestone[]> {
    const retrievedAt = reading.now();
    const works = await client.read(workView, [...domain, ["parent.parent", "=", null]]);
    return works.filter(isMilestone).map((work) => milestoneOf(reading, work, retrievedAt));
  }

  return {
    connection,
    listProjects: () => projects([]),
    async getProject(id) {
      const number = numericId(id);
      return number === null ? null : ((await projects([["id", "=", number]]))[0] ?? null);
    },
    async listMilestones(projectId) {
      const number = numericId(projectId);
      return number === null ? [] : milestones([["parent", "=", number]]);
    },
    async getMilestone(id) {
      const number = numericId(id);
      return number === null
        ? null
        : ((
            await milestones([
              ["id", "=", number],
              ["parent", "!=", null],
            ])
          )[0] ?? null);
    },
    async listTimesheetWeeks({ projectId, from, to }) {
      const number = numericId(projectId);
      return number === null ? [] : listTimesheetWeeks(reading, { project: number, from, to });
    },
    async getTimesheetWeek(id) {
      const parts = parseWeekId(id);
      if (parts === null) return null;
      const { project, week } = parts;
      const to = Temporal.PlainDate.from(week).add({ days: 6 }).toString();
      const weeks = await listTimesheetWeeks(reading, { project, from: week, to });
      return weeks.find((found) => found.source.id === id) ?? null;
    },
  };
}

/**
 * Tryton has no milestone type. A work directly below a project is one, unless time is booked on
 * it: then it is a task.
 */
export const isMilestone = (work: Work): boolean =>
  work.parent !== null && work.timesheet_available !== true;

/** How a project bills; null where Tryton leaves it to people. */
export const billingOf = (work: Work): "time_and_materials" | "fixed" | null =>
  billingWords[work.project_invoice_method];

const billingWords = {
  timesheet: "time_and_materials",
  effort: "fixed",
  progress: "fixed",
  manual: null,
} as const satisfies Record<Work["project_invoice_method"], string | null>;

function milestoneOf(reading: Reading, work: Work, retrievedAt: string): Milestone {
  const { comment } = work;
  // Without a marker: not later than the last change, which is all that the system can say.
  const changedOn = dayOf(reading, work.write_date ?? work.create_date);
  const closedOn = work.actual_finish_date ?? changedOn;
  const acceptedOn =
    dateMarker(comment, "accepted") ?? (work.status.progress === 1 ? closedOn : null);
  const finishedOn = work.progress === 1 ? closedOn : acceptedOn;
  const deliveredOn =
    dateMarker(comment, "delivered") ??
    (finishedOn !== null && acceptedOn !== null && acceptedOn < finishedOn
      ? acceptedOn
      : finishedOn);
  return {
    source: sourceOf(
      reading,
      { system: "psa", type: "milestone", id: String(work.id) },
      { model: "project.work", revision: work.timestamp, retrievedAt },
    ),
    projectId: String(work.parent),
    name: work.name,
    due: work.constraint_finish_date,
    deliveredOn,
    acceptedOn,
    deemedAcceptedAfterDays: daysMarker(comment, "deemed"),
    amount: fixedPrice(work),
  };
}

/** A price per hour is a rate, not an amount. Symbols of the time units of Tryton's product module. */
function fixedPrice(work: Work): Milestone["amount"] {
  const unit = work.product?.default_uom.symbol;
  if (work.list_price === null || work.currency === null) return null;
  if (unit === undefined || ["s", "min", "h", "d"].includes(unit)) return null;
  return amountOf(work.list_price, work.currency.code, "project.work");
}

function leadOf(work: Work): string | null {
  const parsed = z.email().safeParse(marker(work.comment, "lead"));
  return parsed.success ? parsed.data : null;
}

/** Firms name their own statuses; 100 % is what Tryton itself treats as done. */
function statusOf({ status }: Work): Project["status"] {
  if (status.progress === 1) return "completed";
  const words: Readonly<Record<string, Project["status"]>> = {
    "on hold": "on_hold",
    cancelled: "cancelled",
    canceled: "cancelled",
    proposed: "proposed",
  };
  return words[status.name.trim().toLowerCase()] ?? "active";
}

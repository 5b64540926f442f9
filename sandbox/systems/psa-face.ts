import type { Milestone, Project, Timesheet } from "../firm/firm.ts";
import { addDays } from "../firm/firm-days.ts";
import { NotAllowed } from "./not-allowed.ts";
import type { Route } from "./serve-face.ts";
import type { Shelf } from "./shelf.ts";
import type { Row, Task } from "./state.ts";
import { amount, hours, ok, page, tagged, textsIn } from "./vendor-json.ts";
import type { World } from "./world.ts";

/* The PSA: projects, milestones, timesheets and tasks, in its own words. */

export function presentProject(shelf: Shelf, project: Project) {
  const person = shelf.person(project.lead);
  const rows = shelf.ofProject("timesheets", project.id);
  const logged = rows.reduce((sum, row) => sum + row.loggedMinutes, project.openingMinutes);
  return tagged(
    {
      id: project.id,
      title: project.name,
      short_code: project.code,
      account_ref: project.clientId,
      account_title: shelf.clientName(project.clientId),
      phase: project.phase,
      billing_model: project.billing,
      manager: person ? { name: person.name, email: person.email } : null,
      currency: "EUR",
      planned_hours: hours(project.budgetMinutes),
      booked_hours: hours(logged),
      rag: project.reported,
      notes: project.note,
    },
    project.version,
  );
}

export const presentMilestone = (milestone: Milestone) =>
  tagged(
    {
      id: milestone.id,
      project_id: milestone.projectId,
      title: milestone.name,
      target_date: milestone.dueOn,
      handed_over_on: milestone.deliveredOn,
      client_signed_on: milestone.acceptedOn,
      silent_acceptance_days: milestone.silentDays,
      fee: amount(milestone.feeCents),
      notes: milestone.note,
    },
    milestone.version,
  );

export function presentTimesheet(shelf: Shelf, row: Timesheet) {
  const person = shelf.person(row.person);
  return tagged(
    {
      id: row.id,
      project_id: row.projectId,
      resource: {
        id: row.person,
        name: person?.name ?? row.person,
        email: person?.email ?? null,
      },
      week_start: row.week,
      expected_hours: hours(row.expectedMinutes),
      absence_hours: hours(row.leaveMinutes),
      booked_hours: hours(row.loggedMinutes),
      status: row.state,
      deadline: row.dueOn,
      submitted_on: row.submittedOn,
      signed_off_on: row.approvedOn,
      signed_off_by: row.approver && (shelf.person(row.approver)?.name ?? null),
      notes: row.note,
    },
    row.version,
  );
}

export const presentTask = (task: Task) =>
  tagged(
    {
      id: task.id,
      project_id: task.projectId,
      title: task.title,
      details: task.details,
      external_ref: task.externalRef,
      regarding: task.regarding,
      status: "draft",
      created_on: task.createdOn,
    },
    task.version,
  );

export function psaRoutes(world: World): Route[] {
  const { shelf } = world;
  const listed = <C extends "milestones" | "timesheets">(
    collection: C,
    query: URLSearchParams,
  ): readonly Row<C>[] => {
    const project = query.get("project_id");
    return project === null ? shelf.all(collection) : shelf.ofProject(collection, project);
  };
  return [
    { method: "GET", path: "/ping", run: () => ({ status: 200, json: { product: "psa" } }) },
    {
      method: "GET",
      path: "/projects",
      run: (call) => page(shelf.all("projects"), call, (project) => presentProject(shelf, project)),
    },
    {
      method: "GET",
      path: "/projects/:id",
      run: ({ params }) => ok(presentProject(shelf, shelf.one("projects", params["id"] ?? ""))),
    },
    {
      method: "GET",
      path: "/milestones",
      run: (call) => page(listed("milestones", call.query), call, presentMilestone),
    },
    {
      method: "GET",
      path: "/milestones/:id",
      run: ({ params }) => ok(presentMilestone(shelf.one("milestones", params["id"] ?? ""))),
    },
    {
      method: "GET",
      path: "/timesheets",
      run: (call) => {
        const [from, to] = [call.query.get("from"), call.query.get("to")];
        const firstWeek = from === null ? null : dayOf(from, -6);
        const rows = listed("timesheets", call.query).filter(
          ({ week }) => (to === null || week <= to) && (firstWeek === null || week >= firstWeek),
        );
        return page(rows, call, (row) => presentTimesheet(shelf, row));
      },
    },
    {
      method: "GET",
      path: "/timesheets/:id",
      run: ({ params }) => ok(presentTimesheet(shelf, shelf.one("timesheets", params["id"] ?? ""))),
    },
    {
      method: "GET",
      path: "/tasks",
      run: (call) => {
        const key = call.query.get("external_ref");
        const project = call.query.get("project_id");
        const tasks = shelf
          .all("tasks")
          .filter((task) => project === null || task.projectId === project)
          .filter((task) => key === null || task.externalRef === key);
        return page(tasks, call, presentTask);
      },
    },
    {
      method: "GET",
      path: "/tasks/:id",
      run: ({ params }) => ok(presentTask(shelf.one("tasks", params["id"] ?? ""))),
    },
    { method: "POST", path: "/tasks", run: (call) => ok(createTask(world, call), 201) },
  ];
}

function dayOf(date: string, days: number): string {
  try {
    return addDays(date, days);
  } catch {
    throw new NotAllowed(422, "bad_date", "A day is written as 2026-11-23.");
  }
}

function createTask(world: World, call: Parameters<typeof textsIn>[0]) {
  const fields = ["project_id", "title", "details", "external_ref", "regarding"] as const;
  const text = textsIn(call, fields);
  const task = world.commit(({ state, today }) => {
    world.shelf.one("projects", text.project_id);
    const made: Task = {
      id: `TASK-${state.tasks.length + 1}`,
      projectId: text.project_id,
      title: text.title,
      details: text.details,
      externalRef: text.external_ref,
      regarding: text.regarding,
      createdOn: today,
      version: 1,
    };
    state.tasks.push(made);
    const subject = { system: "psa", type: "task", id: made.id } as const;
    return { result: made, happened: { type: "task.created", subject } };
  });
  return presentTask(task);
}

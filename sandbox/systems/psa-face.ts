import type { Milestone, Project, Timesheet } from "../firm/firm.ts";
import { addDays } from "../firm/firm-days.ts";
import type { Route } from "./serve-face.ts";
import type { State, Task } from "./state.ts";
import { amount, hours, ok, page, tagged, textsIn } from "./vendor-json.ts";
import { recordIn, type World } from "./world.ts";

/* The PSA: projects, milestones, timesheets and tasks, in its own words. */

export function presentProject(state: State, project: Project) {
  const person = state.people.find(({ handle }) => handle === project.lead);
  const rows = state.timesheets.filter(({ projectId }) => projectId === project.id);
  const logged = rows.reduce((sum, row) => sum + row.loggedMinutes, project.openingMinutes);
  return tagged(
    {
      id: project.id,
      title: project.name,
      short_code: project.code,
      account_ref: project.clientId,
      account_title: state.clients.find(({ id }) => id === project.clientId)?.name ?? null,
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

export function presentTimesheet(state: State, row: Timesheet) {
  const name = (handle: string | null) =>
    state.people.find((person) => person.handle === handle)?.name ?? null;
  return tagged(
    {
      id: row.id,
      project_id: row.projectId,
      resource: {
        id: row.person,
        name: name(row.person) ?? row.person,
        email: state.people.find(({ handle }) => handle === row.person)?.email ?? null,
      },
      week_start: row.week,
      expected_hours: hours(row.expectedMinutes),
      absence_hours: hours(row.leaveMinutes),
      booked_hours: hours(row.loggedMinutes),
      status: row.state,
      deadline: row.dueOn,
      submitted_on: row.submittedOn,
      signed_off_on: row.approvedOn,
      signed_off_by: name(row.approver),
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
  const { state } = world;
  const ofProject = (query: URLSearchParams) => (record: { projectId: string }) =>
    !query.has("project_id") || record.projectId === query.get("project_id");
  return [
    { method: "GET", path: "/ping", run: () => ({ status: 200, json: { product: "psa" } }) },
    {
      method: "GET",
      path: "/projects",
      run: (call) => page(state().projects, call, (p) => presentProject(state(), p)),
    },
    {
      method: "GET",
      path: "/projects/:id",
      run: ({ params }) =>
        ok(presentProject(state(), recordIn(state().projects, params["id"] ?? ""))),
    },
    {
      method: "GET",
      path: "/milestones",
      run: (call) => page(state().milestones.filter(ofProject(call.query)), call, presentMilestone),
    },
    {
      method: "GET",
      path: "/milestones/:id",
      run: ({ params }) => ok(presentMilestone(recordIn(state().milestones, params["id"] ?? ""))),
    },
    {
      method: "GET",
      path: "/timesheets",
      run: (call) => {
        const { from = "0000-01-01", to = "9999-12-31" } = Object.fromEntries(call.query);
        const rows = state()
          .timesheets.filter(ofProject(call.query))
          .filter(({ week }) => week <= to && addDays(week, 6) >= from);
        return page(rows, call, (row) => presentTimesheet(state(), row));
      },
    },
    {
      method: "GET",
      path: "/timesheets/:id",
      run: ({ params }) =>
        ok(presentTimesheet(state(), recordIn(state().timesheets, params["id"] ?? ""))),
    },
    {
      method: "GET",
      path: "/tasks",
      run: (call) => {
        const key = call.query.get("external_ref");
        const tasks = state()
          .tasks.filter(ofProject(call.query))
          .filter((task) => key === null || task.externalRef === key);
        return page(tasks, call, presentTask);
      },
    },
    {
      method: "GET",
      path: "/tasks/:id",
      run: ({ params }) => ok(presentTask(recordIn(state().tasks, params["id"] ?? ""))),
    },
    { method: "POST", path: "/tasks", run: (call) => ok(createTask(world, call), 201) },
  ];
}

function createTask(world: World, call: Parameters<typeof textsIn>[0]) {
  const fields = ["project_id", "title", "details", "external_ref", "regarding"] as const;
  const text = textsIn(call, fields);
  const task = world.commit((draft, today) => {
    recordIn(draft.projects, text.project_id);
    const made: Task = {
      id: `TASK-${draft.tasks.length + 1}`,
      projectId: text.project_id,
      title: text.title,
      details: text.details,
      externalRef: text.external_ref,
      regarding: text.regarding,
      createdOn: today,
      version: 1,
    };
    draft.tasks.push(made);
    const subject = { system: "psa", type: "task", id: made.id } as const;
    return { result: made, happened: { type: "task.created", subject } };
  });
  return presentTask(task);
}

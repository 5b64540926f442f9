import { formatMoney } from "#/domain/money.ts";
import type { ChangeOrder, Opportunity, Project, TimesheetWeek } from "#/domain/record.ts";
import type { SentenceDraft } from "./grounding.ts";
import { matchNames } from "./name-match.ts";
import type { Plan, Seen, View } from "./rules-model.ts";
import { answer, ask, citesOf } from "./rules-plans.ts";

type Kind = "missing-time" | "projects" | "opportunities" | "change-orders";

const most = 8;

/** Questions that one or two lists of a system answer. */
export function planRecords(view: View, kind: Kind): Plan {
  if (kind === "opportunities") return opportunities(view);
  const listed = view.seen.find((call) => call.tool === "project_list");
  if (!listed) return ask("project_list");
  if (!listed.ok) return answer([], ["source-failed"]);
  const projects = listed.answer as Project[];
  if (kind === "projects") return listProjects(listed, projects);
  const meant = projectMeant(view, projects);
  const [project, ...more] = meant;
  if (!project || more.length > 0)
    return answer(
      more.length > 0 ? meant.slice(0, most).map((p) => projectSentence(p, listed)) : [],
      ["which-project"],
    );
  return kind === "missing-time" ? missingTime(view, project) : changeOrders(view, project);
}

function projectMeant({ task, history }: View, projects: readonly Project[]): Project[] {
  const entries = projects.map((project) => ({
    item: project,
    ids: [project.source.id, ...(project.code === null ? [] : [project.code])],
    names: [project.name, project.clientName ?? ""],
  }));
  const here = matchNames(task, entries);
  if (here.length > 0) return here;
  for (const turn of history.toReversed()) {
    const before = matchNames(turn.text, entries);
    if (before.length === 1) return before;
  }
  return projects.length === 1 ? [...projects] : [];
}

/** The last five weeks: what is older is a matter for an invoice, not for a reminder. */
function missingTime(view: View, project: Project): Plan {
  const seen = view.seen.find((call) => call.tool === "timesheet_week_list");
  const today = Temporal.PlainDate.from(view.today ?? "1970-01-01");
  const monday = today.subtract({ days: today.dayOfWeek - 1 });
  if (!seen)
    return ask("timesheet_week_list", {
      projectId: project.source.id,
      from: monday.subtract({ weeks: 4 }).toString(),
      to: today.toString(),
    });
  if (!seen.ok) return answer([], ["source-failed"]);
  const weeks = seen.answer as TimesheetWeek[];
  if (weeks.length === 0) return answer([], ["list-empty"]);
  const cites = citesOf(seen);
  const open = weeks.filter(
    (week) => week.expectedMinutes > 0 && ["missing", "draft", "rejected"].includes(week.state),
  );
  if (open.length === 0)
    return answer([
      {
        text: `All time expected on ${project.name} was submitted.`,
        evidence: weeks.slice(0, 10).flatMap((week) => cites(week.source)),
      },
    ]);
  return answer(
    open.slice(0, 2 * most).map(
      (week): SentenceDraft => ({
        text: `${week.personName}, week of ${week.week}: ${stateWords[week.state] ?? week.state}, ${hours(week.expectedMinutes)} h expected, due ${week.dueOn}.`,
        evidence: cites(week.source),
      }),
    ),
  );
}

const stateWords: Readonly<Record<string, string>> = {
  missing: "nothing entered",
  draft: "entered and not submitted",
  rejected: "sent back",
};
const hours = (minutes: number): string => String(Math.round(minutes / 6) / 10);

function changeOrders(view: View, project: Project): Plan {
  const seen = view.seen.find((call) => call.tool === "change_order_list");
  if (!seen) return ask("change_order_list", { projectId: project.source.id });
  if (!seen.ok) return answer([], ["source-failed"]);
  const orders = seen.answer as ChangeOrder[];
  if (orders.length === 0) return answer([], ["list-empty"]);
  const cites = citesOf(seen);
  return answer(
    orders.slice(0, most).map((order) => ({
      text: `Change order ${order.number ?? order.source.id}, ${order.title}${order.amount ? `, ${formatMoney(order.amount)}` : ""}: ${order.state.replace("_", " ")}.`,
      evidence: cites(order.source),
    })),
  );
}

function opportunities(view: View): Plan {
  const seen = view.seen.find((call) => call.tool === "opportunity_list");
  if (!seen) return ask("opportunity_list");
  if (!seen.ok) return answer([], ["source-failed"]);
  const open = (seen.answer as Opportunity[]).filter(
    ({ stage }) => stage !== "won" && stage !== "lost",
  );
  if (open.length === 0) return answer([], ["list-empty"]);
  const cites = citesOf(seen);
  return answer(
    open.slice(0, most).map((deal) => ({
      text: `${deal.name}${deal.clientName ? ` (${deal.clientName})` : ""}${deal.amount ? `, ${formatMoney(deal.amount)}` : ""}: ${deal.stage}.`,
      evidence: cites(deal.source),
    })),
  );
}

function listProjects(seen: Seen, projects: readonly Project[]): Plan {
  if (projects.length === 0) return answer([], ["list-empty"]);
  return answer(projects.slice(0, 2 * most).map((project) => projectSentence(project, seen)));
}

const projectSentence = (project: Project, seen: Seen): SentenceDraft => ({
  text: `${project.name}${project.clientName ? ` (${project.clientName})` : ""}: ${project.status.replace("_", " ")}.`,
  evidence: citesOf(seen)(project.source),
});

import { formatMoney } from "#/domain/money.ts";
import type { ChangeOrder, Opportunity, Project, TimesheetWeek } from "#/domain/record.ts";
import type { SentenceDraft } from "./grounding.ts";
import { matchNames } from "./name-match.ts";
import type { Plan, View } from "./rules-model.ts";
import { answer, type Gathered, gather } from "./rules-plans.ts";
import type { CitesFor } from "./rules-wording.ts";

type Kind = "missing-time" | "projects" | "opportunities" | "change-orders";

const most = 8;

/** Questions that one or two lists of a system answer. */
export function planRecords(view: View, kind: Kind): Plan {
  if (kind === "opportunities") return opportunities(view);
  const listed = gather<Project>(view, "project_list");
  if (listed === null) return answer([], ["source-failed"]);
  if ("plan" in listed) return listed.plan;
  if (kind === "projects") return listing(listed.all, projectSentence(listed.all.cites));
  const meant = projectMeant(view, listed.all.items);
  const [project, ...more] = meant;
  if (!project || more.length > 0)
    return answer(
      more.length > 0 ? meant.slice(0, most).map(projectSentence(listed.all.cites)) : [],
      ["which-project"],
    );
  return kind === "missing-time"
    ? missingTime(view, project, listed.all.cites)
    : changeOrders(view, project);
}

/** The first of a list in one sentence each; says so when there are more. */
function listing<T>(all: Gathered<T>, sentence: (item: T) => SentenceDraft): Plan {
  if (all.items.length === 0) return answer([], ["list-empty"]);
  const cut = !all.complete || all.items.length > 2 * most;
  return answer(all.items.slice(0, 2 * most).map(sentence), cut ? ["list-cut"] : []);
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
function missingTime(view: View, project: Project, projectCites: CitesFor): Plan {
  const today = Temporal.PlainDate.from(view.today ?? "1970-01-01");
  const monday = today.subtract({ days: today.dayOfWeek - 1 });
  const seen = gather<TimesheetWeek>(view, "timesheet_week_list", {
    projectId: project.source.id,
    from: monday.subtract({ weeks: 4 }).toString(),
    to: today.toString(),
  });
  if (seen === null) return answer([], ["source-failed"]);
  if ("plan" in seen) return seen.plan;
  const { items: weeks, cites, complete } = seen.all;
  if (weeks.length === 0) return answer([], ["list-empty"]);
  // What is not due yet is not missing yet.
  const due = weeks.filter((week) => week.expectedMinutes > 0 && week.dueOn < today.toString());
  const open = due.filter(({ state }) => ["missing", "draft", "rejected"].includes(state));
  if (open.length > 0)
    return listing({ items: open, cites, complete }, (week) => ({
      text: `${week.personName}, week of ${week.week}: ${stateWords[week.state] ?? week.state}, ${hours(week.expectedMinutes)} h expected, due ${week.dueOn}.`,
      evidence: cites(week.source),
    }));
  if (!complete || due.length === 0) return answer([], [complete ? "nothing-due" : "list-cut"]);
  return answer([
    {
      text: `All time that was due on ${project.name} was submitted.`,
      evidence: [
        ...projectCites(project.source),
        ...due.slice(0, 10).flatMap((week) => cites(week.source)),
      ],
    },
  ]);
}

const stateWords: Readonly<Record<string, string>> = {
  missing: "nothing entered",
  draft: "entered and not submitted",
  rejected: "sent back",
};
const hours = (minutes: number): string => String(Math.round(minutes / 6) / 10);

function changeOrders(view: View, project: Project): Plan {
  const seen = gather<ChangeOrder>(view, "change_order_list", { projectId: project.source.id });
  if (seen === null) return answer([], ["source-failed"]);
  if ("plan" in seen) return seen.plan;
  return listing(seen.all, (order) => ({
    text: `Change order ${order.number ?? order.source.id}, ${order.title}${order.amount ? `, ${formatMoney(order.amount)}` : ""}: ${order.state.replace("_", " ")}.`,
    evidence: seen.all.cites(order.source),
  }));
}

function opportunities(view: View): Plan {
  const seen = gather<Opportunity>(view, "opportunity_list");
  if (seen === null) return answer([], ["source-failed"]);
  if ("plan" in seen) return seen.plan;
  const { items, cites, complete } = seen.all;
  const open = items.filter(({ stage }) => stage !== "won" && stage !== "lost");
  return listing({ items: open, cites, complete }, (deal) => ({
    text: `${deal.name}${deal.clientName ? ` (${deal.clientName})` : ""}${deal.amount ? `, ${formatMoney(deal.amount)}` : ""}: ${deal.stage}.`,
    evidence: cites(deal.source),
  }));
}

const projectSentence =
  (cites: CitesFor) =>
  (project: Project): SentenceDraft => ({
    text: `${project.name}${project.clientName ? ` (${project.clientName})` : ""}: ${project.status.replace("_", " ")}.`,
    evidence: cites(project.source),
  });

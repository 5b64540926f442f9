import type { Milestone } from "#/domain/record.ts";
import { meant, recordId } from "./rules-meant.ts";
import type { Plan, View } from "./rules-model.ts";
import { answer, ask } from "./rules-plans.ts";
import { called, saying } from "./rules-saying.ts";

const person = String.raw`(\p{Lu}[\p{L}'’-]+(?: \p{Lu}[\p{L}'’-]+)?)`;
/* “from Ana to Ben”, “replace Ana with Ben”. */
const handover = [
  new RegExp(`\\bfrom ${person} to ${person}`, "u"),
  new RegExp(`\\b(?:replace|swap) ${person} (?:by|with|for) ${person}`, "u"),
];

/** “What if we accept the milestone tomorrow?”: the change in the words, as the tool wants it. */
export function planWhatIf(view: View): Plan | null {
  const seen = called(view, "what_if");
  if (seen) return saying(seen, "unknown-record");
  const text = view.task;
  if (/\baccept|\bsign[- ]?off|\bmilestone/i.test(text)) return acceptance(view);
  if (/\bchange (?:order|request)|\bCO\b/i.test(text)) {
    const id = recordId(text);
    return id === null
      ? answer([], ["which-change"])
      : ask("what_if", { change: "approve-change-order", changeOrder: id });
  }
  const moved = handover.map((words) => words.exec(text)).find((match) => match !== null);
  if (moved)
    return withRecord(view, "projects", (project) => ({
      change: "reassign",
      project,
      from: moved[1],
      to: moved[2],
    }));
  const days = /\b(\d+(?:\.\d+)?) (?:working |business )?days?\b/i.exec(text)?.[1];
  const code = /\bINV-(?:\d|1[0-3])\b(?!\d)/.exec(text)?.[0];
  if (code !== undefined)
    return withRecord({ ...view, task: text.replace(code, "") }, "any", (invoice) => ({
      change: "remove-cause",
      invoice,
      code,
    }));
  if (days !== undefined)
    return withRecord(view, "any", (invoice) => ({
      change: "remove-days",
      invoice,
      days: Number(days),
    }));
  if (/\btime ?sheets?\b|\bmissing time\b/i.test(text))
    return withRecord(view, "any", (invoice) => ({
      change: "remove-cause",
      invoice,
      code: "INV-1",
    }));
  return answer([], ["which-change"]);
}

type Change = Readonly<Record<string, unknown>>;

function withRecord(view: View, only: "projects" | "any", change: (ref: string) => Change): Plan {
  const found = meant(view, only);
  if ("plan" in found) return found.plan;
  return found.ref === null ? answer([], ["which-change"]) : ask("what_if", change(found.ref));
}

/** The milestone by its number, else the only delivered one of the project that is spoken of. */
function acceptance(view: View): Plan {
  const on = dayIn(view);
  const when = on === null ? {} : { on };
  const id = /\bM[-_]?\w*\d\w*\b|\bMS-\w+\b/.exec(view.task)?.[0];
  if (id !== undefined)
    return ask("what_if", { change: "accept-milestone", milestone: id, ...when });
  const found = meant(view, "projects");
  if ("plan" in found) return found.plan;
  if (found.ref === null || !view.tools.has("milestone_list"))
    return answer([], ["which-milestone"]);
  const listed = called(view, "milestone_list");
  if (!listed) return ask("milestone_list", { projectId: found.ref.split(":").slice(2).join(":") });
  if (!listed.ok) return answer([], ["source-failed"]);
  const open = (listed.answer as Milestone[]).filter(
    ({ deliveredOn, acceptedOn }) => deliveredOn !== null && acceptedOn === null,
  );
  const [only, ...more] = open;
  return only === undefined || more.length > 0
    ? answer([], ["which-milestone"])
    : ask("what_if", { change: "accept-milestone", milestone: only.source.id, ...when });
}

function dayIn({ task, today }: View): string | null {
  const said = /\b\d{4}-\d\d-\d\d\b/.exec(task)?.[0];
  if (said !== undefined || today === null) return said ?? null;
  if (/\btomorrow\b/i.test(task)) return Temporal.PlainDate.from(today).add({ days: 1 }).toString();
  return /\btoday\b/i.test(task) ? today : null;
}

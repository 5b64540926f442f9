import { formatRef } from "#/domain/record.ts";
import type { SentenceDraft } from "./grounding.ts";
import { type Intent, intentOf } from "./intent.ts";
import { matchNames } from "./name-match.ts";
import type { Remedies } from "./remediation-planner.ts";
import type { Explanation } from "./root-cause-analyst.ts";
import type { Plan, Seen, View } from "./rules-model.ts";
import { pictureIntentOf, planPicture } from "./rules-picture.ts";
import { answer, ask, citesOf, showProposals } from "./rules-plans.ts";
import { planRecords } from "./rules-records.ts";
import { type CitesFor, lateInvoiceSentence, workingDays } from "./rules-wording.ts";
import type { LateInvoice, ProposalRow } from "./tool-shapes.ts";

/**
 * The supervisor by rules: recognises what is asked, calls the same tools and specialists a model would,
 * and answers from templates. Says so when it does not know. The date is needed for timesheets only.
 */
export function planAnswer(view: View): Plan {
  const intent = intentOf(view.task);
  const picture = pictureIntentOf(view, intent);
  const plan = picture && planPicture(view, picture);
  if (plan) return plan;
  switch (intent.kind) {
    case "hello":
      return answer([], ["hello"]);
    case "thanks":
      return answer([], ["welcome"]);
    case "abilities":
      return answer([], ["abilities"]);
    case "refuse":
      return answer([], ["only-proposes"]);
    case "waiting":
    case "proposal":
      return aboutProposals(view, intent);
    case "missing-time":
    case "projects":
    case "opportunities":
    case "change-orders":
      return planRecords(view, intent.kind);
    case "late-list":
    case "others":
    case "why":
    case "remedies":
    case "propose":
    case "unknown":
      return aboutInvoices(view, intent);
    default:
      return answer([], ["not-known"]);
  }
}

const called = (view: View, tool: string): Seen | undefined =>
  view.seen.find((call) => call.tool === tool);

function aboutProposals(view: View, intent: Intent): Plan {
  const tool = intent.kind === "proposal" ? "proposal_get" : "proposal_list";
  const args =
    intent.kind === "proposal" ? { proposalId: intent.id } : { state: "waiting", limit: 50 };
  if (!view.tools.has(tool)) return answer([], ["not-known"]);
  const seen = called(view, tool);
  if (!seen) return ask(tool, args);
  if (intent.kind === "proposal")
    return seen.ok
      ? showProposals([(seen.answer as ProposalRow).id])
      : answer([], ["unknown-proposal"]);
  if (!seen.ok) return answer([], ["source-failed"]);
  const waiting = (seen.answer as ProposalRow[]).filter(({ state }) => state === "waiting");
  return waiting.length === 0
    ? answer([], ["nothing-waiting"])
    : showProposals(waiting.map(({ id }) => id));
}

function aboutInvoices(view: View, intent: Intent): Plan {
  const listed = called(view, "late_invoice_list");
  if (!listed) return ask("late_invoice_list", { limit: 25 });
  if (!listed.ok) return answer([], ["source-failed"]);
  const all = listed.answer as LateInvoice[];
  const late = all
    .filter(({ status }) => status === "late")
    .toSorted((a, b) => b.lateByMinutes - a.lateByMinutes);
  const cites = citesOf(listed);
  if (intent.kind === "late-list") return listLate(view, { all, late, cites });
  const meant = meantBy(view, all);
  if (intent.kind === "others") return listOthers({ late, cites, meant });
  if (intent.kind === "unknown" && meant.from !== "question") return answer([], ["not-known"]);
  const [invoice, ...more] = meant.invoices;
  if (!invoice)
    return meant.named
      ? byWords(view, intent)
      : answer(
          late.slice(0, 8).map((i) => lateInvoiceSentence(i, cites)),
          ["which-invoice"],
        );
  if (more.length > 0)
    return answer(
      meant.invoices.slice(0, 8).map((i) => lateInvoiceSentence(i, cites)),
      ["which-invoice"],
    );
  return about(view, intent, formatRef(invoice.ref));
}

const mostShown = 12;

type Late = { all: readonly LateInvoice[]; late: readonly LateInvoice[]; cites: CitesFor };

function listLate(view: View, { all, late, cites }: Late): Plan {
  const named = matchNames(view.task, all.map(asNamed));
  const shown = named.length > 0 ? late.filter((i) => named.includes(i)) : late;
  const unknown = all.filter(({ status }) => status === "unknown");
  if (late.length === 0)
    return unknown.length === 0
      ? answer([], ["nothing-late"])
      : answer(
          unknown.slice(0, 5).map((i) => lateInvoiceSentence(i, cites)),
          ["late-not-known"],
        );
  if (shown.length === 0)
    return answer(
      named
        .slice(0, 5)
        .map((i) => ({ text: `${i.number ?? i.ref.id} is not late.`, evidence: cites(i.ref) })),
    );
  const head: SentenceDraft = {
    text: late.length === 1 ? "One invoice is late." : `${late.length} invoices are late.`,
    evidence: late.flatMap((i) => cites(i.ref).slice(0, 1)),
  };
  const whole = all.length < 25;
  const lines = [...shown.slice(0, mostShown), ...(named.length > 0 ? [] : unknown.slice(0, 3))];
  return answer(
    [
      ...(named.length > 0 || !whole ? [] : [head]),
      ...lines.map((i) => lateInvoiceSentence(i, cites)),
    ],
    whole && shown.length <= mostShown ? [] : ["list-cut"],
  );
}

function listOthers({ late, cites, meant }: Omit<Late, "all"> & { meant: Meant }): Plan {
  const rest = late.filter((i) => !meant.invoices.includes(i));
  return rest.length === 0
    ? answer([], ["nothing-else-late"])
    : answer(rest.slice(0, 8).map((i) => lateInvoiceSentence(i, cites)));
}

/** The words may name an invoice that is not on the open list, by a reference for instance. */
function byWords(view: View, intent: Intent): Plan {
  const seen = called(view, "root_cause_analyst");
  const phrase = phraseIn(view.task);
  if (phrase === null) return answer([], ["unknown-invoice"]);
  if (seen && (!seen.ok || (seen.answer as Explanation).sentences.length === 0))
    return answer([], ["unknown-invoice"]);
  return about(view, intent, phrase);
}

function about(view: View, intent: Intent, invoice: string): Plan {
  if (intent.kind === "remedies" || intent.kind === "propose")
    return withPlanner(view, intent, invoice);
  const seen = called(view, "root_cause_analyst");
  if (!seen) return ask("root_cause_analyst", { invoice });
  const sentences = seen.ok ? (seen.answer as Explanation).sentences : [];
  return sentences.length > 0 ? answer(sentences) : answer([], ["source-failed"]);
}

function withPlanner(view: View, intent: Intent, invoice: string): Plan {
  const mode = intent.kind === "propose" ? "propose" : "recommend";
  const actions = intent.kind === "propose" ? intent.actions : [];
  const first = called(view, "remediation_planner");
  const order = { invoice, mode: "recommend", actions, candidates: [] };
  if (!first) return ask("remediation_planner", order);
  const again = view.seen.find(
    (call) => call.tool === "remediation_planner" && call.args["mode"] === "propose",
  );
  if (mode === "propose" && first.ok && !again) {
    const { mayPropose, recommendations } = first.answer as Remedies;
    const candidates = pickedBy(view.task, recommendations, actions.length > 0);
    if (mayPropose && recommendations.length > 0)
      return ask("remediation_planner", { ...order, mode, candidates });
  }
  const seen = again ?? first;
  if (!seen.ok) return answer([], ["source-failed"]);
  const remedies = seen.answer as Remedies;
  const filed = [...remedies.live, ...remedies.proposed].map(({ id }) => id);
  const steps = remedies.recommendations.map(({ title, why, evidence }) => ({
    text: `${title}. ${why}`,
    evidence,
  }));
  if (mode === "recommend")
    return steps.length + filed.length === 0
      ? answer([], ["nothing-to-propose"])
      : showProposals(filed, steps);
  if (filed.length > 0) return showProposals(filed);
  if (steps.length > 0)
    return answer(steps, [remedies.mayPropose ? "source-failed" : "may-not-propose"]);
  const open = remedies.openCauses.map(({ title, days, evidence }) => ({
    text: `${title}: ${workingDays(days)}, still open.`,
    evidence,
  }));
  return answer(open, ["no-such-step"]);
}

/** The steps whose titles the words single out; else all of a named kind; else as the planner sees fit. */
function pickedBy(
  task: string,
  recommendations: Remedies["recommendations"],
  namedKind: boolean,
): string[] {
  const entries = recommendations.map((r) => ({ item: r.candidate, ids: [], names: [r.title] }));
  const said = matchNames(task, entries);
  if (said.length > 0 && said.length < entries.length) return said;
  return namedKind ? entries.map(({ item }) => item) : [];
}

type Meant = {
  readonly invoices: readonly LateInvoice[];
  readonly from: "question" | "history" | "nowhere";
  /** The question names something, whether or not we know it. */
  readonly named: boolean;
};

/** The invoice in the question; else the one last spoken of; else the only late one. */
function meantBy({ task, history }: View, all: readonly LateInvoice[]): Meant {
  const entries = all.map(asNamed);
  const here = matchNames(task, entries);
  if (here.length > 0) return { invoices: here, from: "question", named: true };
  if (phraseIn(task) !== null) return { invoices: [], from: "question", named: true };
  for (const turn of history.toReversed()) {
    const before = matchNames(turn.text, entries);
    if (before.length === 1) return { invoices: before, from: "history", named: false };
  }
  const late = all.filter(({ status }) => status === "late");
  return { invoices: late.length === 1 ? late : [], from: "nowhere", named: false };
}

export const asNamed = (invoice: LateInvoice) => ({
  item: invoice,
  ids: [invoice.ref.id, ...(invoice.number === null ? [] : [invoice.number])],
  names: [invoice.clientName ?? "", invoice.projectName ?? ""],
});

/** `INV-1042`, or the name in “the Northwind invoice”, “invoice for Northwind”. */
function phraseIn(text: string): string | null {
  const id = /\b[A-Za-z]{2,}[-_/]?\d[\w-]*\b/.exec(text)?.[0];
  const name =
    /\bthe ((?:\p{Lu}[\p{L}\p{N}&.'-]*\s?){1,4})(?:invoice|bill)\b/u.exec(text)?.[1] ??
    /\b(?:invoice|bill) (?:to|for|of) (?:the )?((?:\p{Lu}[\p{L}\p{N}&.'-]*\s?){1,4})/u.exec(
      text,
    )?.[1];
  return id ?? name?.trim() ?? null;
}

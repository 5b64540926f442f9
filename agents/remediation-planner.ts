import { HumanMessage } from "langchain";
import { z } from "zod";
import type { ActionId } from "#/domain/action.ts";
import type { InvoiceDelay } from "#/domain/assessment.ts";
import { formatDays } from "#/domain/business-time.ts";
import { EvidenceId } from "#/domain/ids.ts";
import { plainText } from "#/domain/plain-text.ts";
import { formatRef } from "#/domain/record.ts";
import type { CallOptions } from "./bridge.ts";
import { fence } from "./fence.ts";
import { ground } from "./grounding.ts";
import type { Mind } from "./minds.ts";
import type { PlanTask } from "./plan-task.ts";
import { proposeTool } from "./propose-tool.ts";
import { PlanReport, planFormat } from "./reports.ts";
import { workingDays } from "./rules-wording.ts";
import type { Proposed, Run } from "./run.ts";
import { runAgent } from "./run-agent.ts";
import { scopeOfText } from "./support.ts";
import { type Candidate, candidateKey, type ProposalRow } from "./tool-shapes.ts";

export const Recommendation = z.object({
  candidate: z.string(),
  action: z.string(),
  target: z.string(),
  title: z.string(),
  why: z.string(),
  evidence: z.array(EvidenceId),
});
export type Recommendation = z.infer<typeof Recommendation>;

/** What came of planning for one invoice. */
export type Remedies = {
  readonly recommendations: readonly Recommendation[];
  readonly proposed: readonly Proposed[];
  /** Proposals for the same steps that people are already deciding on or that are being carried out. */
  readonly live: readonly ProposalRow[];
  readonly openCauses: PlanTask["causes"];
  /** The server gave this principal the right to propose. */
  readonly mayPropose: boolean;
};

export type PlanOrder = {
  readonly invoice: string;
  readonly mode: PlanTask["mode"];
  /** Only these actions; empty means any. */
  readonly actions: readonly ActionId[];
  /** Unless said: all of them to recommend, one for each open cause to propose. */
  readonly breadth?: PlanTask["breadth"];
  /** Only these candidates, by key; absent or empty means any. */
  readonly candidates?: readonly string[];
  /** Only for these open causes; absent means every one. */
  readonly causes?: readonly string[];
};

/**
 * Plans for one invoice. Code reads the case, builds the closed set of candidates and leaves out those
 * that already have a live proposal; the mind only picks and words. null: the case cannot be read.
 */
export async function planFor(run: Run, mind: Mind, order: PlanOrder): Promise<Remedies | null> {
  const facts = await readCase(run, order.invoice);
  if (!facts) return null;
  const { delay, candidates, proposals } = facts;
  const live = proposals.filter((p) => ["waiting", "approved", "executing"].includes(p.state));
  const isLive = (c: Candidate): boolean => timesProposed(c, live) > 0;
  const asked = (c: Candidate): boolean =>
    (order.actions.length === 0 || order.actions.includes(c.action)) &&
    (!order.candidates?.length || order.candidates.includes(candidateKey(c))) &&
    (!order.causes || c.causes.some((code) => order.causes?.includes(code)));
  const breadth: PlanTask["breadth"] =
    order.breadth ?? (order.mode === "recommend" ? "every-candidate" : "each-cause");
  // A cause that people are already deciding on gets no second step of its own.
  const handled = new Set(candidates.filter(isLive).flatMap((c) => c.causes));
  const openCauses = delay.causes.filter((c) => c.open && (order.causes?.includes(c.code) ?? true));
  const unhandled = openCauses.filter((c) => !handled.has(c.code)).map((c) => c.code);
  // What was never proposed comes first, so that one step is not tried again before the others.
  const choices = candidates
    .filter((c) => asked(c) && !isLive(c))
    .filter(
      (c) =>
        breadth === "every-candidate" || c.causes.some((code) => unhandled.some((u) => u === code)),
    )
    .toSorted((a, b) => timesProposed(a, proposals) - timesProposed(b, proposals));
  const causes = openCauses.map((c) => causeFacts(c, delay));
  const answered = live.filter((p) => candidates.some((c) => asked(c) && isSameStep(c, p)));
  const canPropose = run.bridge.names.has("remediation_propose");
  const common = { live: answered, openCauses: causes, mayPropose: canPropose };
  if (choices.length === 0) return { ...common, recommendations: [], proposed: [] };

  const reasonFor = (candidate: Candidate) => reason(run, candidate, delay);
  const offered = choices.map((c) => ({
    key: candidateKey(c),
    title: plainText(c.title, 200),
    causes: c.causes,
    ...reasonFor(c),
  }));
  for (const { key, title, evidence } of offered)
    run.ledger.addScope(scopeOfText(`${key} ${title}`, evidence));
  const invoice = formatRef(delay.invoice.ref);
  const known = new Set<string>(delay.evidence.map((fact) => fact.id));
  const attempt = (candidate: Candidate): number => timesProposed(candidate, proposals);
  const mayPropose = order.mode === "propose" && canPropose;
  const before = new Set(run.proposed.keys());
  const producedBy = { mind: mind.agents.remediation_planner.name, promptHash: mind.promptHash };
  const task: PlanTask = {
    mode: mayPropose ? "propose" : "recommend",
    breadth,
    causes: causes.filter(
      ({ code }) => breadth === "every-candidate" || unhandled.some((u) => u === code),
    ),
    candidates: offered,
  };
  const report = await runAgent(run, mind, {
    agent: "remediation_planner",
    tools: mayPropose
      ? [proposeTool({ run, invoice, candidates: choices, known, attempt, reasonFor, producedBy })]
      : [],
    format: planFormat,
    schema: PlanReport,
    messages: [new HumanMessage(`Choose the steps for this invoice.\n${fence("task", task, run)}`)],
    ...(mayPropose
      ? { toolLimit: { toolName: "remediation_propose", runLimit: choices.length } }
      : {}),
  });
  const proposed = [...run.proposed.values()].filter((p) => !before.has(p.candidate));
  return {
    ...common,
    recommendations: recommendations(run, report, { choices, reasonFor }),
    proposed,
  };
}

async function readCase(run: Run, invoice: string) {
  const options = { agent: "remediation_planner", signal: run.signal };
  const explained = await run.bridge.call("invoice_delay_explain", { invoice }, options);
  if (!explained.ok) return null;
  const delay: InvoiceDelay = explained.answer;
  const reference = formatRef(delay.invoice.ref);
  const found = await run.bridge.call(
    "remediation_candidate_list",
    { invoice: reference },
    options,
  );
  if (!found.ok) return null;
  const proposals = await knownProposals(run, options);
  return proposals && { delay, candidates: found.answer, proposals };
}

/** The newest proposals, and all that are live. null: they cannot be read. */
async function knownProposals(run: Run, options: CallOptions): Promise<ProposalRow[] | null> {
  if (!run.bridge.names.has("proposal_list")) return [];
  const states = [undefined, "waiting", "approved", "executing"];
  const lists = await Promise.all(
    states.map((state) =>
      run.bridge.call("proposal_list", { limit: 50, ...(state ? { state } : {}) }, options),
    ),
  );
  const rows = lists.map((list) => (list.ok ? list.answer : null));
  if (rows.includes(null)) return null;
  return [...new Map(rows.flatMap((list) => list ?? []).map((row) => [row.id, row])).values()];
}

const isSameStep = (candidate: Candidate, { action, target }: ProposalRow): boolean =>
  action === candidate.action &&
  target !== null &&
  formatRef(target) === formatRef(candidate.target);

const timesProposed = (candidate: Candidate, proposals: readonly ProposalRow[]): number =>
  proposals.filter((proposal) => isSameStep(candidate, proposal)).length;

const causeFacts = (cause: InvoiceDelay["causes"][number], delay: InvoiceDelay) => ({
  code: cause.code,
  title: cause.title,
  days: formatDays(cause.totalMinutes, delay.minutesPerDay),
  open: cause.open,
  evidence: cause.evidence.slice(0, 12),
});

/** The open cause that the step removes, in numbers of code; and the facts that call for it. */
function reason(run: Run, candidate: Candidate, delay: InvoiceDelay) {
  const cause =
    delay.causes.find((c) => c.open && candidate.causes.includes(c.code)) ??
    delay.causes.find((c) => candidate.causes.includes(c.code));
  const own = new Set(delay.evidence.map((fact) => fact.id));
  const onTarget = run.ledger
    .about(candidate.target)
    .flatMap(({ id }) => (own.has(id) ? [id] : []));
  const evidence = [...new Set([...onTarget, ...(cause?.evidence ?? [])])].filter((id) =>
    run.ledger.get(id),
  );
  const why = cause
    ? `${cause.title}: ${workingDays(formatDays(cause.totalMinutes, delay.minutesPerDay))} so far.`
    : plainText(candidate.title, 200);
  return { why, evidence: evidence.slice(0, 20) };
}

type Choices = {
  readonly choices: readonly Candidate[];
  readonly reasonFor: (candidate: Candidate) => { why: string; evidence: readonly EvidenceId[] };
};

/** Candidates only, each once; a reason that does not stand is replaced by the one of code. */
function recommendations(
  run: Run,
  report: PlanReport,
  { choices, reasonFor }: Choices,
): Recommendation[] {
  const taken = new Map<string, Recommendation>();
  for (const item of report.recommendations) {
    const candidate = choices.find((c) => candidateKey(c) === item.candidate);
    const { sentences, dropped } = ground(
      [{ text: item.why, evidence: item.evidence }],
      run.ledger,
    );
    run.dropped += candidate ? dropped.length : 1;
    if (!candidate || taken.has(item.candidate)) continue;
    const ours = reasonFor(candidate);
    taken.set(item.candidate, {
      candidate: item.candidate,
      action: candidate.action,
      target: formatRef(candidate.target),
      title: plainText(candidate.title, 200),
      why: sentences[0]?.text ?? ours.why,
      evidence: [...new Set([...ours.evidence, ...(sentences[0]?.evidence ?? [])])],
    });
  }
  return [...taken.values()];
}

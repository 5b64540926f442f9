import { randomUUID } from "node:crypto";
import { AIMessage, type BaseMessage, HumanMessage } from "langchain";
import type { ActionId } from "#/domain/action.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { Evidence } from "#/domain/evidence.ts";
import type { EvidenceId } from "#/domain/ids.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { ProducedBy } from "#/domain/proposal.ts";
import { parseRef, type RecordRef } from "#/domain/record.ts";
import type { Recorder } from "./agent-step.ts";
import type { Bridge } from "./bridge.ts";
import { type GroundedSentence, ground } from "./grounding.ts";
import type { Mind, Minds } from "./minds.ts";
import { type NoteId, notes } from "./notes.ts";
import { proposalLines } from "./proposal-lines.ts";
import { type PlanOrder, planFor, type Remedies } from "./remediation-planner.ts";
import { AnswerDraft, answerFormat } from "./reports.ts";
import { explainCauses } from "./root-cause-analyst.ts";
import { openRun, type Run, type RunLimits, usualLimits } from "./run.ts";
import { runAgent } from "./run-agent.ts";
import { specialistTools, withFallback } from "./specialists.ts";
import type { ToolSession } from "./tool-session.ts";

/** What the copilot says. Every sentence cites facts read in this run, or is one of our fixed notes. */
export type AgentAnswer = {
  readonly sentences: readonly GroundedSentence[];
  readonly evidence: readonly Evidence[];
  readonly droppedClaims: number;
  /** Ids of the proposals this run recorded. */
  readonly proposals: readonly string[];
  readonly producedBy: ProducedBy;
};

export type Turn = { readonly who: "person" | "copilot"; readonly text: string };

export type Question = {
  readonly session: ToolSession;
  readonly question: string;
  /** Earlier turns of the thread, oldest first. */
  readonly history?: readonly Turn[];
  /** Names the question. A repetition under the same key proposes the same things again, not others. */
  readonly key?: string;
  readonly signal?: AbortSignal;
};

export type Investigation = {
  readonly explanation: AgentAnswer;
  readonly proposals: readonly {
    readonly id: string;
    readonly action: ActionId;
    readonly target: RecordRef;
    readonly why: string;
    readonly evidence: readonly string[];
  }[];
};

export type Copilot = {
  /** Open conversation. Throws CONNECTOR_UNAVAILABLE when the tools cannot be listed. */
  answer(question: Question): Promise<AgentAnswer>;
  /** For events: explains one invoice, then proposes one step per open cause that a candidate removes. */
  investigate(order: {
    readonly session: ToolSession;
    /** Id, number or reference. */
    readonly invoice: string;
    /** One proposal for each open cause, unless every candidate is wanted. */
    readonly breadth?: "each-cause" | "every-candidate";
    readonly key?: string;
    readonly signal?: AbortSignal;
  }): Promise<Investigation>;
};

type CopilotNeeds = {
  readonly minds: Minds;
  readonly record?: Recorder;
  readonly limits?: Partial<RunLimits>;
  /** The firm's civil date, `2026-11-23`. Without it the date in UTC. */
  readonly today?: () => string;
};

const supervisorTools = [
  "portfolio_list",
  "project_health_get",
  "case_list",
  "kpi_list",
  "kpi_get",
  "delay_explain",
  "process_performance_get",
  "forecast_get",
  "what_if",
  "account_list",
  "timeline_get",
  "late_invoice_list",
  "project_list",
  "project_get",
  "milestone_list",
  "timesheet_week_list",
  "client_list",
  "opportunity_list",
  "change_order_list",
  "invoice_list",
  "invoice_get",
  "proposal_list",
  "proposal_get",
] as const;

export function createCopilot({
  minds,
  record = () => {},
  limits,
  today = utcDate,
}: CopilotNeeds): Copilot {
  const open = ({
    session,
    key,
    signal,
  }: {
    session: ToolSession;
    key?: string;
    signal?: AbortSignal;
  }) =>
    openRun({
      session,
      record,
      key: key ?? randomUUID(),
      today: today(),
      signal: signal ?? new AbortController().signal,
      limits: { ...usualLimits, ...limits },
    });
  return {
    answer: async (question) => {
      const run = await open(question);
      return withMinds(run, minds, (part, now) => supervise(part, now, question));
    },
    investigate: async ({ invoice, breadth = "each-cause", ...order }) => {
      const run = await open(order);
      const plan: PlanOrder = { invoice, mode: "propose", actions: [], breadth };
      return withMinds(run, minds, (part, now) => investigate(part, now, plan));
    },
  };
}

/**
 * The whole work with the first mind, inside its time; then, when that fails, with the rules. The
 * ledger and what was proposed stay: both are true whoever thinks.
 */
async function withMinds<T>(
  run: Run,
  minds: Minds,
  work: (run: Run, minds: Minds) => Promise<T>,
): Promise<T> {
  if (minds.fallback === null) return work(run, minds);
  const limit = AbortSignal.timeout(run.limits.mindMilliseconds);
  const signal = AbortSignal.any([run.signal, limit]);
  try {
    const part: Run = { ...run, signal };
    const done = await work(part, minds);
    run.dropped = part.dropped;
    return done;
  } catch (cause) {
    run.signal.throwIfAborted();
    const { name } = minds.first.agents.supervisor;
    run.record({ kind: "fallback", agent: "supervisor", mind: name, cause });
    run.minds.clear();
    return work({ ...run, dropped: 0 }, { first: minds.fallback, fallback: null });
  }
}

async function supervise(run: Run, minds: Minds, question: Question): Promise<AgentAnswer> {
  const draft = await runAgent(run, minds.first, {
    agent: "supervisor",
    tools: [...run.bridge.tools(supervisorTools, "supervisor"), ...specialistTools(run, minds)],
    format: answerFormat,
    schema: AnswerDraft,
    messages: conversation(question),
  });
  const { sentences, evidence, dropped } = ground(draft.sentences, run.ledger);
  const filed = await proposalLines(run, draft.proposals);
  const fixed = draft.notes.filter((id) => notes[id].holds?.(run.bridge) ?? true);
  const lost = dropped.length + draft.notes.length - fixed.length + filed.invented;
  if (dropped.length > 0)
    run.record({ kind: "dropped", agent: "supervisor", reasons: dropped.map((d) => d.why) });
  if (sentences.length + filed.sentences.length + fixed.length === 0) {
    if (minds.fallback !== null) throw new CountersignError("MODEL_OUTPUT_INVALID");
    fixed.push("not-known");
  }
  const said = [...new Set(fixed)];
  const noted = (id: NoteId) => noteSentence(id, run.bridge);
  return {
    sentences: [
      ...said.filter((id) => leading.has(id)).map(noted),
      ...sentences,
      ...filed.sentences,
      ...said.filter((id) => !leading.has(id)).map(noted),
    ],
    evidence: [
      ...new Map([...evidence, ...filed.evidence].map((fact) => [fact.id, fact])).values(),
    ],
    droppedClaims: run.dropped + lost,
    proposals: [...run.proposed.values()].map((p) => p.id),
    producedBy: producedBy(run, minds.first),
  };
}

async function investigate(run: Run, minds: Minds, order: PlanOrder): Promise<Investigation> {
  const explained = await withFallback(run, minds, {
    agent: "root_cause_analyst",
    work: (mind) => explainCauses(run, mind, order.invoice),
  });
  const planned = await withFallback(run, minds, {
    agent: "remediation_planner",
    work: (mind) => planFor(run, mind, order),
  });
  // A model may word and choose; it may not leave an open cause without the step the rules would take.
  const causes = planned && minds.fallback ? leftOut(run, planned) : [];
  if (minds.fallback && causes.length > 0) await planFor(run, minds.fallback, { ...order, causes });
  const { sentences, evidence } = ground(explained.sentences, run.ledger);
  const failed: NoteId[] = sentences.length === 0 || planned === null ? ["source-failed"] : [];
  return {
    explanation: {
      sentences: [...sentences, ...failed.map((id) => noteSentence(id, run.bridge))],
      evidence,
      droppedClaims: run.dropped,
      proposals: [...run.proposed.values()].map((p) => p.id),
      producedBy: producedBy(run, minds.first),
    },
    proposals: [...run.proposed.values()].flatMap(({ id, candidate, why, evidence: cited }) => {
      const [action, target] = candidate.split(/ (.*)/);
      const ref = parseRef(target ?? "");
      return ref ? [{ id, action: action as ActionId, target: ref, why, evidence: cited }] : [];
    }),
  };
}

/** Open causes that a candidate removes and that have neither a new nor a live proposal. */
function leftOut(run: Run, planned: Remedies): string[] {
  const candidates = run.bridge.answers("remediation_candidate_list").at(-1)?.answer ?? [];
  const taken = new Set([
    ...[...run.proposed.values()].map((p) => p.candidate.split(" ")[0]),
    ...planned.live.map((p) => p.action),
  ]);
  return planned.openCauses.flatMap(({ code }) => {
    const fitting = candidates.filter((c) => c.causes.includes(code));
    return fitting.length > 0 && !fitting.some((c) => taken.has(c.action)) ? [code] : [];
  });
}

function conversation({ question, history = [] }: Question): BaseMessage[] {
  const turns = history.slice(-12);
  const first = turns.findIndex((turn) => turn.who === "person");
  return [
    ...(first < 0 ? [] : turns.slice(first)).map(({ who, text }) =>
      who === "person"
        ? new HumanMessage(plainText(text, 2_000))
        : new AIMessage(plainText(text, 2_000)),
    ),
    new HumanMessage(plainText(question, 4_000) || "hello"),
  ];
}

const utcDate = (): string => Temporal.Now.plainDateISO("UTC").toString();

/** What has to be known before the answer is read. */
const leading: ReadonlySet<NoteId> = new Set(["source-stale", "part-unknown"]);

const noteSentence = (id: NoteId, bridge: Bridge): { text: string; evidence: EvidenceId[] } => ({
  text: notes[id].words?.(bridge) ?? notes[id].text,
  evidence: [],
});

const producedBy = (run: Run, mind: Mind): ProducedBy => ({
  mind: [...run.minds].join(" + "),
  promptHash: mind.promptHash,
});

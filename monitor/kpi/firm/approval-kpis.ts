import { fieldsOf } from "../../portfolio/basis.ts";
import { clockOf } from "../../portfolio/firm-context.ts";
import { asApprovalCase } from "../../portfolio/measure-order.ts";
import type { TwinRecord } from "../../twin/firm-view.ts";
import type { ApprovalCase } from "../approval-case.ts";
import { type ApprovalPerformance, approvalPerformance } from "../approval-performance.ts";
import type { Kpi, KpiUnit } from "../kpi.ts";
import { type ProcessCase, reworkRate } from "../process-performance.ts";
import { type QueuedItem, queueState } from "../queue-depth.ts";
import { type FirmKpi, firmKpi, type Part, type Question, type ScopeKind } from "./firm-kpi.ts";
import { placed, projectsIn } from "./selection.ts";

type Approval = TwinRecord<"approval">;

/** Business days in which an approval should be decided. A judgement near the upper quartile of a public log. */
export const approvalLimitDays = 2;

const scopes: readonly ScopeKind[] = ["firm", "client", "project", "approver"];
const noClocks = new Map();
const note =
  "Near the 75th percentile of a public approval log (BPIC 2020); levels may not transfer.";

function approvalsIn({ view, scope }: Question): readonly Approval[] {
  if (scope.kind === "approver") return view.by("approval", "approverId", scope.id ?? "");
  if (scope.kind === "project") return view.by("approval", "projectId", scope.id ?? "");
  if (scope.kind === "client")
    return projectsIn(view, scope, "all").flatMap(({ id }) => view.by("approval", "projectId", id));
  return view.all("approval");
}

/** Decided inside the period, or still waiting. */
const current = ({ fields }: Approval, { period }: Question): boolean =>
  fields.decidedAt === null ||
  (fields.decidedAt.slice(0, 10) >= period.from && fields.decidedAt.slice(0, 10) <= period.to);

function partsOf<F>(question: Question, of: (approval: Approval) => F): Part<F>[] {
  return approvalsIn(question)
    .filter((approval) => current(approval, question))
    .map((approval) => ({
      ...placed(
        question.view,
        {
          record: approval,
          projectId: approval.fields.projectId,
          title: `${approval.fields.kind.replaceAll("_", " ")} ${approval.fields.subjectId}`,
        },
        {
          fact: of(approval),
          basis: fieldsOf(
            approval,
            "state",
            "requestedAt",
            "claimedAt",
            "decidedAt",
            "approverId",
            "returns",
          ),
        },
      ),
      approverId: approval.fields.approverId ?? approval.fields.queue,
    }));
}

const performed = (
  entry: {
    readonly kpi: string;
    readonly title: string;
    readonly unit: KpiUnit;
    readonly meaning: string;
    readonly additive?: boolean;
    readonly state?: boolean;
  },
  read: (performance: ApprovalPerformance) => Kpi,
): FirmKpi => {
  const { additive = false, state = false, ...rest } = entry;
  return firmKpi<ApprovalCase>({
    ...rest,
    sourceNote: note,
    scopes,
    days: state ? null : 90,
    additive,
    systems: ["psa"],
    below: "approver",
    parts: (question) => {
      const limit = approvalLimitDays * clockOf(question.view.calendar).dayMinutes;
      return partsOf(question, (approval) => asApprovalCase(approval, limit)).filter(
        ({ fact }) => !state || fact.decidedAt === null,
      );
    },
    formula: (approvals, context) =>
      read(approvalPerformance({ approvals, clocks: noClocks }, context)),
  });
};

const queued = (kpi: "queue-depth" | "queue-oldest", title: string, meaning: string): FirmKpi =>
  firmKpi<QueuedItem>({
    kpi,
    title,
    unit: kpi === "queue-depth" ? "count" : "business days",
    meaning,
    sourceNote: "Counted, not judged. Ask about a past instant to see the queue as it was.",
    scopes,
    days: null,
    additive: kpi === "queue-depth",
    systems: ["psa"],
    below: "approver",
    parts: (question) =>
      partsOf(question, ({ source, fields }) => ({
        source,
        queue: fields.approverId ?? fields.queue ?? "nobody",
        enteredAt: fields.requestedAt,
        leftAt: fields.decidedAt,
      })).filter(({ fact }) => fact.leftAt === null),
    formula: (items, context) =>
      kpi === "queue-depth" ? queueState(items, context).depth : queueState(items, context).oldest,
  });

export const approvalKpis: readonly FirmKpi[] = [
  performed(
    {
      kpi: "approval-age",
      title: "Approval age, median",
      unit: "business days",
      meaning:
        "From request to decision in business time; pending ones count with their age so far.",
    },
    ({ cycle }) => cycle.p50,
  ),
  performed(
    {
      kpi: "approval-age-p90",
      title: "Approval age, 90th percentile",
      unit: "business days",
      meaning: "Nine in ten are decided, or have waited, no longer.",
    },
    ({ cycle }) => cycle.p90,
  ),
  performed(
    {
      kpi: "approval-wait",
      title: "Wait before an approval is opened, median",
      unit: "business days",
      meaning: "Until the approver took it up.",
    },
    ({ wait }) => wait.p50,
  ),
  performed(
    {
      kpi: "on-time-approvals",
      title: "Approvals on time",
      unit: "percent",
      meaning: "Decided within two business days, of those decided or pending past that.",
      additive: true,
    },
    ({ onTime }) => onTime,
  ),
  performed(
    {
      kpi: "missed-approvals",
      title: "Missed approvals",
      unit: "count",
      meaning: "Decided late, or pending past two business days.",
      additive: true,
    },
    ({ missed }) => missed,
  ),
  performed(
    {
      kpi: "oldest-pending-approval",
      title: "Oldest pending approval",
      unit: "business days",
      meaning: "How long the oldest waits; what lies longer than 30 days is dead and not counted.",
      state: true,
    },
    ({ oldestPending }) => oldestPending,
  ),
  queued("queue-depth", "Approvals waiting", "Approvals that stand in a queue."),
  queued("queue-oldest", "Age of the queue", "Age of the oldest approval in the queue."),
  firmKpi<ProcessCase>({
    kpi: "approval-rework-rate",
    title: "Approvals sent back",
    unit: "percent",
    meaning: "Approvals that had to be requested again, of all.",
    sourceNote: "9.7 % and 22.5 % were measured in a public log (BPIC 2020).",
    scopes,
    days: 90,
    additive: true,
    systems: ["psa"],
    below: "approver",
    parts: (question) =>
      partsOf(question, ({ source, fields }) => ({
        source,
        exceptions: null,
        resubmissions: fields.returns,
      })),
    formula: reworkRate,
  }),
];

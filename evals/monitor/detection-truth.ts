import { createDayCount, type DayCount } from "#/monitor/detect/day-count.ts";
import type { InvoiceTruth } from "#/sandbox/simulator/truth-types.ts";
import { namesCauses, normal, type Problem } from "./detection-problems.ts";
import type { Alert } from "./detection-replay.ts";
import { calendarOf, type EvalFirm } from "./eval-firm.ts";

/**
 * The moment from which an alert spoke of a problem: its kind is the right word, it is on the
 * problem's project, client or person, it cites a record that the problem held up, and where a kind
 * speaks of many causes it names the right one. null: it never did.
 */
export function spokeOf(alert: Alert, problem: Problem): string | null {
  const { finding, openedAt } = alert;
  if (!problem.kinds.includes(finding.kind)) return null;
  const place = placeOf(alert, problem);
  if (place === null) return null;
  const moments = [openedAt, place];
  const firstOf = (known: ReadonlyMap<string, string>, names: readonly string[]): boolean => {
    const first = names.flatMap((name) => known.get(name) ?? []).toSorted()[0];
    if (first !== undefined) moments.push(first);
    return first !== undefined || names.length === 0;
  };
  if (!firstOf(alert.records, problem.records)) return null;
  if (namesCauses.has(finding.kind) && !firstOf(alert.codes, problem.codes)) return null;
  return moments.toSorted().at(-1) ?? openedAt;
}

function placeOf({ finding, projects, people, openedAt }: Alert, problem: Problem): string | null {
  if (problem.clientId !== null && finding.clientId === problem.clientId) return openedAt;
  if (problem.personId !== null) return people.get(problem.personId) ?? null;
  if (finding.kind === "opportunity-without-project") {
    const projectId = finding.subject.id.replace(/^OP-/, "");
    return problem.projectIds.has(projectId) ? openedAt : null;
  }
  return [...problem.projectIds].flatMap((id) => projects.get(id) ?? []).toSorted()[0] ?? null;
}

/** Was something of the alert's meaning really wrong when it was told, or on its way? */
export function alertJudge(firm: EvalFirm, problems: readonly Problem[]) {
  const count = createDayCount(calendarOf(firm.firm));
  const invoices = new Map(firm.truth.invoices.map((one) => [one.invoiceId, one]));
  const approvals = new Map(firm.truth.approvals.map((one) => [one.approvalId, one]));
  const world: World = { firm, count, invoices, approvals };
  return (alert: Alert): boolean =>
    problems.some((problem) => {
      const from = spokeOf(alert, problem);
      return from !== null && normal(from) >= problem.onset && normal(from) <= problem.end;
    }) ||
    (natural[alert.finding.kind]?.(world, alert) ?? false);
}

type World = {
  readonly firm: EvalFirm;
  readonly count: DayCount;
  readonly invoices: ReadonlyMap<string, InvoiceTruth>;
  readonly approvals: ReadonlyMap<string, { readonly late: boolean }>;
};
type Rule = (world: World, alert: Alert) => boolean;

const cited = ({ finding }: Alert, type: string): string[] => [
  ...new Set(
    finding.evidence.filter(({ record }) => record.type === type).map(({ record }) => record.id),
  ),
];

/** Trouble that no change of circumstances is behind: slow people, slow clients, optimistic plans. */
const natural: Readonly<Partial<Record<Alert["finding"]["kind"], Rule>>> = {
  "approval-ageing": ({ approvals }, alert) =>
    cited(alert, "approval").some((id) => approvals.get(id)?.late === true),
  "approver-bottleneck": ({ approvals }, alert) => {
    const known = cited(alert, "approval").flatMap((id) => approvals.get(id) ?? []);
    return known.filter(({ late }) => late).length * 2 >= known.length;
  },
  "invoice-delay": (world, alert) => {
    const own = world.invoices.get(alert.finding.subject.id);
    if (!own) return false;
    return own.causes.length > 0
      ? own.causes.some(({ code }) => alert.codes.has(code))
      : isLate(world, own);
  },
  "unbilled-ready-value": (world, { finding, openedAt }) =>
    world.firm.truth.invoices.some(
      (one) =>
        one.projectId === finding.projectId &&
        normal(one.issuedAt) > normal(openedAt) &&
        normal(one.clockStart) < normal(openedAt) &&
        isLate(world, one),
    ),
  "missing-timesheets": ({ firm, count }, alert) =>
    cited(alert, "timesheet-week").some((id) => {
      const sheet = firm.now.get("timesheet-week", id);
      return (
        sheet !== null &&
        count.between(sheet.fields.dueOn, sheet.fields.submittedOn ?? firm.now.asOf.slice(0, 10)) >=
          2
      );
    }),
  "milestone-unaccepted": ({ firm, count }, { finding }) => {
    const fields = firm.now.get("milestone", finding.subject.id)?.fields;
    if (!fields?.deliveredOn) return false;
    return count.between(fields.deliveredOn, fields.acceptedOn ?? firm.now.asOf.slice(0, 10)) > 10;
  },
  "unapproved-work": ({ firm, count }, { finding, openedAt }) => {
    const order = firm.now.get("change-order", finding.subject.id)?.fields;
    if (order)
      return (
        order.workStartedOn !== null &&
        count.between(order.workStartedOn, order.decidedOn ?? firm.now.asOf.slice(0, 10)) >= 3
      );
    const projectId = finding.projectId ?? "";
    const orders = firm.now.by("change-order", "projectId", projectId);
    const budget = firm.now.get("project", projectId)?.fields.budgetMinutes ?? 0;
    const agreed = orders
      .filter(({ fields }) => fields.state === "approved" || fields.state === "executed")
      .reduce((sum, { fields }) => sum + fields.minutes, 0);
    const worked = firm.now
      .by("timesheet-week", "projectId", projectId)
      .reduce((sum, { fields }) => sum + fields.offPlanMinutes, 0);
    return (
      (worked - agreed) * 100 >= budget * 2 ||
      orders.some(({ fields }) => fields.raisedOn > openedAt.slice(0, 10))
    );
  },
  "staffing-gap": ({ firm }, { finding }) =>
    firm.now.get("staffing-request", finding.subject.id)?.fields.state === "filled",
  "opportunity-without-project": () => true,
  "project-slipping": ({ firm, count }, alert) =>
    goesWrong(firm, alert) ||
    firm.now.by("milestone", "projectId", alert.finding.projectId ?? "").some(({ fields }) => {
      const delivered = fields.deliveredOn ?? firm.now.asOf.slice(0, 10);
      return (
        delivered >= alert.openedAt.slice(0, 10) && count.between(fields.baselineOn, delivered) >= 3
      );
    }),
  "margin-eroding": ({ firm }, alert) =>
    goesWrong(firm, alert) ||
    firm.truth.projects.some(
      (one) =>
        one.projectId === alert.finding.projectId && one.marginAtEnd <= one.marginAtSale - 0.03,
    ),
  "budget-threshold": ({ firm }, alert) => {
    const own = firm.truth.projects.find((one) => one.projectId === alert.finding.projectId);
    return goesWrong(firm, alert) || (own?.states.some(({ burn }) => burn >= 1) ?? false);
  },
  "renewal-risk": ({ firm }, { finding }) =>
    firm.now
      .by("opportunity", "clientId", finding.clientId ?? "")
      .some(({ fields }) => fields.renewalOfContractId !== null && fields.stage === "lost"),
};

/** Really amber or red when it was told, or later. */
const goesWrong = ({ truth }: EvalFirm, { finding, openedAt }: Alert): boolean =>
  truth.projects.some(
    ({ projectId, states }) =>
      projectId === finding.projectId &&
      states.some(({ on, level }) => level !== "green" && on >= openedAt.slice(0, 10)),
  );

/** Also where it will only go out after the anchor. */
const isLate = ({ count }: World, { late, clockStart, issuedAt }: InvoiceTruth): boolean =>
  late || count.between(clockStart.slice(0, 10), issuedAt.slice(0, 10)) > 5;

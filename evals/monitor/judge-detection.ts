import type { FindingKind } from "#/domain/finding.ts";
import { createWorkClock } from "#/monitor/clocks/work-clock.ts";
import { scheduleOf } from "#/monitor/clocks/work-schedule.ts";
import { trivialAlerters } from "./detection-baselines.ts";
import { normal, type Problem, problemsOf } from "./detection-problems.ts";
import { type Alert, replayAlerts } from "./detection-replay.ts";
import { alertJudge, spokeOf } from "./detection-truth.ts";
import { calendarOf, type EvalFirm } from "./eval-firm.ts";
import { judged, share } from "./judged.ts";
import type { CountedRow } from "./seed-table.ts";

export type DetectionJudged = {
  readonly rows: readonly CountedRow[];
  readonly byScenario: readonly {
    readonly scenario: string;
    readonly problems: number;
    readonly recalled: number;
    readonly medianLead: number | null;
  }[];
  readonly byKind: readonly {
    readonly kind: FindingKind;
    readonly alerts: number;
    readonly false: number;
  }[];
  readonly missed: readonly { readonly scenario: string; readonly id: string }[];
  readonly falseAlerts: readonly {
    readonly key: string;
    readonly openedAt: string;
    readonly codes: readonly string[];
  }[];
  readonly leads: readonly { readonly scenario: string; readonly days: number }[];
};

/**
 * The detectors over the whole history, looked at every business day at 18:00, with the life of each
 * case. A case that opens with severity 2 or more is an alert; severity 1 is a note and counts neither
 * way.
 *
 * - A **problem** is a harmful change of circumstances that a record showed (`visibleFrom`), that a kind
 *   of finding speaks of, and that did harm by the anchor: it held a late invoice or a late approval,
 *   moved a milestone, cost a point of margin or a colour, or left a plan untended.
 * - It is **recalled** when an alert of a fitting kind on its project, client or person was open between
 *   `visibleFrom` and the end of its damage. Where it holds invoices or approvals, the alert must cite
 *   a record that it held, and kinds that speak of many causes must name one of the problem's.
 * - An alert is **true** when it speaks of such a change (harmful or not yet) between its onset and the
 *   end of its damage, or when the thing it names goes wrong without one: the invoice ends late for a
 *   cause it names, a cited approval ends late, a cited week comes two days late, the project really is
 *   or becomes amber or red. Everything else is **false**.
 * - **Lead time** is business days from the first fitting alert, at the earliest the week of the onset, to
 *   the problem's first breach: invoice target passed, milestone date passed, budget at 100 % or level
 *   red; the approval limit where a review made no invoice late. A limit that had passed before the
 *   problem held anything is not its breach. Alerts after the breach count with a negative sign; problems
 *   without a breach by the anchor, and missed ones, have none. The lead to the first limit of any kind,
 *   which for reviews can never be more than two days, is shown beside it.
 * - A **project-week** is a week of a project's work within the history.
 */
export function judgeDetection(firm: EvalFirm): DetectionJudged {
  const problems = problemsOf(firm);
  const alerts = replayAlerts(firm).filter(({ finding }) => finding.severity >= 2);
  const isTrue = alertJudge(firm, problems);
  const counted = problems.filter((problem) => problem.visibleFrom !== null && problem.harmed);
  const clock = createWorkClock(scheduleOf(calendarOf(firm.firm)));
  const lengthOf = (from: string, to: string): number =>
    (to >= from ? clock.minutes(from, to) : 0 - clock.minutes(to, from)) / clock.dayMinutes;
  const answers = counted.map((problem) => {
    const first = firstWord(alerts, problem);
    return {
      problem,
      first,
      lead: first !== null && problem.breach !== null ? lengthOf(first, problem.breach) : null,
      leadToLimit:
        first !== null && problem.firstLimit !== null ? lengthOf(first, problem.firstLimit) : null,
    };
  });
  const recalled = answers.filter(({ first }) => first !== null);
  const leads = answers.flatMap(({ problem, lead }) =>
    lead === null ? [] : [{ scenario: problem.scenario, days: lead }],
  );
  const wrong = alerts.filter((alert) => !isTrue(alert));
  const weeks = projectWeeks(firm);
  return {
    rows: [
      ofCases("detection recall", [recalled.length, counted.length], { atLeast: 0.9 }),
      judged("false alerts per project-week", share(wrong.length, weeks), weeks, { atMost: 0.3 }),
      judged(
        "detection lead, median business days",
        median(leads.map(({ days }) => days)),
        leads.length,
        {
          atLeast: 5,
        },
      ),
      judged(
        "lead to the first limit of any kind, median",
        median(answers.flatMap(({ leadToLimit }) => leadToLimit ?? [])),
        answers.filter(({ leadToLimit }) => leadToLimit !== null).length,
      ),
      judged("alerts per project-week", share(alerts.length, weeks), weeks),
      ofCases("alert precision", [alerts.length - wrong.length, alerts.length]),
      ...lateInvoiceRows(firm, alerts, lengthOf),
      ...trivialAlerters(firm, counted, weeks),
    ],
    byScenario: [...Map.groupBy(answers, ({ problem }) => problem.scenario)]
      .map(([scenario, own]) => ({
        scenario,
        problems: own.length,
        recalled: own.filter(({ first }) => first !== null).length,
        medianLead: median(own.flatMap(({ lead }) => lead ?? [])),
      }))
      .toSorted((a, b) => (a.scenario < b.scenario ? -1 : 1)),
    byKind: [...Map.groupBy(alerts, ({ finding }) => finding.kind)]
      .map(([kind, own]) => ({
        kind,
        alerts: own.length,
        false: own.filter((alert) => wrong.includes(alert)).length,
      }))
      .toSorted((a, b) => (a.kind < b.kind ? -1 : 1)),
    missed: answers.flatMap(({ problem, first }) =>
      first === null ? [{ scenario: problem.scenario, id: problem.id }] : [],
    ),
    falseAlerts: wrong.map(({ finding, openedAt, codes }) => ({
      key: finding.key,
      openedAt,
      codes: [...codes.keys()],
    })),
    leads,
  };
}

/** From when on some alert said so, while the problem was there to be seen; null: none did. */
function firstWord(alerts: readonly Alert[], problem: Problem): string | null {
  const words = alerts.flatMap((alert) => {
    const from = spokeOf(alert, problem);
    if (from === null || normal(from) > problem.end) return [];
    if (alert.closedAt !== null && normal(alert.closedAt) <= (problem.visibleFrom ?? "")) return [];
    return normal(from) > problem.onset ? normal(from) : problem.onset;
  });
  return words.toSorted()[0] ?? null;
}

/** Every invoice that missed its target, whatever was behind it. */
function lateInvoiceRows(
  firm: EvalFirm,
  alerts: readonly Alert[],
  lengthOf: (from: string, to: string) => number,
): CountedRow[] {
  const clock = createWorkClock(scheduleOf(calendarOf(firm.firm)));
  const late = firm.truth.invoices.filter((invoice) => invoice.late);
  const first = new Map<string, string>();
  for (const { finding, openedAt } of alerts)
    if (finding.kind === "invoice-delay" && !first.has(finding.subject.id))
      first.set(finding.subject.id, openedAt);
  const told = late.flatMap(({ invoiceId, clockStart }) => {
    const at = first.get(invoiceId);
    const target = clock.after(clockStart, 5 * clock.dayMinutes);
    return at === undefined || target === null ? [] : [lengthOf(at, target)];
  });
  return [
    ofCases("late invoices told", [told.length, late.length]),
    ofCases("late invoices told before their target", [
      told.filter((days) => days > 0).length,
      late.length,
    ]),
  ];
}

const ofCases = (
  metric: string,
  [part, whole]: readonly [number, number],
  bar?: Parameters<typeof judged>[3],
): CountedRow => ({
  ...judged(metric, share(part, whole), whole, bar),
  counts: { part, whole },
});

function projectWeeks({ truth, firm }: EvalFirm): number {
  return truth.projects.reduce(
    (sum, { states }) => sum + states.filter(({ on }) => on >= firm.since).length,
    0,
  );
}

export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return null;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? null)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

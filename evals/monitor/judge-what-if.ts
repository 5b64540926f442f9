import { ApprovalCauseCode } from "#/domain/approval-delay.ts";
import { InvoiceCauseCode } from "#/domain/assessment.ts";
import { addBusinessDays } from "#/domain/business-time.ts";
import type { WhatIfChange } from "#/domain/what-if.ts";
import { whatIf } from "#/monitor/causes/what-if.ts";
import { percentile } from "#/monitor/kpi/percentile.ts";
import type { FirmView } from "#/monitor/twin/firm-view.ts";
import type { InvoiceTruth, ScenarioTruth } from "#/sandbox/simulator/truth-types.ts";
import type { EvalFirm } from "./eval-firm.ts";
import { type Judged, judged, mean } from "./judged.ts";

export type WhatIfJudged = {
  readonly rows: readonly Judged[];
  readonly cases: readonly WhatIfCase[];
};
export type WhatIfCase = {
  readonly scenario: string;
  readonly invoiceId: string;
  readonly asked: string;
  /** Calendar days by which the money comes earlier. */
  readonly earlier: { readonly truth: number; readonly said: number };
  readonly cashOn: { readonly truth: string; readonly said: string };
  readonly paidByAnchor: boolean;
};

/** Re-runs are the costly part. */
const scenariosPerFirm = 12;

/**
 * Asks what if one cause had not been there, and compares the dates with the same firm re-run without
 * it. Scenarios are taken kind by kind in turn, in the order of their ids, among those that moved an
 * invoice that was out by the anchor: one that still waits cannot go out in the past.
 *
 * The bars stand on what the change does, for all of them, and on the date itself where the client had
 * paid by the anchor. When an unpaid invoice will be paid, no record says yet: that date is a forecast
 * of the client's habit, shown beside and without a bar.
 */
export function judgeWhatIf(firm: EvalFirm): WhatIfJudged {
  const cases = [...chosen(firm)].flat();
  const change = cases.map(({ earlier }) => Math.abs(earlier.said - earlier.truth));
  const dates = cases.map(({ cashOn }) => daysApart(cashOn.said, cashOn.truth));
  const open = cases.filter(({ paidByAnchor }) => !paidByAnchor);
  const paid = cases.filter(({ paidByAnchor }) => paidByAnchor);
  return {
    rows: [
      judged("what-if cash date change, MAE in days", mean(change), cases.length, { atMost: 3 }),
      judged(
        "what-if cash date, paid by the anchor, MAE in days",
        mean(paid.map(({ cashOn }) => daysApart(cashOn.said, cashOn.truth))),
        paid.length,
        { atMost: 3 },
      ),
      judged("what-if cash date, all, MAE in days", mean(dates), cases.length),
      judged(
        "what-if cash date change, unpaid at the anchor",
        mean(open.map(({ earlier }) => Math.abs(earlier.said - earlier.truth))),
        open.length,
      ),
      judged(
        "what-if cash date, unpaid at the anchor",
        mean(open.map(({ cashOn }) => daysApart(cashOn.said, cashOn.truth))),
        open.length,
      ),
      judged(
        "baseline nothing moves, cash date change",
        mean(cases.map(({ earlier }) => Math.abs(earlier.truth))),
        cases.length,
      ),
    ],
    cases,
  };
}

function* chosen(firm: EvalFirm): Generator<WhatIfCase[]> {
  const kinds = [
    ...Map.groupBy(
      firm.truth.scenarios
        .filter(({ codes }) => codes.some((code) => code.startsWith("INV-")))
        .toSorted((one, other) => (one.id < other.id ? -1 : 1)),
      ({ scenario }) => scenario,
    ),
  ]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, scenarios]) => [...scenarios]);
  let taken = 0;
  while (taken < scenariosPerFirm && kinds.some(({ length }) => length > 0))
    for (const scenarios of kinds) {
      for (let scenario = scenarios.shift(); scenario; scenario = scenarios.shift()) {
        const cases = casesOf(firm, scenario);
        if (cases.length === 0) continue;
        yield cases;
        taken += 1;
        break;
      }
      if (taken === scenariosPerFirm) return;
    }
}

function casesOf(firm: EvalFirm, scenario: ScenarioTruth): WhatIfCase[] {
  const truths = new Map(firm.truth.invoices.map((invoice) => [invoice.invoiceId, invoice]));
  return firm.truth.without(scenario.id).invoices.flatMap((moved): WhatIfCase[] => {
    const truth = truths.get(moved.invoiceId);
    const change = truth?.issuedByAnchor ? questionOf(firm.now, { scenario, truth }) : null;
    if (!change) return [];
    const effect = whatIf(firm.now, change).invoices.find(
      ({ invoice }) => invoice.id === moved.invoiceId,
    );
    if (!effect) return [];
    const { zone } = firm.now.calendar;
    const day = (instant: string) =>
      Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString();
    return [
      {
        scenario: scenario.scenario,
        invoiceId: moved.invoiceId,
        asked: "code" in change ? change.code : change.kind,
        earlier: {
          truth: signedDays(day(moved.paidWithout), day(moved.paidAt)),
          said: effect.cashDaysEarlier,
        },
        cashOn: { truth: day(moved.paidWithout), said: effect.cash.after.on },
        paidByAnchor: moved.paidAt <= firm.now.asOf,
      },
    ];
  });
}

type Asked = { readonly scenario: ScenarioTruth; readonly truth: InvoiceTruth };

/**
 * The question that a person would ask. Where a scenario only made slower what takes its time anyway,
 * they ask for the usual time; where it did not hold this invoice directly, there is no question.
 */
function questionOf(view: FirmView, { scenario, truth }: Asked): WhatIfChange | null {
  const { invoiceId } = truth;
  const own = truth.causes
    .flatMap(({ code, intervals }) => intervals.map((interval) => ({ code, interval })))
    .filter(({ interval }) => interval.interventionId === scenario.id);
  const [first] = own;
  const approval = scenario.codes.find((code) => ApprovalCauseCode.safeParse(code).success);
  if (!first) return null;
  if (first.code === "INV-4") return acceptedAsUsual(view, first.interval.recordId);
  if (first.code === "INV-3") return decidedAsUsual(view, first.interval.recordId);
  if (first.code === "INV-8")
    return approval
      ? { kind: "remove-cause", invoiceId, code: ApprovalCauseCode.parse(approval) }
      : null;
  if (first.code === "INV-2" || first.code === "INV-5") return null;
  const records = own.filter(({ code }) => code === first.code).map((one) => one.interval.recordId);
  return {
    kind: "remove-cause",
    invoiceId,
    code: InvoiceCauseCode.parse(first.code),
    ...(first.code === "INV-1" ? { records } : {}),
  };
}

/** As this client did with its other milestones, or all clients where it has few. */
function acceptedAsUsual(view: FirmView, milestoneId: string): WhatIfChange | null {
  const clientOf = (projectId: string) => view.get("project", projectId)?.fields.clientId ?? null;
  const milestone = view.get("milestone", milestoneId);
  const delivered = milestone?.fields.deliveredOn ?? null;
  if (!milestone || delivered === null) return null;
  const client = clientOf(milestone.fields.projectId);
  const lags = view.all("milestone").flatMap(({ id, fields }) =>
    fields.contractual &&
    fields.deliveredOn !== null &&
    fields.acceptedOn !== null &&
    id !== milestoneId
      ? [
          {
            client: clientOf(fields.projectId),
            days: businessDays(view, fields.deliveredOn, fields.acceptedOn),
          },
        ]
      : [],
  );
  const own = lags.filter((lag) => lag.client === client);
  const usual = percentile(
    (own.length >= 3 ? own : lags).map(({ days }) => days),
    50,
  );
  if (usual === null) return null;
  const on = addBusinessDays(view.calendar, delivered, usual);
  return { kind: "accept-milestone", milestoneId, on };
}

function decidedAsUsual(view: FirmView, changeOrderId: string): WhatIfChange | null {
  const lags = view
    .all("change-order")
    .flatMap(({ fields: { sentOn, decidedOn } }) =>
      sentOn !== null && decidedOn !== null ? [businessDays(view, sentOn, decidedOn)] : [],
    );
  const usual = percentile(lags, 50);
  const sent = view.get("change-order", changeOrderId)?.fields.sentOn ?? null;
  if (sent === null || usual === null) return null;
  const on = addBusinessDays(view.calendar, sent, usual);
  return { kind: "approve-change-order", changeOrderId, on };
}

function businessDays(view: FirmView, from: string, to: string): number {
  let count = 0;
  for (let day = from; day < to; day = addBusinessDays(view.calendar, day, 1)) count += 1;
  return count;
}

const signedDays = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
const daysApart = (one: string, other: string): number => Math.abs(signedDays(one, other));

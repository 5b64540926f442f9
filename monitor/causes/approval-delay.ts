import type { ApprovalCauseCode, ApprovalDelay, ApprovalHold } from "#/domain/approval-delay.ts";
import { CountersignError } from "#/domain/errors.ts";
import { compareInstants, firmClock } from "../civil-time.ts";
import type { WorkClock } from "../clocks/work-clock.ts";
import { cite } from "../kpi/intake.ts";
import { observed } from "../observed.ts";
import { thresholds } from "../thresholds.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import type { Hold } from "./approval-hold.ts";
import { approvalHolds } from "./approval-holds.ts";
import { type ApprovalWay, approvalWay } from "./approval-way.ts";
import { type CauseSettings, defaultCauseSettings } from "./settings.ts";
import { sourceGaps } from "./source-gaps.ts";

export const approvalCauseTitles: Readonly<Record<ApprovalCauseCode, string>> = {
  "APR-1": "The approver was away and nobody stood in",
  "APR-2": "The approver had more than ever is usual",
  "APR-3": "It was sent to somebody who is not active",
  "APR-4": "Information was missing",
  "APR-5": "More levels than usual for the amount",
  "APR-6": "Nobody took it from the group queue",
  "APR-7": "No notice reached the approver",
  "APR-8": "A weekend or holiday lay in between",
  "APR-9": "Something had to be settled first",
  "APR-10": "Approver and requester disagreed",
  "APR-11": "What it asks for was cancelled",
  "APR-12": "Only the system's timer moved it on",
};

const approvalRulesVersion = "approval-delay-1";

/**
 * Why one request for approval is late. Late is more than two business days or three calendar days;
 * where working time was short, a weekend or holiday is why. Otherwise it is what held it longest,
 * if that is enough of the wait; else there is no cause, and nobody is blamed.
 * Throws UNKNOWN_APPROVAL when the view holds no such request.
 */
export function approvalDelayOf(
  view: FirmView,
  approvalId: string,
  settings: Pick<CauseSettings, "freshness"> = defaultCauseSettings,
): ApprovalDelay {
  const approval = view.get("approval", approvalId);
  if (!approval) throw new CountersignError("UNKNOWN_APPROVAL", { approval: approvalId });
  const clock = firmClock(view.calendar);
  const way = approvalWay(view, approval);
  const gaps = sourceGaps(view, settings.freshness, ["psa", "hris"]);
  const waitMinutes = clock.minutes(way.requestedAt, way.endsAt);
  const long = waitMinutes > thresholds.approvalWait.value * clock.dayMinutes;
  const late = long || calendarDays(view, way) > thresholds.approvalCalendarWait.value;
  const holds = late ? approvalHolds(view, way) : [];
  const shown = holds
    .map((hold) => holdOf(hold, { way, clock }))
    .toSorted((one, other) => compareInstants(one.start, other.start));
  const held = covered(clock, holds);
  const cause = !late
    ? null
    : long
      ? longest({ clock, holds, shown, waitMinutes })
      : betweenDays(approval, waitMinutes);
  const { kind, state, subjectType, subjectId, projectId, requesterId, approverId, decidedAt } =
    approval.fields;
  const { system, type, id } = approval.source;
  return {
    approval: {
      ref: { system, type, id },
      kind,
      state,
      subject: { type: subjectType, id: subjectId },
      projectId,
      requesterId,
      approverId,
    },
    asOf: view.asOf,
    status: late ? "late" : gaps.length > 0 && way.open ? "unknown" : "on-time",
    requestedAt: way.requestedAt,
    decidedAt,
    waitMinutes,
    minutesPerDay: clock.dayMinutes,
    cause,
    holds: shown,
    unexplainedMinutes: late ? waitMinutes - held : 0,
    gaps: late || way.open ? gaps : [],
    evidence: cite([...waitRead(approval), ...holds.flatMap(({ evidence }) => evidence)]),
    rulesVersion: approvalRulesVersion,
  };
}

/** By the clock on the wall: a night of a clock change is a night like any other. */
function calendarDays({ calendar }: FirmView, { requestedAt, endsAt }: ApprovalWay): number {
  const [from, to] = [requestedAt, endsAt].map((instant) =>
    Temporal.Instant.from(instant).toZonedDateTimeISO(calendar.zone).toPlainDateTime(),
  );
  return from && to ? from.until(to).total("days") : 0;
}

function holdOf(
  { cause, detail, from, to, inferred, evidence }: Hold,
  { way, clock }: { readonly way: ApprovalWay; readonly clock: WorkClock },
): ApprovalHold {
  const open = way.open && compareInstants(to, way.endsAt) >= 0;
  return {
    cause,
    detail,
    start: from,
    end: open ? null : to,
    minutes: clock.minutes(from, to),
    confidence: inferred ? "medium" : "high",
    evidence: cite(evidence).map(({ id }) => id),
  };
}

type Held = {
  readonly clock: WorkClock;
  readonly holds: readonly Hold[];
  readonly shown: readonly ApprovalHold[];
  readonly waitMinutes: number;
};

function longest({ clock, holds, shown, waitMinutes }: Held): ApprovalDelay["cause"] {
  const [most] = [...Map.groupBy(holds, ({ cause }) => cause)]
    .map(([code, own]) => ({ code, minutes: covered(clock, own) }))
    .toSorted((one, other) => other.minutes - one.minutes);
  if (!most || most.minutes < waitMinutes * thresholds.approvalCauseShare.value) return null;
  const own = shown.filter(({ cause }) => cause === most.code);
  const [main] = own.toSorted((one, other) => other.minutes - one.minutes);
  if (!main) return null;
  return {
    ...most,
    title: approvalCauseTitles[most.code],
    detail: main.detail,
    confidence: own.some(({ confidence }) => confidence !== "high") ? "medium" : "high",
    evidence: [...new Set(own.flatMap(({ evidence }) => evidence))].toSorted(),
  };
}

/** APR-8: in working time the delay is gone. */
function betweenDays(
  approval: TwinRecord<"approval">,
  minutes: number,
): NonNullable<ApprovalDelay["cause"]> {
  return {
    code: "APR-8",
    title: approvalCauseTitles["APR-8"],
    detail: "In working time it did not wait long",
    minutes,
    confidence: "high",
    evidence: cite(waitRead(approval))
      .map(({ id }) => id)
      .toSorted(),
  };
}

const waitRead = ({ source, fields }: TwinRecord<"approval">) => [
  observed(source, "requestedAt", fields.requestedAt),
  observed(source, "decidedAt", fields.decidedAt),
  observed(source, "state", fields.state),
];

/** Working minutes that at least one of these covers. */
function covered(clock: WorkClock, holds: readonly Hold[]): number {
  const sorted = holds.toSorted((one, other) => compareInstants(one.from, other.from));
  let minutes = 0;
  let until: string | null = null;
  for (const { from, to } of sorted) {
    if (until === null || compareInstants(from, until) >= 0) minutes += clock.minutes(from, to);
    else if (compareInstants(to, until) > 0) minutes += clock.minutes(until, to);
    if (until === null || compareInstants(to, until) > 0) until = to;
  }
  return minutes;
}

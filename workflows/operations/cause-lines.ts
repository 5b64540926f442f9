import type { ApprovalDelay } from "#/domain/approval-delay.ts";
import type { FirmInvoiceDelay } from "#/domain/assessment.ts";
import type { FindingCause } from "#/domain/finding.ts";
import { formatMoney } from "#/domain/money.ts";
import type { MarginBridge } from "#/monitor/erosion/margin-bridge.ts";
import type { Slippage } from "#/monitor/slippage/slippage.ts";
import type { CauseLine, Figure, Statement } from "../operations-services.ts";
import { type Citations, rounded } from "./figures.ts";

const daysFigure = (days: number, asOf: string, evidence: Figure["evidence"]): Figure => ({
  name: "days",
  label: "Working days",
  value: days,
  unit: "business days",
  currency: null,
  text: `${rounded(days, 1)} working ${days === 1 ? "day" : "days"}`,
  reason: null,
  range: null,
  coverage: null,
  asOf,
  evidence,
});

/** Causes of a late invoice, in days of the firm. */
export function invoiceCauses(delay: FirmInvoiceDelay, citations: Citations): CauseLine[] {
  citations.add(delay.evidence);
  return delay.causes.map(({ code, title, totalMinutes, open, blockers, evidence }) => ({
    code,
    title,
    detail: blockers.map(({ detail }) => detail).join("; "),
    days: daysFigure(totalMinutes / delay.minutesPerDay, delay.asOf, evidence),
    open,
    evidence,
  }));
}

export const unexplainedDays = (
  minutes: number,
  known: { minutesPerDay: number; asOf: string; evidence: Figure["evidence"] },
): Figure => ({
  ...daysFigure(minutes / known.minutesPerDay, known.asOf, known.evidence),
  name: "unexplained",
  label: "Unexplained",
});

export function approvalCauses(delay: ApprovalDelay, citations: Citations): CauseLine[] {
  citations.add(delay.evidence);
  const { cause, holds, minutesPerDay, asOf, decidedAt } = delay;
  const first = cause && {
    code: cause.code,
    title: cause.title,
    detail: cause.detail,
    days: daysFigure(cause.minutes / minutesPerDay, asOf, cause.evidence),
    open: decidedAt === null,
    evidence: cause.evidence,
  };
  const others = holds
    .filter((hold) => hold.cause !== cause?.code)
    .map((hold) => ({
      code: hold.cause,
      title: hold.detail,
      detail: hold.detail,
      days: daysFigure(hold.minutes / minutesPerDay, asOf, hold.evidence),
      open: hold.end === null,
      evidence: hold.evidence,
    }));
  return [...(first ? [first] : []), ...others];
}

/** What took the margin away: money rather than days. */
export function marginCauses(bridge: MarginBridge, citations: Citations): CauseLine[] {
  const { currency, asOf } = bridge;
  return bridge.causes.map(({ code, title, minor, points, inputs }) => {
    const evidence = citations.of(inputs);
    const share = points === null ? "" : `, ${rounded(points / 100, 1)} points of margin`;
    return {
      code,
      title: sentenceCase(title),
      detail: `${formatMoney({ minor, currency })}${share}`,
      days: {
        ...daysFigure(0, asOf, evidence),
        name: "margin-effect",
        label: "Effect on the margin",
        value: minor,
        unit: "minor units",
        currency,
        text: formatMoney({ minor, currency }),
      },
      open: true,
      evidence,
    };
  });
}

export function slipCauses(slip: Slippage, citations: Citations): CauseLine[] {
  return slip.causes.map(({ code, title, details, days, open, inputs }) => {
    const evidence = citations.of(inputs);
    return {
      code,
      title: sentenceCase(title),
      detail: details.join("; "),
      days: daysFigure(days, slip.asOf, evidence),
      open,
      evidence,
    };
  });
}

export const findingCause = (
  { code, title, detail, days, open, evidence }: FindingCause,
  asOf: string,
): CauseLine => ({
  code,
  title,
  detail,
  days: days === null ? null : daysFigure(days, asOf, evidence),
  open,
  evidence,
});

/** `Timesheets missing (INV-1): 4.5 working days, still open. Ana Kovac, week of …` */
export const causeStatement = ({
  code,
  title,
  detail,
  days,
  open,
  evidence,
}: CauseLine): Statement => ({
  text: `${title} (${code})${days ? `: ${days.text}` : ""}${open ? ", still open" : ""}. ${detail === title ? "" : detail}`.trim(),
  evidence,
});

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

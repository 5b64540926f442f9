import { CountersignError } from "#/domain/errors.ts";
import { formatMoney } from "#/domain/money.ts";
import {
  type WhatIfAnswer as Computed,
  type DateEstimate,
  WhatIfChange,
} from "#/domain/what-if.ts";
import { whatIf } from "#/monitor/causes/what-if.ts";
import type { FirmView } from "#/monitor/twin/firm-view.ts";
import type { Figure, Statement, WhatIfAnswer, WhatIfQuery } from "../operations-services.ts";
import { rounded } from "./figures.ts";
import { findRecord, nameOf } from "./find-record.ts";
import type { FirmNow } from "./firm-picture.ts";
import { pictureOf } from "./sources.ts";

type Effect = WhatIfAnswer["effects"][number];

/** What one change would do to dates, cash, margin and utilisation. Nothing is changed by asking. */
export function whatIfAnswer(firm: FirmNow, query: WhatIfQuery): WhatIfAnswer {
  const { view } = firm;
  const computed = whatIf(view, changeOf(view, query));
  const cited = computed.evidence.map(({ id }) => id);
  const effects = effectsOf(view, computed, cited.slice(0, 8));
  const statements: Statement[] = [
    ...computed.gaps.map((gap) => ({
      text: `Not known: ${sentence(gap)}`,
      evidence: cited.slice(0, 8),
    })),
    ...(effects.length === 0
      ? [
          {
            text: "It would change no date, no margin and no utilisation that we can compute.",
            evidence: [],
          },
        ]
      : effects.map(({ label, before, after, change }) => ({
          text: `${label}: ${before.text} now, ${after.text} then (${change.text}).`,
          evidence: after.evidence,
        }))),
    ...computed.assumptions.map((text) => ({
      text: `This takes for granted: ${sentence(text)}`,
      evidence: cited.slice(0, 8),
    })),
  ];
  return {
    ...pictureOf(firm, { statements, evidence: computed.evidence }),
    title: titleOf(query),
    effects,
  };
}

/** Ends with one full stop, whether or not the text brings its own. */
const sentence = (text: string): string => `${text.replace(/\.$/, "")}.`;

/** Names become ids. Throws UNKNOWN_RECORD, AMBIGUOUS_NAME or INVALID_ARGUMENTS. */
function changeOf(view: FirmView, query: WhatIfQuery): WhatIfChange {
  const today = Temporal.Instant.from(view.asOf)
    .toZonedDateTimeISO(view.calendar.zone)
    .toPlainDate();
  const asked = (): Readonly<Record<string, unknown>> => {
    switch (query.change) {
      case "remove-cause":
        return {
          kind: query.change,
          invoiceId: findRecord(view, "invoice", query.invoice).id,
          code: query.code,
        };
      case "remove-days":
        return {
          kind: query.change,
          invoiceId: findRecord(view, "invoice", query.invoice).id,
          days: query.days,
        };
      case "accept-milestone":
        return {
          kind: query.change,
          milestoneId: findRecord(view, "milestone", query.milestone).id,
          on: query.on ?? today.toString(),
        };
      case "approve-change-order":
        return {
          kind: query.change,
          changeOrderId: findRecord(view, "change-order", query.changeOrder).id,
          on: today.toString(),
        };
      case "reassign":
        break;
    }
    return {
      kind: query.change,
      projectId: findRecord(view, "project", query.project).id,
      from: findRecord(view, "person", query.from).id,
      to: findRecord(view, "person", query.to).id,
    };
  };
  const parsed = WhatIfChange.safeParse(asked());
  if (!parsed.success)
    throw new CountersignError("INVALID_ARGUMENTS", {
      problems: parsed.error.issues
        .map(({ path, message }) => `${path.join(".")}: ${message}`)
        .join("; "),
    });
  return parsed.data;
}

function titleOf(query: WhatIfQuery): string {
  switch (query.change) {
    case "remove-cause":
      return `Without cause ${query.code} on ${query.invoice}`;
    case "remove-days":
      return `${query.days} working days less on ${query.invoice}`;
    case "accept-milestone":
      return `Milestone ${query.milestone} accepted${query.on ? ` on ${query.on}` : ""}`;
    case "approve-change-order":
      return `Change order ${query.changeOrder} approved`;
    case "reassign":
      break;
  }
  return `${query.to} in place of ${query.from} on ${query.project}`;
}

function effectsOf(view: FirmView, computed: Computed, evidence: Figure["evidence"]): Effect[] {
  const { asOf } = computed;
  const blank = (label: string): Figure => ({
    name: label.toLowerCase().replaceAll(" ", "-"),
    label,
    value: null,
    unit: "",
    currency: null,
    text: "unknown",
    reason: null,
    range: null,
    coverage: null,
    asOf,
    evidence,
  });
  const date = (label: string, estimate: DateEstimate): Figure => ({
    ...blank(label),
    value: estimate.on,
    unit: "date",
    text: estimate.on,
    range: estimate.basis === "record" ? null : [estimate.earliest, estimate.latest],
    reason:
      estimate.measuredErrorDays === null
        ? null
        : `Such estimates missed by ${rounded(estimate.measuredErrorDays, 1)} days on average, on ${estimate.cases} past cases.`,
  });
  const number = (label: string, value: number | null, unit: string): Figure => ({
    ...blank(label),
    value,
    unit,
    text: value === null ? "unknown" : `${rounded(value, 1)} ${unit}`,
  });
  const difference = (before: number | null, after: number | null): number | null =>
    before === null || after === null ? null : after - before;
  return [
    ...computed.invoices.flatMap(({ invoice, ready, issue, cash, savedDays, cashDaysEarlier }) => {
      const found = view.get("invoice", invoice.id);
      const name = found ? nameOf(found) : invoice.id;
      const dates = [
        [`${name} ready`, ready, number("Change", savedDays, "working days earlier")],
        [`${name} issued`, issue, number("Change", daysBetween(issue), "days earlier")],
        [`${name} paid`, cash, number("Change", cashDaysEarlier, "days earlier")],
      ] as const;
      return dates.map(
        ([label, moved, change]): Effect => ({
          label,
          before: date(label, moved.before),
          after: date(label, moved.after),
          change,
        }),
      );
    }),
    ...computed.margins.flatMap(({ projectId, marginPercent, revenue }): Effect[] => {
      const project = view.get("project", projectId);
      const label = `Margin of ${project ? nameOf(project) : projectId}`;
      const value = `Value of ${project ? nameOf(project) : projectId}`;
      return [
        {
          label,
          before: number(label, marginPercent.before, "%"),
          after: number(label, marginPercent.after, "%"),
          change: number("Change", difference(marginPercent.before, marginPercent.after), "points"),
        },
        {
          label: value,
          before: {
            ...blank(value),
            value: revenue.before.minor,
            text: formatMoney(revenue.before),
          },
          after: { ...blank(value), value: revenue.after.minor, text: formatMoney(revenue.after) },
          change: {
            ...blank("Change"),
            value: revenue.after.minor - revenue.before.minor,
            text: formatMoney({
              minor: revenue.after.minor - revenue.before.minor,
              currency: revenue.after.currency,
            }),
          },
        },
      ];
    }),
    ...computed.utilisation.map(({ personId, percent }): Effect => {
      const person = view.get("person", personId);
      const label = `Utilisation of ${person ? nameOf(person) : personId}`;
      return {
        label,
        before: number(label, percent.before, "%"),
        after: number(label, percent.after, "%"),
        change: number("Change", difference(percent.before, percent.after), "points"),
      };
    }),
  ];
}

const daysBetween = ({ before, after }: { before: DateEstimate; after: DateEstimate }): number =>
  Temporal.PlainDate.from(after.on).until(before.on).days;

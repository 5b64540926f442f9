import { plainText } from "#/domain/plain-text.ts";
import { compareInstants, endOfDay, latest } from "../civil-time.ts";
import type { Condition } from "../condition.ts";
import type { Moments } from "../moments.ts";
import { observed } from "../observed.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import type { Bill } from "./bill.ts";
import { conditionOn } from "./draft-conditions.ts";
import { changesOf } from "./record-history.ts";

/* What the canonical records do not tell: twin projects, deliveries, the approval's own record, transfers. */

/**
 * INV-13: time up to the period's end lies on a second project of the same deal. Not where that
 * project has a contract or invoices of its own: then it is meant to be there.
 */
export function noTimeElsewhere(view: FirmView, { invoice, project, out }: Bill): Condition[] {
  const deal = project?.fields.opportunityId ?? null;
  const { periodEnd } = invoice.fields;
  if (!project || deal === null || periodEnd === null) return [];
  return view.by("project", "opportunityId", deal).flatMap((other): Condition[] => {
    const itsOwn =
      other.fields.contractId !== null || view.by("invoice", "projectId", other.id).length > 0;
    if (other.id === project.id || itsOwn) return [];
    const booked = view
      .by("timesheet-week", "projectId", other.id)
      .filter(({ fields }) => fields.week <= periodEnd)
      .flatMap((week) => {
        const told = changesOf(view, week, "loggedMinutes");
        const from = told.find(({ value }) => Number(value) > 0)?.at;
        const moved = told.findLast(({ value }) => Number(value) === 0)?.at ?? null;
        return from ? [{ week, from, moved: week.fields.loggedMinutes === 0 ? moved : null }] : [];
      });
    const [first] = booked.toSorted((one, next) => compareInstants(one.from, next.from));
    if (!first) return [];
    const still = booked.some(({ moved }) => moved === null);
    const metAt = still ? out : booked.flatMap(({ moved }) => moved ?? []).reduce(latest);
    return [
      {
        ...conditionOn("INV-13", other),
        detail: `Project ${plainText(other.fields.code, 40)} is of the same deal as ${plainText(project.fields.code, 40)}, and ${booked.length} ${booked.length === 1 ? "week of time was" : "weeks of time were"} booked on it`,
        blocksFrom: first.from,
        met: metAt !== null,
        metAt,
        evidence: [
          observed(project.source, "opportunityId", deal),
          observed(other.source, "opportunityId", other.fields.opportunityId),
          observed(other.source, "status", other.fields.status),
          ...booked.map(({ week }) =>
            observed(week.source, "loggedMinutes", week.fields.loggedMinutes),
          ),
        ],
      },
    ];
  });
}

/** INV-5: what it bills was to be delivered, and was not. */
export const delivered = (
  view: FirmView,
  moments: Moments,
  { source, fields, ...rest }: TwinRecord<"milestone">,
): Condition[] => {
  const { due, deliveredOn } = fields;
  if (due === null) return [];
  return [
    {
      ...conditionOn("INV-5", { source, fields, ...rest }),
      detail: `Milestone “${plainText(fields.name, 80)}”: due ${due}, ${deliveredOn === null ? `forecast ${fields.forecastOn}` : `delivered ${deliveredOn}`}`,
      blocksFrom: endOfDay(view.calendar, due),
      met: deliveredOn !== null,
      metAt: deliveredOn === null ? null : moments.at(source, "deliveredOn", deliveredOn),
      evidence: [
        observed(source, "due", due),
        observed(source, "deliveredOn", deliveredOn),
        observed(source, "forecastOn", fields.forecastOn),
      ],
    },
  ];
};

/** INV-8: somebody was asked to approve it. */
export function approved(view: FirmView, { invoice, out }: Bill): Condition[] {
  return view
    .by("approval", "subjectId", invoice.id)
    .filter(({ fields }) => fields.subjectType === "invoice")
    .map((approval): Condition => {
      const { approverId, queue, requestedAt, decidedAt, state } = approval.fields;
      const who =
        view.get("person", approverId ?? "")?.fields.name ?? queue ?? "nobody in particular";
      const metAt = decidedAt ?? out;
      return {
        ...conditionOn("INV-8", approval),
        detail: `Approval asked of ${plainText(who, 80)} on ${requestedAt.slice(0, 10)}, ${decidedAt === null ? "not given" : `${state} ${decidedAt.slice(0, 10)}`}`,
        blocksFrom: requestedAt,
        met: metAt !== null,
        metAt,
        evidence: [
          observed(approval.source, "state", state),
          observed(approval.source, "requestedAt", requestedAt),
          observed(approval.source, "decidedAt", decidedAt),
          observed(approval.source, "approverId", approverId),
        ],
      };
    });
}

/** INV-11: the hand-over to the ledger failed, until it went through. */
export function transferred(view: FirmView, { invoice, out }: Bill): Condition[] {
  return view
    .by("sync-attempt", "subjectId", invoice.id)
    .filter(({ fields }) => fields.subjectType === "invoice")
    .flatMap((attempt): Condition[] => {
      const told = changesOf(view, attempt, "state");
      const failed = told.find(({ value }) => value === "failed");
      if (!failed) return [];
      const through = told.find(
        ({ at, value }) => value === "delivered" && compareInstants(at, failed.at) >= 0,
      );
      const metAt = through?.at ?? out;
      const { attempts, message, state } = attempt.fields;
      return [
        {
          ...conditionOn("INV-11", attempt),
          detail: `Hand-over from ${plainText(attempt.fields.from, 40)} to ${plainText(attempt.fields.to, 40)}: ${attempts} attempts, ${state}${message === null ? "" : ` (${plainText(message, 120)})`}`,
          blocksFrom: failed.at,
          met: metAt !== null,
          metAt,
          evidence: [
            observed(attempt.source, "state", state),
            observed(attempt.source, "attempts", attempts),
          ],
        },
      ];
    });
}

import type { OperationsEvent } from "#/domain/operations-event.ts";
import { compareInstants } from "../civil-time.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";

/** A stretch during which one person had it, or nobody in particular. Half open: [from, to). */
export type Turn = {
  readonly personId: string | null;
  readonly level: number;
  readonly from: string;
  readonly to: string;
};

/** One request from asking to its end, as its events tell it. */
export type ApprovalWay = {
  readonly approval: TwinRecord<"approval">;
  readonly events: readonly OperationsEvent[];
  readonly requestedAt: string;
  /** When it was decided or withdrawn, else when the view was taken. */
  readonly endsAt: string;
  readonly open: boolean;
  readonly turns: readonly Turn[];
};

/** Who has it, and on which level, changes with the events that name an approver or a level. */
export function approvalWay(view: FirmView, approval: TwinRecord<"approval">): ApprovalWay {
  const { approverId, level, requestedAt, decidedAt } = approval.fields;
  const events = view.history("approval", approval.id);
  const endsAt = decidedAt ?? view.asOf;
  const turns: Turn[] = [];
  let now = { personId: approverId, level, from: requestedAt };
  let first = true;
  for (const { attributes, occurredAt } of events) {
    if (attributes.approverId === undefined && attributes.level === undefined) continue;
    const next = {
      personId:
        attributes.approverId === undefined
          ? now.personId
          : (attributes.approverId as string | null),
      level: attributes.level === undefined ? now.level : Number(attributes.level),
    };
    if (!first && compareInstants(occurredAt, now.from) > 0) turns.push({ ...now, to: occurredAt });
    now = { ...next, from: first ? requestedAt : occurredAt };
    first = false;
  }
  turns.push({ ...now, to: endsAt });
  return {
    approval,
    events,
    requestedAt,
    endsAt,
    open: decidedAt === null,
    turns: turns.filter(({ from, to }) => compareInstants(from, to) < 0),
  };
}

/** The first event at or after that moment that somebody acted with, or the end. */
export const nextAct = ({ events, endsAt }: ApprovalWay, after: string): string =>
  events.find(
    ({ occurredAt, type }) =>
      compareInstants(occurredAt, after) > 0 && !type.endsWith(".resubmitted"),
  )?.occurredAt ?? endsAt;

import { isRecordKind } from "#/domain/operating-model.ts";
import { plainText } from "#/domain/plain-text.ts";
import { compareInstants, firmClock, latest } from "../civil-time.ts";
import { observed } from "../observed.ts";
import { thresholds } from "../thresholds.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { type Hold, nameOf, requested } from "./approval-hold.ts";
import { absences, overloads } from "./approval-people.ts";
import { type ApprovalWay, nextAct } from "./approval-way.ts";
import { typicalLevels } from "./typical-levels.ts";

/** Everything that the records show of what held a request up; the weekend is not among it. */
export function approvalHolds(view: FirmView, way: ApprovalWay): Hold[] {
  const before = beforeAnyoneLooks(view, way);
  const looked = before.reduce((at, { to }) => latest(at, to), way.requestedAt);
  const away = absences(view, way, looked);
  return [
    ...outlived(view, way),
    ...before,
    ...away,
    ...[...overloads(view, way, looked), ...askedBack(view, way)].map(untilAway(away)),
    ...disagreed(view, way),
    ...furtherLevels(view, way),
  ].filter(({ from, to }) => compareInstants(from, to) < 0);
}

/** Whoever goes away in the middle is away from then on, whatever else was to do. */
const untilAway =
  (away: readonly Hold[]) =>
  (hold: Hold): Hold => {
    const leaves = away.find(
      ({ from, to }) => compareInstants(from, hold.from) > 0 && compareInstants(to, hold.to) >= 0,
    );
    return leaves && compareInstants(leaves.from, hold.to) < 0
      ? { ...hold, to: leaves.from }
      : hold;
  };

/** APR-9, 3, 6, 7, 12: what had to be sorted out before anybody could look. One after the other. */
function beforeAnyoneLooks(view: FirmView, way: ApprovalWay): Hold[] {
  const holds: Hold[] = [];
  let looked = way.requestedAt;
  for (const find of [prerequisite, inactive, unclaimed, unnoticed, timer]) {
    const hold = find(view, way);
    if (!hold || compareInstants(hold.to, looked) <= 0) continue;
    holds.push({ ...hold, from: latest(hold.from, looked) });
    looked = hold.to;
  }
  return holds;
}

function prerequisite(_view: FirmView, { approval, events, requestedAt }: ApprovalWay) {
  const met = events.find(({ type }) => type === "approval.prerequisite-met");
  if (!met) return null;
  return {
    cause: "APR-9",
    detail: "Something that comes first was not settled yet",
    from: requestedAt,
    to: met.occurredAt,
    inferred: false,
    evidence: [requested(approval)],
  } satisfies Hold;
}

function inactive(view: FirmView, { approval, turns }: ApprovalWay): Hold | null {
  const turn = turns.find(({ personId, from }) => {
    const person = view.get("person", personId ?? "")?.fields;
    return person !== undefined && !person.active && (person.leftOn ?? from) <= from;
  });
  const person = turn && view.get("person", turn.personId ?? "");
  if (!turn || !person) return null;
  return {
    cause: "APR-3",
    detail: `It was sent to ${nameOf(view, person.id)}, who ${person.fields.leftOn === null ? "is not active" : `left on ${person.fields.leftOn}`}`,
    from: turn.from,
    to: turn.to,
    inferred: false,
    evidence: [
      observed(person.source, "active", person.fields.active),
      observed(person.source, "leftOn", person.fields.leftOn),
      observed(approval.source, "approverId", approval.fields.approverId),
    ],
  };
}

function unclaimed(view: FirmView, { approval, turns }: ApprovalWay): Hold | null {
  const [turn] = turns;
  const { queue, claimedAt } = approval.fields;
  if (!turn || turn.personId !== null || queue === null) return null;
  const clock = firmClock(view.calendar);
  const limit = thresholds.unclaimed.value * clock.dayMinutes;
  if (clock.minutes(turn.from, turn.to) <= limit) return null;
  return {
    cause: "APR-6",
    detail: `In the queue ${plainText(queue, 80)} nobody took it${claimedAt === null ? "" : ` before ${claimedAt.slice(0, 10)}`}`,
    from: turn.from,
    to: turn.to,
    inferred: false,
    evidence: [
      observed(approval.source, "queue", queue),
      observed(approval.source, "claimedAt", claimedAt),
    ],
  };
}

function unnoticed(_view: FirmView, { approval, events, requestedAt, endsAt }: ApprovalWay) {
  const told = events.filter(({ attributes }) => attributes.notifiedAt !== undefined);
  if (told.length === 0 || told[0]?.attributes.notifiedAt !== null) return null;
  const reached = told.find(({ attributes }) => attributes.notifiedAt !== null);
  return {
    cause: "APR-7",
    detail: `No notice reached the approver${reached ? ` before ${reached.occurredAt.slice(0, 10)}` : ""}`,
    from: requestedAt,
    to: reached?.occurredAt ?? endsAt,
    inferred: false,
    evidence: [observed(approval.source, "notifiedAt", approval.fields.notifiedAt)],
  } satisfies Hold;
}

/** The system moved it on by its own clock, and only then somebody began to look. */
function timer(_view: FirmView, { approval, events, requestedAt, endsAt }: ApprovalWay) {
  const index = events.findIndex(({ type }) => type === "approval.escalated");
  const moved = events[index];
  if (!moved) return null;
  // Decided at that very moment: the timer ended the wait and did not cause it.
  const next = events[index + 1]?.occurredAt ?? endsAt;
  if (compareInstants(next, moved.occurredAt) === 0) return null;
  return {
    cause: "APR-12",
    detail: "It lay until the system's own timer moved it on",
    from: requestedAt,
    to: moved.occurredAt,
    inferred: false,
    evidence: [requested(approval)],
  } satisfies Hold;
}

/** APR-11: what it is about was cancelled, and the request went on. */
function outlived(view: FirmView, { approval, requestedAt, endsAt }: ApprovalWay): Hold[] {
  const { subjectType, subjectId } = approval.fields;
  if (!isRecordKind(subjectType)) return [];
  const gone = view
    .history(subjectType, subjectId)
    .find(
      ({ attributes }) => attributes.state === "cancelled" || attributes.status === "cancelled",
    );
  const subject = view.get(subjectType, subjectId);
  if (!gone || !subject) return [];
  const field = gone.attributes.state === "cancelled" ? "state" : "status";
  return [
    {
      cause: "APR-11",
      detail: `What it asks for was cancelled on ${gone.occurredAt.slice(0, 10)}`,
      from: latest(gone.occurredAt, requestedAt),
      to: endsAt,
      inferred: false,
      evidence: [observed(subject.source, field, "cancelled"), requested(approval)],
    },
  ];
}

/** APR-4: it went back with a question, and the second look took its time as well. */
function askedBack(view: FirmView, way: ApprovalWay): Hold[] {
  const { approval } = way;
  const back = way.events.filter(({ attributes }) => attributes.state === "returned");
  const returned = back.map(
    ({ occurredAt }): Hold => ({
      cause: "APR-4",
      detail: `It was sent back on ${occurredAt.slice(0, 10)}${questionAt(view, approval, occurredAt)}`,
      from: occurredAt,
      to: nextAct(way, occurredAt),
      inferred: false,
      evidence: [observed(approval.source, "returns", approval.fields.returns)],
    }),
  );
  if (returned.length > 0) return returned;
  // A question that nobody sent it back for holds it just as well, until it is answered.
  const comments = commentsOn(view, way);
  const asked = comments.findIndex(
    ({ fields }) => fields.authorId !== approval.fields.requesterId && fields.text.includes("?"),
  );
  const question = comments[asked];
  if (!question || comments.length > 2) return [];
  const answer = comments[asked + 1]?.changedAt ?? way.endsAt;
  return [
    {
      cause: "APR-4",
      detail: `A question was asked on ${question.changedAt.slice(0, 10)}`,
      from: question.changedAt,
      to: answer,
      inferred: true,
      evidence: [observed(question.source, "authorId", question.fields.authorId)],
    },
  ];
}

const questionAt = (view: FirmView, { id }: TwinRecord<"approval">, instant: string): string => {
  const comment = view
    .by("approval-comment", "approvalId", id)
    .find(({ changedAt }) => changedAt === instant);
  return comment ? ` (“${plainText(comment.fields.text, 120)}”)` : "";
};

/** APR-10: approver and requester argue, comment by comment, without anything being sent back. */
function disagreed(view: FirmView, way: ApprovalWay): Hold[] {
  const thread = commentsOn(view, way);
  const [first, last] = [thread[0], thread.at(-1)];
  const { requesterId } = way.approval.fields;
  const sides = new Set(thread.map(({ fields }) => fields.authorId === requesterId));
  if (!first || !last || thread.length < 3 || sides.size < 2) return [];
  return [
    {
      cause: "APR-10",
      detail: `${nameOf(view, first.fields.authorId)} and ${nameOf(view, requesterId)} disagreed over ${thread.length} comments`,
      from: first.changedAt,
      to: nextAct(way, last.changedAt),
      inferred: true,
      evidence: thread.map(({ source, fields }) => observed(source, "authorId", fields.authorId)),
    },
  ];
}

/** What people wrote, in order of time, but for the words that went with sending it back and again. */
function commentsOn(view: FirmView, { approval, events }: ApprovalWay) {
  const acts = new Set(
    events
      .filter(({ attributes }) => attributes.state !== undefined)
      .map(({ occurredAt }) => occurredAt),
  );
  return view
    .by("approval-comment", "approvalId", approval.id)
    .filter(({ changedAt }) => !acts.has(changedAt))
    .toSorted((one, other) => compareInstants(one.changedAt, other.changedAt));
}

/** APR-5: levels beyond what is typical for that amount. */
function furtherLevels(view: FirmView, { approval, turns }: ApprovalWay): Hold[] {
  const { levels, level } = approval.fields;
  const typical = typicalLevels(view, approval);
  if (typical === null || levels <= typical) return [];
  return turns
    .filter((turn) => turn.level > typical)
    .map((turn) => ({
      cause: "APR-5",
      detail: `Level ${turn.level} of ${levels}, with ${nameOf(view, turn.personId)}; ${typical} ${typical === 1 ? "is" : "are"} usual for such an amount`,
      from: turn.from,
      to: turn.to,
      inferred: false,
      evidence: [
        observed(approval.source, "levels", levels),
        observed(approval.source, "level", level),
        observed(approval.source, "amountCents", approval.fields.amountCents),
      ],
    }));
}

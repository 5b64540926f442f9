import type { TwinRecord } from "../twin/firm-view.ts";
import { approverQueue } from "./approver-queue.ts";
import { type DraftCause, days, facts, sinceOf } from "./draft-finding.ts";
import type { Scene } from "./scene.ts";

type Approval = TwinRecord<"approval">;

/** One step more than this is more than a request of that kind usually needs. */
const usualLevels = 2;
const claimDays = 1;

/** What visibly holds a request up now. Empty: somebody has it and has not decided yet. */
export function approvalHoldUps(scene: Scene, approval: Approval): DraftCause[] {
  const { view } = scene;
  const { approverId, queue, state, notifiedAt, levels, level, subjectId } = approval.fields;
  const waited = scene.age(approval.fields.requestedAt);
  const cause = (
    code: string,
    [title, detail]: readonly [string, string],
    cited: DraftCause["facts"],
  ): DraftCause => ({ code, title, detail, days: waited, open: true, facts: cited });
  const found: DraftCause[] = [];
  if (isOutlived(scene, approval))
    found.push(
      cause(
        "APR-11",
        [
          "Its reason is gone",
          "What it asks for was cancelled; nobody needs to decide it any more.",
        ],
        [
          ...facts(approval, "subjectId", "state"),
          ...(view.get("staffing-request", subjectId)
            ? facts(
                view.get("staffing-request", subjectId) as TwinRecord<"staffing-request">,
                "state",
              )
            : []),
        ],
      ),
    );
  const approver = approverId === null ? null : view.get("person", approverId);
  if (approver && !approver.fields.active)
    found.push(
      cause(
        "APR-3",
        ["It lies with somebody who has left", `${approver.fields.name} is no longer active.`],
        [...facts(approval, "approverId"), ...facts(approver, "active")],
      ),
    );
  const away = approverId === null ? null : scene.absence(approverId);
  if (away)
    found.push(
      cause(
        "APR-1",
        [
          "The approver is away",
          `${scene.nameOf(approverId)} is away until ${away.fields.to} and nobody covers.`,
        ],
        [...facts(approval, "approverId"), ...facts(away, "from", "to", "coverPersonId")],
      ),
    );
  if (queue !== null && approverId === null && waited >= claimDays)
    found.push(
      cause(
        "APR-6",
        ["Nobody has claimed it", `It lies in ${queue} for ${days(waited)}.`],
        facts(approval, "queue", "claimedAt"),
      ),
    );
  if (notifiedAt === null && queue === null)
    found.push(
      cause(
        "APR-7",
        ["The approver was never told", `No notice reached ${scene.nameOf(approverId)}.`],
        facts(approval, "notifiedAt", "approverId"),
      ),
    );
  if (state === "returned")
    found.push(
      cause(
        "APR-4",
        [
          "It came back with a question",
          `${scene.nameOf(approval.fields.requesterId)} has not answered for ${days(scene.age(sinceOf(view, approval, "state")))}.`,
        ],
        facts(approval, "state", "returns"),
      ),
    );
  const comments = view.by("approval-comment", "approvalId", approval.id);
  if (state === "pending" && comments.length >= 2 && approval.fields.returns === 0)
    found.push(
      cause(
        "APR-10",
        ["They do not agree", `${comments.length} comments went back and forth.`],
        comments.slice(0, 4).flatMap((comment) => facts(comment, "authorId")),
      ),
    );
  if (levels > usualLevels)
    found.push(
      cause(
        "APR-5",
        ["It needs many signatures", `${levels} levels, ${level - 1} of them done.`],
        facts(approval, "levels", "level"),
      ),
    );
  if (approverId !== null && state === "pending") {
    const desk = approverQueue(scene, approverId);
    if (desk.overloaded)
      found.push(
        cause(
          "APR-2",
          [
            "The approver has too much on the desk",
            `${desk.waiting.length} requests wait for ${scene.nameOf(approverId)}; usually at most ${desk.usual ?? 0} do.`,
          ],
          desk.waiting.slice(0, 6).flatMap((one) => facts(one, "state", "approverId")),
        ),
      );
  }
  return found;
}

function isOutlived({ view }: Scene, { fields }: Approval): boolean {
  if (fields.subjectType !== "staffing-request") return false;
  return view.get("staffing-request", fields.subjectId)?.fields.state === "cancelled";
}

export const isUndecided = ({ fields }: Approval): boolean =>
  fields.state === "pending" || fields.state === "returned";

/** By the approver's own clock: days on which the approver was away are not the approver's. */
export const approverDays = (scene: Scene, { fields }: Approval): number =>
  fields.approverId === null
    ? scene.age(fields.requestedAt)
    : scene.ownAge(fields.approverId, fields.requestedAt);

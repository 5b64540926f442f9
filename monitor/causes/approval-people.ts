import { startOfDay } from "#/domain/business-time.ts";
import { compareInstants, earliest, endOfDay, firmClock, latest } from "../civil-time.ts";
import { observed } from "../observed.ts";
import { thresholds } from "../thresholds.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { type Hold, nameOf, requested } from "./approval-hold.ts";
import { type ApprovalWay, nextAct, type Turn } from "./approval-way.ts";
import { deskOf } from "./approver-load.ts";

/* What held a request up on the desk of one person: that person was away, or buried. */

/** APR-1: whoever had it was away, and nobody stood in. */
export function absences(view: FirmView, way: ApprovalWay, looked: string): Hold[] {
  const clock = firmClock(view.calendar);
  const catchUp = thresholds.catchUp.value * clock.dayMinutes;
  const backLimit = thresholds.backAtDesk.value * clock.dayMinutes;
  return way.turns.flatMap((turn) => {
    const from = latest(turn.from, looked);
    if (turn.personId === null || compareInstants(from, turn.to) >= 0) return [];
    return uncovered(view, turn.personId).flatMap(({ leaves, away, back }): Hold[] => {
      if (compareInstants(away, turn.to) >= 0 || compareInstants(back, from) <= 0) return [];
      const acted = actWithin(way, turn, back);
      const prompt = acted !== null && clock.minutes(back, acted) <= backLimit;
      // Asked before and decided long after: the absence fell into the wait and did not make it.
      if (compareInstants(away, from) > 0 && acted !== null && !prompt) return [];
      return [
        {
          cause: "APR-1",
          detail: `${nameOf(view, turn.personId)} was away from ${leaves[0]?.fields.from} to ${leaves.at(-1)?.fields.to}, and nobody stood in`,
          from: latest(from, away),
          to: earliest(prompt ? acted : (clock.after(back, catchUp) ?? back), turn.to),
          inferred: false,
          evidence: [
            ...leaves.flatMap(({ source, fields }) => [
              observed(source, "from", fields.from),
              observed(source, "to", fields.to),
              observed(source, "coverPersonId", fields.coverPersonId),
            ]),
            requested(way.approval),
          ],
        },
      ];
    });
  });
}

type Absence = {
  readonly leaves: readonly TwinRecord<"leave">[];
  readonly away: string;
  readonly back: string;
};

const absencesByView = new WeakMap<FirmView, Map<string, readonly Absence[]>>();

/** When somebody was away with nobody to stand in; leaves without a working hour between are one. */
function uncovered(view: FirmView, personId: string): readonly Absence[] {
  let known = absencesByView.get(view);
  if (!known) absencesByView.set(view, (known = new Map()));
  let own = known.get(personId);
  if (!own) known.set(personId, (own = readAbsences(view, personId)));
  return own;
}

function readAbsences(view: FirmView, personId: string): Absence[] {
  const clock = firmClock(view.calendar);
  const leaves = view
    .by("leave", "personId", personId)
    .filter(({ fields: { coverPersonId: cover } }) => cover === null || cover === personId)
    .toSorted((one, other) => (one.fields.from < other.fields.from ? -1 : 1));
  const merged: Absence[] = [];
  for (const leave of leaves) {
    const away = startOfDay(view.calendar, leave.fields.from);
    const back = endOfDay(view.calendar, leave.fields.to);
    const last = merged.at(-1);
    if (last && clock.minutes(last.back, away) === 0)
      merged[merged.length - 1] = {
        leaves: [...last.leaves, leave],
        away: last.away,
        back: latest(last.back, back),
      };
    else merged.push({ leaves: [leave], away, back });
  }
  return merged;
}

/** What that person did with it first after coming back; null: nothing yet. */
function actWithin(way: ApprovalWay, turn: Turn, back: string): string | null {
  const acted = nextAct(way, back);
  return way.open && compareInstants(acted, way.endsAt) === 0 ? null : earliest(acted, turn.to);
}

/** APR-2: more came day by day than ever is usual on that desk. */
export function overloads(view: FirmView, way: ApprovalWay, looked: string): Hold[] {
  return way.turns.flatMap((turn): Hold[] => {
    const from = latest(turn.from, looked);
    const desk = turn.personId === null ? null : deskOf(view, turn.personId);
    const inflow = desk?.inflowAt(from) ?? null;
    if (!desk || !inflow || compareInstants(from, turn.to) >= 0) return [];
    if (inflow.daily <= inflow.usual || inflow.daily < thresholds.busyDesk.value) return [];
    return [
      {
        cause: "APR-2",
        detail: `${nameOf(view, turn.personId)} got ${inflow.daily} or more requests a day, usual are up to ${inflow.usual}; ${desk.depthAt(from)} lay before them`,
        from,
        to: earliest(nextAct(way, from), turn.to),
        inferred: true,
        evidence: desk.cameAround(from).map(requested),
      },
    ];
  });
}

import { startOfDay } from "#/domain/business-time.ts";
import { compareInstants, earliest, endOfDay, firmClock, latest } from "../civil-time.ts";
import { observed } from "../observed.ts";
import { thresholds } from "../thresholds.ts";
import type { FirmView } from "../twin/firm-view.ts";
import { type Hold, nameOf, requested } from "./approval-hold.ts";
import { type ApprovalWay, nextAct, type Turn } from "./approval-way.ts";
import { deskOf } from "./approver-load.ts";

/* What held a request up on the desk of one person: that person was away, or buried. */

/** APR-1: whoever had it was away, and nobody stood in. */
export function absences(view: FirmView, way: ApprovalWay, looked: string): Hold[] {
  const clock = firmClock(view.calendar);
  const backLimit = thresholds.backAtDesk.value * clock.dayMinutes;
  return way.turns.flatMap((turn) => {
    const from = latest(turn.from, looked);
    if (turn.personId === null || compareInstants(from, turn.to) >= 0) return [];
    return view.by("leave", "personId", turn.personId).flatMap((leave): Hold[] => {
      const { coverPersonId, personId } = leave.fields;
      if (coverPersonId !== null && coverPersonId !== personId) return [];
      const away = startOfDay(view.calendar, leave.fields.from);
      const back = endOfDay(view.calendar, leave.fields.to);
      if (compareInstants(away, turn.to) >= 0 || compareInstants(back, from) <= 0) return [];
      const acted = actWithin(way, turn, back);
      const prompt = acted !== null && clock.minutes(back, acted) <= backLimit;
      // Asked before and decided long after: the absence fell into the wait and did not make it.
      if (compareInstants(away, from) > 0 && acted !== null && !prompt) return [];
      return [
        {
          cause: "APR-1",
          detail: `${nameOf(view, personId)} was away from ${leave.fields.from} to ${leave.fields.to}, and nobody stood in`,
          from: latest(from, away),
          to: earliest(prompt ? acted : back, turn.to),
          inferred: false,
          evidence: [
            observed(leave.source, "from", leave.fields.from),
            observed(leave.source, "to", leave.fields.to),
            observed(leave.source, "coverPersonId", coverPersonId),
            requested(way.approval),
          ],
        },
      ];
    });
  });
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

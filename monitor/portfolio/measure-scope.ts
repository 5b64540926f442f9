import { dateIn, plusDays } from "../clocks/civil-days.ts";
import {
  changeOrderGraceDays,
  openChangeAge,
  openChangeShare,
  uncoveredScopeCues,
} from "../kpi/commercial-signals.ts";
import type { Kpi } from "../kpi/kpi.ts";
import type { FirmView } from "../twin/firm-view.ts";
import { fieldsOf, listed, money, restingOn } from "./basis.ts";
import type { ProjectWork } from "./earned-value-of.ts";
import { scopeCue } from "./scope-cues.ts";

/** Days after its period of grace for which an uncovered cue counts. A judgement. */
export const cueWindowDays = 30;

const changesOf = ({ work, context }: ProjectWork) => ({
  source: work.orders.source,
  items: work.orders.records.map(({ source, fields }) => ({
    source,
    state: fields.state,
    amount: money(fields.amountCents, context.reporting.currency),
    raisedOn: fields.raisedOn,
    decidedOn: fields.decidedOn,
  })),
});

const changesBasis = ({ work }: ProjectWork) => [
  work.orders.count,
  ...work.orders.records.flatMap((each) =>
    fieldsOf(each, "state", "amountCents", "raisedOn", "decidedOn"),
  ),
];

/** Change orders nobody has decided. */
export const measureOpenChangeAge = (about: ProjectWork): Kpi =>
  restingOn(openChangeAge(changesOf(about), about.context), changesBasis(about));

export const measureOpenChangeShare = (about: ProjectWork, bac: Kpi): Kpi =>
  restingOn(openChangeShare(changesOf(about), bac, about.context), [
    ...changesBasis(about),
    ...bac.inputs,
  ]);

/** Notes of the last weeks that speak of extra work, with no change order near them. */
export function measureScopeCues(view: FirmView, about: ProjectWork): Kpi {
  const { project, context } = about;
  const notes = listed(view, "note", ["projectId", project.id]);
  const since = plusDays(context.today, -(changeOrderGraceDays + cueWindowDays));
  const cues = notes.records.flatMap((note) => {
    // The text day is within a day of the firm's own: enough to leave the old notes unread.
    if (note.fields.writtenAt.slice(0, 10) < plusDays(since, -1)) return [];
    const on = dateIn(view.calendar.zone, note.fields.writtenAt);
    return on >= since && scopeCue(note.fields.text) ? [{ note, on }] : [];
  });
  const found = uncoveredScopeCues(
    {
      source: notes.source,
      items: cues.map(({ note, on }) => ({ source: note.source, field: "text", on })),
    },
    changesOf(about),
    context,
  );
  return restingOn(found, [
    notes.count,
    ...cues.flatMap(({ note }) => fieldsOf(note, "text", "writtenAt")),
    ...changesBasis(about),
  ]);
}

import { addBusinessDays } from "#/domain/business-time.ts";
import { plainText } from "#/domain/plain-text.ts";
import { EffectMissing, type Receipt } from "#/domain/run.ts";
import type { ReadRecord } from "#/tools/ports.ts";
import { type Action, defineAction, type Preview } from "./define-action.ts";
import { projectPart } from "./draft-effect.ts";
import {
  asserted,
  byCode,
  fromSource,
  needed,
  readOne,
  readWhere,
  refusing,
  seen,
} from "./source-record.ts";
import { noteArgument, refOf, type TargetArgs, targetArgs } from "./target-args.ts";

const refuse = refusing("The later forecast of the milestone");

/**
 * R20. The lead reports a later end, and the next milestone still stands where it was planned: its forecast
 * moves by as many days. What the contract says stays.
 */
export const extendMilestoneForecast: Action<TargetArgs> = defineAction({
  declaration: {
    id: "R20",
    name: "extend-milestone-forecast",
    title: "Move the forecast of the next milestone",
    group: "internalRecord",
    tier: 2,
    judgement: false,
    forCauses: ["SLP"],
    sinks: { project: "destination", milestone: "destination", forecast: "choice", note: "text" },
    editable: ["note"],
    idempotency: "natural",
    reversible: "yes",
    undo: "Set the forecast back to the day before; the contract's date was never changed.",
  },
  args: targetArgs("psa", "project"),

  async preview({ target, note }, { records, look, calendar }) {
    const reader = needed(records, refuse);
    const project = await readOne(reader, "project", { id: target.id, refuse });
    const { plannedEndOn, forecastEndOn } = project.fields;
    const late = daysBetween(plannedEndOn, forecastEndOn);
    if (late <= 0) throw refuse("the project is not reported to end later than planned");
    const [next] = (await readWhere(reader, "milestone", ["projectId", target.id]))
      .filter(({ fields }) => fields.deliveredOn === null)
      .toSorted((a, b) => (a.fields.baselineOn < b.fields.baselineOn ? -1 : 1));
    if (!next) throw refuse("no milestone is still to be delivered");
    if (next.fields.forecastOn > next.fields.baselineOn)
      throw refuse(`the next milestone is forecast for ${next.fields.forecastOn} already`);
    const moved = Temporal.PlainDate.from(next.fields.forecastOn).add({ days: late - 1 });
    const after = addBusinessDays(calendar, moved.toString(), 1);
    const { projectEvidence, ...part } = projectPart(await look.psa.getProject(target.id));
    return {
      target: refOf(project.source),
      title: `Forecast “${plainText(next.fields.name, 80)}” for ${after}`,
      arguments: [
        fromSource(project, { name: "project", sink: "destination", field: "id" }),
        fromSource(next, { name: "milestone", sink: "destination", field: "id" }),
        byCode("forecast", "choice", after),
        ...noteArgument(note),
      ],
      effects: [
        {
          record: refOf(next.source),
          field: "forecastOn",
          before: next.fields.forecastOn,
          after,
        },
      ],
      amount: null,
      preconditions: [
        asserted(next, "version", "forecastOn", "baselineOn", "deliveredOn", "due"),
        asserted(project, "fields", "plannedEndOn", "forecastEndOn"),
      ],
      ...part,
      recipientInternal: true,
      evidence: [
        ...seen(project, "plannedEndOn", "forecastEndOn"),
        ...seen(next, "forecastOn", "baselineOn"),
        ...projectEvidence,
      ],
    };
  },

  // The milestone is named by what was approved; to look for it without that would be a guess.
  find: async () => null,
  async send(_, approved, { systems }) {
    const { writer, reader } = needed(systems.records, refuse);
    const { id, after } = changeIn(approved);
    const now = await reader.read("milestone", id);
    // Done before: a repeat changes nothing more.
    if (now?.fields["forecastOn"] === after) return;
    const revision = approved.preconditions[0]?.revision ?? "";
    await writer.change({ kind: "milestone", id, revision, fields: { forecastOn: after } });
  },
  async verify(_, approved, { systems }) {
    const { id, after } = changeIn(approved);
    const now = await needed(systems.records, refuse).reader.read("milestone", id);
    if (now?.fields["forecastOn"] !== after)
      throw new EffectMissing("The system answered, and the forecast is not the approved day.");
    return receiptOf(now);
  },
});

function changeIn({ effects: [effect] }: Preview): { id: string; after: string } {
  if (typeof effect?.after !== "string") throw new TypeError("the payload approves no day");
  return { id: effect.record.id, after: effect.after };
}

const receiptOf = ({ source, fields }: ReadRecord): Receipt => ({
  record: refOf(source),
  externalId: source.id,
  url: source.url,
  observed: { forecastOn: fields["forecastOn"] ?? null, due: fields["due"] ?? null },
  verifiedAt: source.retrievedAt,
});

const daysBetween = (from: string, to: string): number =>
  Temporal.PlainDate.from(from).until(to, { largestUnit: "days" }).days;

import { z } from "zod";
import { addBusinessDays, type BusinessCalendar } from "#/domain/business-time.ts";
import type { Evidence } from "#/domain/evidence.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { Argument, Precondition } from "#/domain/proposal.ts";
import type { RecordRef } from "#/domain/record.ts";
import type { RecordReader } from "#/tools/ports.ts";
import { type Action, defineAction } from "./define-action.ts";
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
import { noteArgument, type TargetArgs, targetArgs } from "./target-args.ts";
import { itemEffects, itemSteps } from "./work-item-action.ts";

const refuse = refusing("The review date");
/** From the close of a deal to the day somebody looks at it again. */
const dealReviewDays = 20;

/** R38. Nothing is done; who is responsible looks again on a day that the record itself names. */
export const watchUntilReview: Action<TargetArgs> = defineAction({
  declaration: {
    id: "R38",
    name: "watch-until-review",
    title: "Do nothing now, and look again on a set day",
    group: "internalRecord",
    tier: 0,
    judgement: false,
    forCauses: ["low-confidence"],
    sinks: { record: "destination", owner: "recipient", reviewOn: "choice", note: "text" },
    editable: ["note"],
    idempotency: "read-back",
    reversible: "yes",
    undo: "Take the review off the list; nothing else was changed.",
  },
  args: z.union([
    targetArgs("psa", "project"),
    targetArgs("crm", "client"),
    targetArgs("crm", "opportunity"),
  ]),

  async preview({ target, note }, { records, look, calendar }) {
    const about = await reviewOf(target, { reader: needed(records, refuse), calendar });
    const words = noteArgument(note);
    const item = {
      title: `Look again at “${about.name}”`,
      details: "It was decided to do nothing now and to watch.",
      ownerEmail: String(about.owner.value),
      dueOn: about.reviewOn,
    };
    const project = target.type === "project" ? await look.psa.getProject(target.id) : null;
    const { projectEvidence, ...part } = projectPart(project);
    return {
      target,
      title: `Watch “${about.name}” until ${about.reviewOn}`,
      arguments: [
        about.record,
        about.owner,
        byCode("reviewOn", "choice", about.reviewOn),
        ...words,
      ],
      effects: itemEffects(target, item, words),
      amount: null,
      preconditions: [about.precondition],
      ...part,
      recipientInternal: true,
      evidence: [...about.evidence, ...projectEvidence],
    };
  },
  ...itemSteps({
    type: "review",
    system: ({ system }) => (system === "crm" ? "crm" : "psa"),
    refuse,
  }),
});

type Review = {
  readonly name: string;
  readonly reviewOn: string;
  readonly record: Argument;
  readonly owner: Argument;
  readonly precondition: Precondition;
  readonly evidence: readonly Evidence[];
};

async function reviewOf(
  { type, id }: RecordRef,
  { reader, calendar }: { reader: RecordReader; calendar: BusinessCalendar },
): Promise<Review> {
  const named = { name: "record", sink: "destination", field: "id" } as const;
  const ownerOf = async (person: string): Promise<Argument> =>
    fromSource(await readOne(reader, "person", { id: person, refuse }), {
      name: "owner",
      sink: "recipient",
      field: "email",
    });
  if (type === "opportunity") {
    const deal = await readOne(reader, "opportunity", { id, refuse });
    return {
      name: plainText(deal.fields.name, 80),
      reviewOn: addBusinessDays(calendar, deal.fields.closeOn, dealReviewDays),
      record: fromSource(deal, named),
      owner: await ownerOf(deal.fields.ownerId),
      precondition: asserted(deal, "version", "closeOn", "ownerId"),
      evidence: seen(deal, "stage", "closeOn"),
    };
  }
  if (type === "client") {
    const client = await readOne(reader, "client", { id, refuse });
    const [first] = (await readWhere(reader, "contract", ["clientId", id]))
      .flatMap(({ fields }) => fields.renewalOn ?? [])
      .toSorted();
    if (first === undefined) throw refuse("no contract of the client names a renewal");
    return {
      name: plainText(client.fields.name, 80),
      reviewOn: first,
      record: fromSource(client, named),
      owner: await ownerOf(client.fields.accountOwnerId),
      precondition: asserted(client, "version", "accountOwnerId"),
      evidence: seen(client, "accountOwnerId"),
    };
  }
  const project = await readOne(reader, "project", { id, refuse });
  const due = (await readWhere(reader, "milestone", ["projectId", id]))
    .filter(({ fields }) => fields.deliveredOn === null)
    .map(({ fields }) => fields.forecastOn)
    .toSorted()[0];
  return {
    name: plainText(project.fields.name, 80),
    reviewOn: due ?? project.fields.forecastEndOn,
    record: fromSource(project, named),
    owner: await ownerOf(project.fields.leadId),
    precondition: asserted(project, "version", "leadId", "forecastEndOn"),
    evidence: seen(project, "forecastEndOn", "leadId"),
  };
}

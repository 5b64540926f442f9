import { z } from "zod";
import type { BusinessCalendar } from "#/domain/business-time.ts";
import type { Evidence } from "#/domain/evidence.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { Argument, Precondition } from "#/domain/proposal.ts";
import type { RecordRef } from "#/domain/record.ts";
import type { RecordReader } from "#/tools/ports.ts";
import { unsafeForClient } from "./client-safe.ts";
import { type Action, defineAction } from "./define-action.ts";
import { approvedText, draftEffects, matching, projectPart } from "./draft-effect.ts";
import { standardTemplate } from "./project-template.ts";
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
import { noteArgument, type TargetArgs, targetArgs, withNote } from "./target-args.ts";

const refuse = refusing("The draft to the client");

/**
 * R36. A drafted welcome after a won deal, or a drafted update on a project. A person sends it, or not. It is
 * refused when its words, names and the note included, tell of money, margins or people's affairs.
 */
export const draftClientUpdate: Action<TargetArgs> = defineAction({
  declaration: {
    id: "R36",
    name: "draft-client-update",
    title: "Draft a welcome or an update to the client",
    group: "clientVisible",
    tier: 3,
    judgement: false,
    forCauses: ["WF-01"],
    sinks: { record: "destination", subject: "text", message: "text", note: "text" },
    editable: ["note"],
    idempotency: "read-back",
    reversible: "yes",
    undo: "Delete the draft in the CRM; nothing was sent.",
  },
  args: z.union([targetArgs("crm", "opportunity"), targetArgs("psa", "project")]),

  async preview({ target, note }, { records, look, calendar }) {
    const reader = needed(records, refuse);
    const words = noteArgument(note);
    const { subject, body, ...about } = await (target.type === "opportunity"
      ? welcome(target, { reader, calendar })
      : update(target, { reader, calendar }));
    const problem = unsafeForClient(`${subject}\n${withNote(body, words)}`);
    if (problem !== null) throw refuse(`it is not for a client: ${problem}`);
    const project = target.type === "project" ? await look.psa.getProject(target.id) : null;
    const { projectEvidence, ...part } = projectPart(project);
    return {
      target,
      title: `Draft “${subject}”`,
      arguments: [
        about.record,
        byCode("subject", "text", subject),
        byCode("message", "text", body),
        ...words,
      ],
      effects: draftEffects(target, { subject, body, note: words }),
      amount: null,
      preconditions: about.preconditions,
      ...part,
      recipientInternal: false,
      evidence: [...about.evidence, ...projectEvidence],
    };
  },

  find: ({ target }, key, { crmWriter }) => crmWriter.findDraftMessage(key, target),
  async send(_, approved, { key, systems }) {
    await systems.crmWriter.createDraftMessage({
      key,
      about: approved.target,
      subject: approvedText(approved, "draft.subject"),
      body: approvedText(approved, "draft.body"),
    });
  },
  async verify({ target }, approved, { key, systems }) {
    return matching(await systems.crmWriter.findDraftMessage(key, target), {
      subject: approvedText(approved, "draft.subject"),
      body: approvedText(approved, "draft.body"),
    });
  },
});

type Reading = { readonly reader: RecordReader; readonly calendar: BusinessCalendar };
type Draft = {
  readonly subject: string;
  readonly body: string;
  readonly record: Argument;
  readonly preconditions: readonly Precondition[];
  readonly evidence: readonly Evidence[];
};
const named = { name: "record", sink: "destination", field: "id" } as const;

async function welcome({ id }: RecordRef, { reader }: Reading): Promise<Draft> {
  const deal = await readOne(reader, "opportunity", { id, refuse });
  const { stage, name, clientId, ownerId } = deal.fields;
  if (stage !== "won") throw refuse(`the deal is not won: ${stage}`);
  const client = await readOne(reader, "client", { id: clientId, refuse });
  const owner = await readOne(reader, "person", { id: ownerId, refuse });
  return {
    subject: `Welcome: “${plainText(name, 80)}”`,
    body: [
      `Dear ${plainText(client.fields.sponsorName, 60)}, thank you for your trust in “${plainText(name, 80)}”.`,
      `We begin within ${standardTemplate.startsAfterBusinessDays} working days and will propose a date for the kickoff.`,
      `Until then ${plainText(owner.fields.name, 60)} is there for your questions.`,
    ].join(" "),
    record: fromSource(deal, named),
    preconditions: [
      asserted(deal, "version", "stage", "name", "ownerId"),
      asserted(client, "fields", "sponsorName"),
    ],
    evidence: [...seen(deal, "stage"), ...seen(client, "sponsorName"), ...seen(owner, "name")],
  };
}

async function update({ id }: RecordRef, { reader }: Reading): Promise<Draft> {
  const project = await readOne(reader, "project", { id, refuse });
  const { name, status, percentComplete } = project.fields;
  if (status !== "active") throw refuse(`the project is ${status}`);
  const milestones = await readWhere(reader, "milestone", ["projectId", id]);
  const delivered = milestones.filter(({ fields }) => fields.deliveredOn !== null);
  const [next] = milestones
    .filter(({ fields }) => fields.deliveredOn === null)
    .toSorted((a, b) => (a.fields.forecastOn < b.fields.forecastOn ? -1 : 1));
  return {
    subject: `Where “${plainText(name, 80)}” stands`,
    body: [
      `“${plainText(name, 80)}” is ${percentComplete} % complete.`,
      ...(delivered.length > 0
        ? [`Delivered: ${delivered.map(({ fields }) => plainText(fields.name, 60)).join(", ")}.`]
        : []),
      ...(next
        ? [
            `Next is “${plainText(next.fields.name, 60)}”, which we expect on ${next.fields.forecastOn}.`,
          ]
        : []),
    ].join(" "),
    record: fromSource(project, named),
    preconditions: [
      asserted(project, "version", "status", "percentComplete", "name"),
      ...milestones.map((milestone) => asserted(milestone, "fields", "forecastOn", "deliveredOn")),
    ],
    evidence: [
      ...seen(project, "percentComplete"),
      ...milestones.flatMap((milestone) => seen(milestone, "deliveredOn", "forecastOn")),
    ],
  };
}

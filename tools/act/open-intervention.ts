import { plainText } from "#/domain/plain-text.ts";
import type { Source } from "#/domain/record.ts";
import { type Action, defineAction } from "./define-action.ts";
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
import { itemEffects, itemSteps } from "./work-item-action.ts";

const refuse = refusing("The intervention before the renewal");
/** Calendar days before the renewal by which somebody should have talked to the client. */
const leadDays = 14;
/** A sponsor who was heard within so many calendar days is not silent. */
const silenceDays = 30;

/** R26. A task for the client's account owner in the CRM, with the reasons read at their sources. */
export const openIntervention: Action<TargetArgs> = defineAction({
  declaration: {
    id: "R26",
    name: "open-intervention",
    title: "Open a customer-success intervention before a renewal",
    group: "internalRecord",
    tier: 2,
    judgement: false,
    forCauses: ["delivery-red", "open-escalation", "low-engagement"],
    sinks: {
      client: "destination",
      owner: "recipient",
      dueOn: "choice",
      details: "text",
      note: "text",
    },
    editable: ["note"],
    idempotency: "read-back",
    reversible: "yes",
    undo: "Close the task in the CRM; the client was told nothing.",
  },
  args: targetArgs("crm", "client"),

  async preview({ target, note }, { records }) {
    const reader = needed(records, refuse);
    const client = await readOne(reader, "client", { id: target.id, refuse });
    const { name, accountOwnerId, sponsorName } = client.fields;
    const today = dayOf(client.source);
    const [contract] = (await readWhere(reader, "contract", ["clientId", target.id]))
      .filter(({ fields }) => fields.renewalOn !== null && fields.renewalOn >= today)
      .toSorted((a, b) => ((a.fields.renewalOn ?? "") < (b.fields.renewalOn ?? "") ? -1 : 1));
    const renewalOn = contract?.fields.renewalOn ?? null;
    if (!contract || renewalOn === null) throw refuse("no contract of the client comes up");
    const owner = await readOne(reader, "person", { id: accountOwnerId, refuse });
    const red = (await readWhere(reader, "project", ["clientId", target.id])).filter(
      ({ fields }) =>
        fields.reportedHealth === "red" &&
        fields.status !== "completed" &&
        fields.status !== "cancelled",
    );
    const tickets = (await readWhere(reader, "ticket", ["clientId", target.id])).filter(
      ({ fields }) => fields.escalated && fields.state === "open",
    );
    const [contact] = (await readWhere(reader, "contact", ["clientId", target.id]))
      .filter(({ fields }) => fields.role === "sponsor")
      .toSorted((a, b) => (a.fields.on < b.fields.on ? 1 : -1));
    const heardSince = Temporal.PlainDate.from(today).subtract({ days: silenceDays }).toString();
    if (red.length === 0 || tickets.length === 0 || !contact || contact.fields.on >= heardSince)
      throw refuse("one of the three signs is gone");
    const early = Temporal.PlainDate.from(renewalOn).subtract({ days: leadDays }).toString();
    const item = {
      title: `Talk to ${plainText(name, 80)} before the renewal on ${renewalOn}`,
      details: [
        `Red: ${red.map(({ fields }) => plainText(fields.name, 60)).join(", ")}.`,
        `Open escalations: ${tickets.map(({ source }) => source.id).join(", ")}.`,
        `Last contact with ${plainText(sponsorName, 60)}: ${contact.fields.on}.`,
      ].join(" "),
      ownerEmail: owner.fields.email,
      dueOn: early >= today ? early : renewalOn,
    };
    const words = noteArgument(note);
    const record = refOf(client.source);
    return {
      target: record,
      title: `Open an intervention for ${plainText(name, 80)} before ${renewalOn}`,
      arguments: [
        fromSource(client, { name: "client", sink: "destination", field: "id" }),
        fromSource(owner, { name: "owner", sink: "recipient", field: "email" }),
        byCode("dueOn", "choice", item.dueOn),
        byCode("details", "text", item.details),
        ...words,
      ],
      effects: itemEffects(record, item, words),
      amount: null,
      preconditions: [
        asserted(client, "version", "accountOwnerId"),
        asserted(contract, "fields", "renewalOn"),
        ...red.map((project) => asserted(project, "fields", "reportedHealth")),
        ...tickets.map((ticket) => asserted(ticket, "fields", "escalated", "state")),
      ],
      projectId: null,
      projectLeadEmail: null,
      recipientInternal: true,
      evidence: [
        ...seen(contract, "renewalOn", "valueCents"),
        ...red.flatMap((project) => seen(project, "reportedHealth")),
        ...tickets.flatMap((ticket) => seen(ticket, "escalated", "state")),
        ...seen(contact, "on"),
      ],
    };
  },
  ...itemSteps({ type: "task", system: () => "crm", refuse }),
});

const dayOf = ({ retrievedAt }: Source): string => retrievedAt.slice(0, 10);

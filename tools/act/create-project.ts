import { plainText } from "#/domain/plain-text.ts";
import { type Action, defineAction } from "./define-action.ts";
import {
  findPlanned,
  makePlanned,
  type Planned,
  plannedEffects,
  plannedIn,
  receiptOf,
  verifyPlanned,
} from "./planned-records.ts";
import { planFromTemplate, standardTemplate } from "./project-template.ts";
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

const refuse = refusing("The project from the template");
/** The deal is the natural key: whoever asks, however often, one deal gives one project. */
const keyOf = ({ target }: TargetArgs): string => `opportunity:${target.id}`;
const parts: readonly string[] = [
  "project",
  ...standardTemplate.seats.map((_, index) => `staffing-request-${index + 1}`),
  ...standardTemplate.tasks.map((_, index) => `task-${index + 1}`),
];

/**
 * R29 with the seats of R23 and the first tasks: one template, one approval. A project whose seats nobody
 * asks for is half a template, and each part is found again by its own key.
 */
export const createProject: Action<TargetArgs> = defineAction({
  declaration: {
    id: "R29",
    name: "create-project",
    title: "Create a project from the template",
    group: "internalRecord",
    tier: 2,
    judgement: false,
    forCauses: ["WF-01"],
    sinks: {
      opportunity: "destination",
      client: "recipient",
      value: "amount",
      template: "choice",
      lead: "destination",
      note: "text",
    },
    editable: ["note"],
    idempotency: "natural",
    reversible: "yes",
    undo: "Archive the project in the PSA; its requests and tasks go with it. Nothing was told to the client.",
  },
  args: targetArgs("crm", "opportunity"),

  async preview({ target, note }, { records, calendar }) {
    const reader = needed(records, refuse);
    const deal = await readOne(reader, "opportunity", { id: target.id, refuse });
    const { stage, clientId, renewalOfContractId } = deal.fields;
    if (stage !== "won") throw refuse(`the deal is not won: ${stage}`);
    if (renewalOfContractId !== null) throw refuse("the deal renews a contract that has a project");
    const standing = await readWhere(reader, "project", ["opportunityId", target.id]);
    if (standing.some(({ fields }) => fields.status !== "cancelled"))
      throw refuse("a project stands for the deal");
    const client = await readOne(reader, "client", { id: clientId, refuse });
    // Who leads this client's newest project leads the next one; else whoever owns the account.
    const [newest] = (await readWhere(reader, "project", ["clientId", clientId])).toSorted(
      (a, b) => (a.fields.plannedStartOn < b.fields.plannedStartOn ? 1 : -1),
    );
    const leadId = newest?.fields.leadId ?? client.fields.accountOwnerId;
    const plan = planFromTemplate(
      { ...deal.fields, id: target.id },
      { clientName: client.fields.name, clientCode: client.fields.code, leadId },
      calendar,
    );
    return {
      target: refOf(deal.source),
      title: `Create the project “${plainText(deal.fields.name, 80)}” for ${plainText(client.fields.name, 80)}`,
      arguments: [
        fromSource(deal, { name: "opportunity", sink: "destination", field: "id" }),
        fromSource(client, { name: "client", sink: "recipient", field: "name" }),
        fromSource(deal, { name: "value", sink: "amount", field: "amountCents" }),
        byCode("template", "choice", standardTemplate.name),
        newest
          ? fromSource(newest, { name: "lead", sink: "destination", field: "leadId" })
          : fromSource(client, { name: "lead", sink: "destination", field: "accountOwnerId" }),
        ...noteArgument(note),
      ],
      effects: plannedEffects(refOf(deal.source), plan),
      amount: null,
      preconditions: [
        asserted(deal, "version", "stage", "amountCents", "closeOn", "clientId"),
        asserted(client, "fields", "name", "code", "accountOwnerId"),
      ],
      projectId: null,
      projectLeadEmail: null,
      recipientInternal: true,
      evidence: [
        ...seen(deal, "stage", "amountCents", "closeOn"),
        ...seen(client, "name"),
        ...(newest ? seen(newest, "leadId") : seen(client, "accountOwnerId")),
      ],
    };
  },

  async find(args, _key, { records }) {
    const { writer } = needed(records, refuse);
    const found = await findPlanned(parts, { key: keyOf(args), writer });
    return found && receiptOf(found);
  },
  async send(args, approved, { systems }) {
    const { writer } = needed(systems.records, refuse);
    await makePlanned(plannedIn(approved), { key: keyOf(args), writer, link: "projectId" });
  },
  async verify(args, approved, { systems }) {
    const { writer } = needed(systems.records, refuse);
    const planned: readonly Planned[] = plannedIn(approved);
    return verifyPlanned(planned, { key: keyOf(args), writer });
  },
});

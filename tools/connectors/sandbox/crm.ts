import { z } from "zod";
import { CivilDate } from "#/domain/ids.ts";
import { type ChangeOrder, type Client, formatRef, type Opportunity } from "#/domain/record.ts";
import type { CrmReader, CrmWriter } from "#/tools/ports.ts";
import { type DraftRecord, draftsOf } from "./drafts.ts";
import type { Kind, Read, SystemClient } from "./system-client.ts";
import { Amount, envelope, OptionalDate, pathOf, sourceOf, Text, words } from "./vendor-shapes.ts";
import { writeOperations } from "./write-operations.ts";

const AccountShape = z.object({
  ...envelope,
  company: Text,
  short_name: Text.nullable(),
  mail: z.string().nullable(),
});

const DealShape = z.object({
  ...envelope,
  account: z.object({ id: Text, company: Text.nullable() }).nullable(),
  label: Text,
  stage: words({
    new: "lead",
    qualified: "qualified",
    proposal_sent: "proposal",
    negotiating: "negotiation",
    closed_won: "won",
    closed_lost: "lost",
  }),
  worth: Amount.nullable(),
  expected_close: OptionalDate,
});

const ChangeRequestShape = z.object({
  ...envelope,
  project_ref: Text.nullable(),
  number: Text.nullable(),
  headline: Text,
  stage: words({
    drafting: "draft",
    internal_review: "proposed",
    with_client: "client_review",
    agreed: "approved",
    declined: "rejected",
    carried_out: "executed",
  }),
  worth: Amount.nullable(),
  raised_on: CivilDate.nullable(),
  decided_on: OptionalDate,
});

const MessageShape = z
  .object({
    ...envelope,
    subject_line: Text,
    text: z.string(),
    external_ref: Text,
    regarding: Text,
  })
  .transform(
    ({ id, subject_line, text, external_ref, regarding }): DraftRecord => ({
      id,
      key: external_ref,
      regarding,
      subject: subject_line,
      body: text,
    }),
  );

const account = { name: "an account", schema: AccountShape } satisfies Kind<unknown>;
const deal = { name: "a deal", schema: DealShape } satisfies Kind<unknown>;
const request = { name: "a change request", schema: ChangeRequestShape } satisfies Kind<unknown>;
const message: Kind<DraftRecord> = { name: "a message draft", schema: MessageShape };

type Made<T extends { schema: z.ZodType }> = Read<z.output<T["schema"]>>;

export function createCrmReader(client: SystemClient, connection: string): CrmReader {
  const source = sourceOf({ connection, baseUrl: client.baseUrl });

  const toClient = ({ record: r, at }: Made<typeof account>): Client => ({
    source: source({ system: "crm", type: "client", id: r.id }, { etag: r.etag, at }),
    name: r.company,
    code: r.short_name,
    email: r.mail,
  });
  const toOpportunity = ({ record: r, at }: Made<typeof deal>): Opportunity => ({
    source: source({ system: "crm", type: "opportunity", id: r.id }, { etag: r.etag, at }),
    name: r.label,
    clientId: r.account?.id ?? null,
    clientName: r.account?.company ?? null,
    stage: r.stage,
    amount: r.worth,
    closeOn: r.expected_close,
  });
  const toChangeOrder = ({ record: r, at }: Made<typeof request>): ChangeOrder => ({
    source: source({ system: "crm", type: "change-order", id: r.id }, { etag: r.etag, at }),
    projectId: r.project_ref,
    number: r.number,
    title: r.headline,
    state: r.stage,
    amount: r.worth,
    raisedOn: r.raised_on,
    decidedOn: r.decided_on,
  });

  return {
    connection,
    async listClients() {
      return (await client.all("/accounts", {}, account)).map(toClient);
    },
    async getClient(id) {
      const read = await client.one(pathOf("/accounts", id), account);
      return read && toClient(read);
    },
    async listOpportunities() {
      return (await client.all("/deals", {}, deal)).map(toOpportunity);
    },
    async listChangeOrders(projectId) {
      const read = await client.all("/change-requests", { project_ref: projectId }, request);
      return read.map(toChangeOrder);
    },
    async getChangeOrder(id) {
      const read = await client.one(pathOf("/change-requests", id), request);
      return read && toChangeOrder(read);
    },
  };
}

export function createCrmWriter(client: SystemClient): CrmWriter {
  const path = "/message-drafts";
  const drafts = draftsOf(client, { system: "crm", type: "draft", path, kind: message });
  return {
    createDraftMessage: ({ key, about, subject, body }) =>
      drafts.create(writeOperations.createMessageDraft, key, {
        subject_line: subject,
        text: body,
        external_ref: key,
        regarding: formatRef(about),
      }),
    findDraftMessage: (key, about) => drafts.find(key, { regarding: formatRef(about) }),
  };
}

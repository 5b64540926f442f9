import type { ChangeOrder, Client, Deal } from "../firm/firm.ts";
import type { Route } from "./serve-face.ts";
import type { Shelf } from "./shelf.ts";
import type { MessageDraft } from "./state.ts";
import { amount, ok, page, tagged, textsIn } from "./vendor-json.ts";
import type { World } from "./world.ts";

/* The CRM: accounts, deals, change requests and message drafts, in its own words. */

export const presentAccount = (client: Client) =>
  tagged(
    {
      id: client.id,
      company: client.name,
      short_name: client.code,
      mail: client.email,
      remarks: client.note,
    },
    client.version,
  );

export const presentDeal = (shelf: Shelf, deal: Deal) =>
  tagged(
    {
      id: deal.id,
      account: {
        id: deal.clientId,
        company: shelf.clientName(deal.clientId),
      },
      label: deal.name,
      stage: deal.stage,
      worth: amount(deal.valueCents),
      expected_close: deal.closeOn,
      remarks: deal.note,
    },
    deal.version,
  );

export const presentChangeRequest = (order: ChangeOrder) =>
  tagged(
    {
      id: order.id,
      project_ref: order.projectId,
      number: order.number,
      headline: order.title,
      stage: order.state,
      worth: amount(order.valueCents),
      raised_on: order.raisedOn,
      decided_on: order.decidedOn,
      remarks: order.note,
    },
    order.version,
  );

export const presentMessageDraft = (draft: MessageDraft) =>
  tagged(
    {
      id: draft.id,
      subject_line: draft.subject,
      text: draft.body,
      external_ref: draft.externalRef,
      regarding: draft.regarding,
      stage: "unsent",
      created_on: draft.createdOn,
    },
    draft.version,
  );

export function crmRoutes(world: World): Route[] {
  const { shelf } = world;
  return [
    { method: "GET", path: "/ping", run: () => ({ status: 200, json: { product: "crm" } }) },
    {
      method: "GET",
      path: "/accounts",
      run: (call) => page(shelf.all("clients"), call, presentAccount),
    },
    {
      method: "GET",
      path: "/accounts/:id",
      run: ({ params }) => ok(presentAccount(shelf.one("clients", params["id"] ?? ""))),
    },
    {
      method: "GET",
      path: "/deals",
      run: (call) => page(shelf.all("deals"), call, (deal) => presentDeal(shelf, deal)),
    },
    {
      method: "GET",
      path: "/change-requests",
      run: (call) => {
        const project = call.query.get("project_ref");
        const orders = project
          ? shelf.ofProject("changeOrders", project)
          : shelf.all("changeOrders");
        return page(orders, call, presentChangeRequest);
      },
    },
    {
      method: "GET",
      path: "/change-requests/:id",
      run: ({ params }) => ok(presentChangeRequest(shelf.one("changeOrders", params["id"] ?? ""))),
    },
    {
      method: "GET",
      path: "/message-drafts",
      run: (call) => {
        const key = call.query.get("external_ref");
        const regarding = call.query.get("regarding");
        const drafts = shelf
          .all("messageDrafts")
          .filter(
            (draft) =>
              (key === null || draft.externalRef === key) &&
              (regarding === null || draft.regarding === regarding),
          );
        return page(drafts, call, presentMessageDraft);
      },
    },
    {
      method: "GET",
      path: "/message-drafts/:id",
      run: ({ params }) => ok(presentMessageDraft(shelf.one("messageDrafts", params["id"] ?? ""))),
    },
    { method: "POST", path: "/message-drafts", run: (call) => ok(createDraft(world, call), 201) },
  ];
}

function createDraft(world: World, call: Parameters<typeof textsIn>[0]) {
  const text = textsIn(call, ["subject_line", "text", "external_ref", "regarding"] as const);
  const draft = world.commit(({ state, today }) => {
    const made: MessageDraft = {
      id: `MSG-${state.messageDrafts.length + 1}`,
      subject: text.subject_line,
      body: text.text,
      externalRef: text.external_ref,
      regarding: text.regarding,
      createdOn: today,
      version: 1,
    };
    state.messageDrafts.push(made);
    const subject = { system: "crm", type: "draft", id: made.id } as const;
    return { result: made, happened: { type: "draft.created", subject } };
  });
  return presentMessageDraft(draft);
}

import {
  presentAccount,
  presentChangeRequest,
  presentDeal,
  presentMessageDraft,
} from "./crm-face.ts";
import { presentInvoice } from "./erp-face.ts";
import type { FaceName } from "./faults.ts";
import { type Html, html, htmlPage } from "./html.ts";
import { presentMilestone, presentProject, presentTask, presentTimesheet } from "./psa-face.ts";
import type { Route } from "./serve-face.ts";
import type { State } from "./state.ts";
import { recordIn, type World } from "./world.ts";

type Show = (state: State, id: string) => object;

const kinds: Readonly<Record<FaceName, Readonly<Record<string, Show>>>> = {
  psa: {
    project: (state, id) => presentProject(state, recordIn(state.projects, id)),
    milestone: (state, id) => presentMilestone(recordIn(state.milestones, id)),
    "timesheet-week": (state, id) => presentTimesheet(state, recordIn(state.timesheets, id)),
    task: (state, id) => presentTask(recordIn(state.tasks, id)),
  },
  crm: {
    client: (state, id) => presentAccount(recordIn(state.clients, id)),
    opportunity: (state, id) => presentDeal(state, recordIn(state.deals, id)),
    "change-order": (state, id) => presentChangeRequest(recordIn(state.changeOrders, id)),
    draft: (state, id) => presentMessageDraft(recordIn(state.messageDrafts, id)),
  },
  erp: {
    invoice: (state, id) => presentInvoice(state, recordIn(state.invoices, id)),
  },
};

/** `/records/<kind>/<id>`: the record as a page, so that a link to it opens something. */
export const recordPages = (face: FaceName, world: World): Route[] =>
  Object.entries(kinds[face]).map(([kind, show]) => ({
    method: "GET",
    path: `/records/${kind}/:id`,
    run: ({ params }) => {
      const id = params["id"] ?? "";
      const record = show(world.state(), id);
      return { status: 200, html: recordPage(`${face.toUpperCase()}: ${kind} ${id}`, record) };
    },
  }));

const recordPage = (title: string, record: object): string =>
  htmlPage(
    title,
    html`<h1>${title}</h1><p class="quiet">As the system holds it now.</p><br>${table(record)}`,
  );

const table = (record: object): Html => html`<div class="scroll"><table><tbody>${Object.entries(
  record,
).map(
  ([name, value]) => html`<tr><th>${name.replaceAll("_", " ")}</th><td>${cell(value)}</td></tr>`,
)}
</tbody></table></div>`;

function cell(value: unknown): Html {
  if (value === null || value === undefined) return html`<span class="quiet">none</span>`;
  if (Array.isArray(value)) return html`${value.map((item) => cell(item))}`;
  if (typeof value === "object") {
    if ("value" in value && "currency" in value)
      return html`${String(value.value)} ${String(value.currency)}`;
    return table(value);
  }
  return html`${typeof value === "string" ? value : JSON.stringify(value)}`;
}

import { systemOf } from "../simulator/record-systems.ts";
import type { RecordKind } from "../simulator/records.ts";
import {
  presentAccount,
  presentChangeRequest,
  presentDeal,
  presentMessageDraft,
} from "./crm-face.ts";
import { presentInvoice } from "./erp-face.ts";
import type { FaceName } from "./faults.ts";
import { type Html, html, htmlPage } from "./html.ts";
import { NotAllowed } from "./not-allowed.ts";
import { presentMilestone, presentProject, presentTask, presentTimesheet } from "./psa-face.ts";
import type { Route } from "./serve-face.ts";
import type { Shelf } from "./shelf.ts";
import { presentWorkItem } from "./work-items.ts";
import type { World } from "./world.ts";

type Show = (shelf: Shelf, id: string) => object;

const workItem: Show = (shelf, id) => presentWorkItem(shelf.one("workItems", id));

/** Kinds with a form of their own in their system. */
const forms: Readonly<Record<FaceName, Readonly<Record<string, Show>>>> = {
  psa: {
    project: (shelf, id) => presentProject(shelf, shelf.one("projects", id)),
    milestone: (shelf, id) => presentMilestone(shelf.one("milestones", id)),
    "work-item": workItem,
    "timesheet-week": (shelf, id) => presentTimesheet(shelf, shelf.one("timesheets", id)),
  },
  crm: {
    client: (shelf, id) => presentAccount(shelf.one("clients", id)),
    opportunity: (shelf, id) => presentDeal(shelf, shelf.one("deals", id)),
    "change-order": (shelf, id) => presentChangeRequest(shelf.one("changeOrders", id)),
    "work-item": workItem,
    draft: (shelf, id) => presentMessageDraft(shelf.one("messageDrafts", id)),
  },
  erp: {
    invoice: (shelf, id) => presentInvoice(shelf, shelf.one("invoices", id)),
  },
  hris: { "work-item": workItem },
  itsm: {},
  messenger: {},
};

/** `/records/<kind>/<id>`: the record as a page, so that a link to it opens something. */
export const recordPages = (face: FaceName, world: World): Route[] => [
  ...Object.entries(forms[face]).map(([kind, show]) =>
    pageOf(face, kind, (id) => show(world.shelf, id)),
  ),
  {
    method: "GET",
    path: "/records/:kind/:id",
    run: ({ params: { kind = "", id = "" } }) => {
      const own = Object.hasOwn(systemOf, kind) && systemOf[kind as RecordKind] === face;
      const record = own ? world.books.find(kind as RecordKind, id) : null;
      if (record) return shown(face, { kind, id }, record);
      // A task that an integration made is a draft: no task of the plan yet.
      if (face === "psa" && kind === "task")
        return shown(face, { kind, id }, presentTask(world.shelf.one("tasks", id)));
      throw new NotAllowed(404, "record_not_found", "There is no such record.");
    },
  },
];

const pageOf = (face: FaceName, kind: string, show: (id: string) => object): Route => ({
  method: "GET",
  path: `/records/${kind}/:id`,
  run: ({ params: { id = "" } }) => shown(face, { kind, id }, show(id)),
});

const shown = (face: FaceName, { kind, id }: { kind: string; id: string }, record: object) => ({
  status: 200,
  html: recordPage(`${face.toUpperCase()}: ${kind} ${id}`, record),
});

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

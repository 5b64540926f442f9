import type { ChangeOrder, Invoice, Milestone, Project, Timesheet } from "../firm/firm.ts";
import { type Html, html } from "./html.ts";
import type { Shelf } from "./shelf.ts";
import { hours } from "./vendor-json.ts";

/** What waits for somebody on one project, each with the button that does it; null: nothing. */
export function projectCard(shelf: Shelf, project: Project, today: string): Html | null {
  const items = [
    ...shelf
      .ofProject("timesheets", project.id)
      .flatMap((row) => timesheetItem(shelf, row, today) ?? []),
    ...shelf.ofProject("milestones", project.id).flatMap((each) => milestoneItem(each) ?? []),
    ...shelf.ofProject("changeOrders", project.id).flatMap((each) => changeOrderItem(each) ?? []),
    ...shelf.ofProject("invoices", project.id).flatMap((each) => queueItem(each) ?? []),
  ];
  if (items.length === 0) return null;
  const client = shelf.clientName(project.clientId) ?? project.clientId;
  return html`<section class="card">
<div class="head"><h3>${project.name}</h3><span class="quiet">${client}, led by ${nameOf(shelf, project.lead)}</span></div>
<ul class="todo">${items}</ul>
</section>`;
}

function timesheetItem(shelf: Shelf, row: Timesheet, today: string): Html | null {
  const who = `${nameOf(shelf, row.person)}, week of ${row.week}`;
  const worked = `${hours(row.loggedMinutes)} of ${hours(row.expectedMinutes)} h`;
  if (row.state === "pending_approval")
    return html`<li><span>${who}: ${worked} sent in <span class="tag wait">not approved</span></span>
${button("approve-timesheet", { timesheet: row.id }, "Approve")}</li>`;
  const open = row.state !== "approved" && row.expectedMinutes > 0 && row.dueOn < today;
  if (!open) return null;
  return html`<li><span>${who}: ${worked} <span class="tag wait">due ${row.dueOn}, not sent in</span></span>
${button("submit-timesheet", { timesheet: row.id }, "Send it in")}</li>`;
}

function milestoneItem({ id, name, deliveredOn, acceptedOn }: Milestone): Html | null {
  if (!deliveredOn || acceptedOn) return null;
  return html`<li><span>${name}: handed over ${deliveredOn} <span class="tag wait">not accepted</span></span>
${button("accept-milestone", { milestone: id }, "Client accepts")}</li>`;
}

function changeOrderItem({ id, number, title, state, raisedOn }: ChangeOrder): Html | null {
  if (state !== "with_client") return null;
  return html`<li><span>Change order ${number}, ${title}: raised ${raisedOn} <span class="tag wait">with the client</span></span>
<span>${button("decide-change-order", { changeOrder: id, decision: "approve" }, "Client agrees")}
${button("decide-change-order", { changeOrder: id, decision: "reject" }, "Client declines")}</span></li>`;
}

function queueItem({ id, reference, state, approval }: Invoice): Html | null {
  if (state !== "open_draft" || !approval || approval.approvedOn) return null;
  return html`<li><span>Invoice ${reference}: in the ERP's approval queue since ${approval.requestedOn}</span>
${button("approve-invoice", { invoice: id }, "Finance approves")}</li>`;
}

function button(action: string, fields: Readonly<Record<string, string>>, label: string): Html {
  const hidden = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<form method="post" action="/_control/${action}">${hidden}<button>${label}</button></form>`;
}

const nameOf = (shelf: Shelf, handle: string): string => shelf.person(handle)?.name ?? handle;

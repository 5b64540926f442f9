import {
  type ChangeOrder,
  type Invoice,
  type Milestone,
  netCents,
  type Project,
  type Timesheet,
} from "../firm/firm.ts";
import { type Html, html, htmlPage } from "./html.ts";
import type { State } from "./state.ts";
import { amount, hours } from "./vendor-json.ts";

/** Where people find the records of the three systems. */
export type FaceUrls = { readonly psa: string; readonly crm: string; readonly erp: string };

/** The firm seen from outside, with a button for everything its people and clients might do next. */
export function worldPage(state: State, urls: FaceUrls, today: string): string {
  const cards = state.projects.flatMap((project) => projectCard(state, project, today) ?? []);
  return htmlPage(
    "Meridian Consulting: the world outside",
    html`<h1>Meridian Consulting</h1>
<p>A made-up firm. Here you play its consultants, its approvers and its clients; the firm's systems
tell whoever listens what happened.</p>
<p class="quiet">Dates count from ${state.anchor}. ${state.sequence} changes so far.</p>
<h2>What somebody could do now</h2>
${cards.length > 0 ? cards : [html`<p class="card quiet">Nothing waits for anybody.</p>`]}
<h2>Invoices</h2>
<div class="scroll"><table>
<thead><tr><th>Reference</th><th>Client</th><th>Project</th><th>Net</th><th>Status</th><th>Number</th></tr></thead>
<tbody>${[...state.invoices].sort(newestFirst).map((invoice) => invoiceRow(state, invoice, urls))}</tbody>
</table></div>
<h2>Projects</h2>
<div class="scroll"><table>
<thead><tr><th>Project</th><th>Client</th><th>Lead</th><th>Phase</th><th>Billing</th></tr></thead>
<tbody>${state.projects.map((project) => projectRow(state, project, urls))}</tbody>
</table></div>
<h2>Lately</h2>
${state.recent.length > 0 ? html`<ul>${state.recent.map((e) => html`<li><code>${e.type}</code> ${e.subject.id} <span class="quiet">${e.occurredAt}</span></li>`)}</ul>` : html`<p class="quiet">Nothing has happened yet.</p>`}`,
  );
}

function projectCard(state: State, project: Project, today: string): Html | null {
  const ours = (record: { projectId: string }): boolean => record.projectId === project.id;
  const items = [
    ...state.timesheets.filter(ours).flatMap((row) => timesheetItem(state, row, today) ?? []),
    ...state.milestones.filter(ours).flatMap((milestone) => milestoneItem(milestone) ?? []),
    ...state.changeOrders.filter(ours).flatMap((order) => changeOrderItem(order) ?? []),
    ...state.invoices.filter(ours).flatMap((invoice) => queueItem(invoice) ?? []),
  ];
  if (items.length === 0) return null;
  return html`<section class="card">
<div class="head"><h3>${project.name}</h3><span class="quiet">${clientName(state, project.clientId)}, led by ${personName(state, project.lead)}</span></div>
<ul class="todo">${items}</ul>
</section>`;
}

function timesheetItem(state: State, row: Timesheet, today: string): Html | null {
  const who = `${personName(state, row.person)}, week of ${row.week}`;
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

const invoiceRow = (state: State, invoice: Invoice, urls: FaceUrls): Html => html`<tr>
<td><a href="${`${urls.erp}/records/invoice/${invoice.id}`}">${invoice.reference}</a></td>
<td>${clientName(state, invoice.clientId)}</td>
<td>${state.projects.find(({ id }) => id === invoice.projectId)?.name ?? null}</td>
<td class="amount">${amount(netCents(invoice)).value} ${amount(0).currency}</td>
<td><span class="tag ${invoice.postedOn ? "good" : "wait"}">${invoice.state.replaceAll("_", " ")}</span></td>
<td>${invoice.number}</td>
</tr>`;

const projectRow = (state: State, project: Project, urls: FaceUrls): Html => html`<tr>
<td><a href="${`${urls.psa}/records/project/${project.id}`}">${project.name}</a></td>
<td><a href="${`${urls.crm}/records/client/${project.clientId}`}">${clientName(state, project.clientId)}</a></td>
<td>${personName(state, project.lead)}</td>
<td>${project.phase}</td>
<td>${project.billing}</td>
</tr>`;

const newestFirst = (a: Invoice, b: Invoice): number =>
  b.draftedOn.localeCompare(a.draftedOn) || a.id.localeCompare(b.id);

const clientName = (state: State, id: string): string =>
  state.clients.find((client) => client.id === id)?.name ?? id;
const personName = (state: State, handle: string): string =>
  state.people.find((person) => person.handle === handle)?.name ?? handle;

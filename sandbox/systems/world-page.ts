import { type Invoice, netCents, type Project } from "../firm/firm.ts";
import { type FaceName, faceNames } from "./faults.ts";
import { type Html, html, htmlPage } from "./html.ts";
import { amount } from "./vendor-json.ts";
import { projectCard } from "./what-waits.ts";
import type { World } from "./world.ts";

/** Where people find the records of each system. */
export type FaceUrls = Readonly<Record<FaceName, string>>;

/** The story's projects, or a page of the others. */
export type Shown = { readonly firm: "story" | "beside"; readonly page: number };

const perPage = 20;
/** Settled invoices tell a visitor little: of the simulated firm the newest are shown. */
const newestInvoices = 40;
const titles: Readonly<Record<FaceName, string>> = {
  psa: "Projects, time and approvals",
  crm: "Clients, deals and contracts",
  erp: "Invoices and the ledger",
  hris: "People and their leave",
  itsm: "Service desk",
  messenger: "Notes and minutes",
};

export function shownFrom(query: URLSearchParams): Shown {
  const page = Number(query.get("page") ?? 1);
  return {
    firm: query.get("firm") === "beside" ? "beside" : "story",
    page: Number.isInteger(page) && page >= 1 ? page : 1,
  };
}

/** The firm seen from outside, with a button for everything its people and clients might do next. */
export function worldPage(
  world: World,
  { urls, today, shown }: { urls: FaceUrls; today: string; shown: Shown },
): string {
  const { shelf } = world;
  const state = world.state();
  const all = shelf.all("projects");
  const [beside, story] = [
    all.filter(({ id }) => shelf.isSimulated("project", id)).sort(liveFirst),
    all.filter(({ id }) => !shelf.isSimulated("project", id)),
  ];
  const pages = Math.max(1, Math.ceil(beside.length / perPage));
  const page = Math.min(shown.page, pages);
  const projects =
    shown.firm === "story" ? story : beside.slice((page - 1) * perPage, page * perPage);
  const cards = projects.flatMap((project) => projectCard(shelf, project, today) ?? []);
  const invoices = projects
    .flatMap(({ id }) => shelf.ofProject("invoices", id))
    .sort(newestFirst)
    .slice(0, shown.firm === "story" ? undefined : newestInvoices);
  return htmlPage(
    "Meridian Consulting: the world outside",
    html`<h1>Meridian Consulting</h1>
<p>A made-up firm. Here you play its consultants, its approvers and its clients; the firm's systems
tell whoever listens what happened.</p>
<p class="quiet">Dates count from ${state.anchor}. ${state.sequence} changes so far.</p>
${timePasses(world)}
${beside.length > 0 ? choice(shown, { story: story.length, beside: beside.length }) : null}
<h2>What somebody could do now</h2>
${cards.length > 0 ? cards : [html`<p class="card quiet">Nothing waits for anybody.</p>`]}
<h2>Invoices</h2>
<div class="scroll"><table>
<thead><tr><th>Reference</th><th>Client</th><th>Project</th><th>Net</th><th>Status</th><th>Number</th></tr></thead>
<tbody>${invoices.map((invoice) => invoiceRow(world, invoice, urls))}</tbody>
</table></div>
<h2>Projects</h2>
<div class="scroll"><table>
<thead><tr><th>Project</th><th>Client</th><th>Lead</th><th>Phase</th><th>Billing</th></tr></thead>
<tbody>${projects.map((project) => projectRow(world, project, urls))}</tbody>
</table></div>
${shown.firm === "beside" && pages > 1 ? pageLinks(page, pages) : null}
<h2>Systems</h2>
<div class="scroll"><table>
<thead><tr><th>System</th><th>Holds</th><th>Address</th><th>Changes told</th></tr></thead>
<tbody>${faceNames.map((name) => systemRow(world, name, urls[name]))}</tbody>
</table></div>
<h2>Lately</h2>
${state.recent.length > 0 ? html`<ul>${state.recent.map((e) => html`<li><code>${e.type}</code> ${e.subject.id} <span class="quiet">${e.occurredAt}</span></li>`)}</ul>` : html`<p class="quiet">Nothing has happened yet.</p>`}`,
  );
}

function timePasses(world: World): Html {
  const until = world.shownUntil();
  const replay = html`<form method="post" action="/_control/replay-deliveries"><input type="hidden" name="days" value="7">
<button>Deliver the last week's events again, badly</button></form>`;
  if (until === null)
    return html`<section class="card"><div class="head"><span>Webhooks</span><span>${replay}</span></div></section>`;
  const days = (count: number, label: string): Html =>
    html`<form method="post" action="/_control/advance"><input type="hidden" name="days" value="${count}"><button>${label}</button></form>`;
  return html`<section class="card"><div class="head"><h3>Time</h3>
<span class="quiet">The other projects have lived up to the evening of ${until}</span></div>
<ul class="todo"><li><span>Let their work go on</span><span>${days(1, "A day passes")} ${days(7, "A week passes")}</span></li>
<li><span>Some of them twice, late, never or with a bad signature</span><span>${replay}</span></li></ul></section>`;
}

const choice = ({ firm }: Shown, count: { story: number; beside: number }): Html =>
  html`<p>${chosen(firm === "story", "/", `The story: ${count.story} projects`)} ·
${chosen(firm === "beside", "/?firm=beside", `The others: ${count.beside} projects`)}</p>`;

const chosen = (here: boolean, href: string, label: string): Html =>
  here ? html`<strong>${label}</strong>` : html`<a href="${href}">${label}</a>`;

const pageLinks = (page: number, pages: number): Html =>
  html`<p>${Array.from({ length: pages }, (_, index) => html`${chosen(index + 1 === page, `/?firm=beside&page=${index + 1}`, String(index + 1))} `)}</p>`;

const systemRow = ({ books }: World, name: FaceName, url: string): Html => html`<tr>
<td>${name.toUpperCase()}</td><td>${titles[name]}</td><td><code>${url}</code></td>
<td class="amount">${books.feed(name).length}</td>
</tr>`;

const invoiceRow = ({ shelf }: World, invoice: Invoice, urls: FaceUrls): Html => html`<tr>
<td><a href="${`${urls.erp}/records/invoice/${invoice.id}`}">${invoice.reference}</a></td>
<td>${shelf.clientName(invoice.clientId) ?? invoice.clientId}</td>
<td>${shelf.one("projects", invoice.projectId).name}</td>
<td class="amount">${amount(netCents(invoice)).value} ${amount(0).currency}</td>
<td><span class="tag ${invoice.postedOn ? "good" : "wait"}">${invoice.state.replaceAll("_", " ")}</span></td>
<td>${invoice.number}</td>
</tr>`;

const projectRow = ({ shelf }: World, project: Project, urls: FaceUrls): Html => html`<tr>
<td><a href="${`${urls.psa}/records/project/${project.id}`}">${project.name}</a></td>
<td><a href="${`${urls.crm}/records/client/${project.clientId}`}">${shelf.clientName(project.clientId) ?? project.clientId}</a></td>
<td>${shelf.person(project.lead)?.name ?? project.lead}</td>
<td>${project.phase}</td>
<td>${project.billing}</td>
</tr>`;

const newestFirst = (a: Invoice, b: Invoice): number =>
  b.draftedOn.localeCompare(a.draftedOn) || a.id.localeCompare(b.id);

const liveFirst = (a: Project, b: Project): number =>
  Number(b.phase === "running") - Number(a.phase === "running") || a.id.localeCompare(b.id);

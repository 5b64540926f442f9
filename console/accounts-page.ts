import type { AccountRow, Paged, Picture } from "#/workflows/operations-services.ts";
import { type Content, type Html, html } from "./html.ts";
import { section, words } from "./parts.ts";
import { facts, nextPage, pictureHead, statements } from "./picture-parts.ts";

const tones: Readonly<Record<AccountRow["risk"], string>> = {
  low: "good",
  medium: "wait",
  high: "bad",
  unknown: "unsure",
};

/** Renewals that come up, the riskiest first. */
export function accountsPage({
  accounts,
  ...picture
}: Picture & { readonly accounts: Paged<AccountRow> }): Content {
  return html`${pictureHead(picture, html`<h1>Renewals</h1>`, "Every account, the riskiest renewal first.")}
  ${section("Accounts", html`${table(accounts.items)}${nextPage(accounts, "/accounts")}`, "Unknown is not low: a source for the answer is missing.")}
  ${facts(picture.evidence)}`;
}

function table(rows: readonly AccountRow[]): Html {
  if (rows.length === 0) return html`<p class="none">No renewal comes up.</p>`;
  return html`<div class="scroll"><table class="stack">
    <thead><tr><th scope="col">Account</th><th scope="col">Renews</th><th scope="col">Risk</th><th scope="col">Why</th><th scope="col">Stage</th></tr></thead>
    <tbody>${rows.map(
      (row) => html`<tr>
        <th scope="row">${words(row.name)}</th>
        <td data-label="Renews">${row.renewsOn ?? html`<span class="none">not known</span>`}${row.daysToRenewal !== null && html`<br><span class="faint">in ${row.daysToRenewal} days</span>`}</td>
        <td data-label="Risk"><span class="badge ${tones[row.risk]}">${row.risk}</span></td>
        <td data-label="Why" class="why">${statements(row.drivers) || html`<span class="none">no driver</span>`}</td>
        <td data-label="Stage">${words(row.lifecycle)}</td>
      </tr>`,
    )}</tbody></table></div>`;
}

import type { TwinRecord } from "../twin/firm-view.ts";
import type { Detector } from "./detector.ts";
import { days, facts, money } from "./draft-finding.ts";
import { clockStart } from "./invoice-blockers.ts";
import type { Scene } from "./scene.ts";

/** Approved and not issued: longer than the firm's patience, or its run comes after the target. */
export const unbilledReadyValue: Detector = {
  kind: "unbilled-ready-value",
  needs: ["psa", "erp"],
  onProject: (scene, project) => {
    const ready = scene.view
      .by("invoice", "projectId", project.id)
      .filter((invoice) => isOverdue(scene, invoice));
    if (ready.length === 0) return [];
    const { name, clientId, clientName, currency } = project.fields;
    const first = ready.toSorted((a, b) =>
      (a.fields.approvedOn ?? "") < (b.fields.approvedOn ?? "") ? -1 : 1,
    )[0];
    const since = first?.fields.approvedOn ?? scene.today;
    return [
      {
        kind: "unbilled-ready-value",
        about: project.id,
        subject: project,
        projectId: project.id,
        clientId,
        title: `${name} for ${clientName} has ${ready.length === 1 ? "an invoice" : `${ready.length} invoices`} ready that nobody sends`,
        severity: 3,
        since: scene.instant(since),
        deadline: first
          ? scene.days.add(clockStart(scene, first), scene.settings.invoiceTargetDays)
          : null,
        valueAtRisk: money(
          ready.reduce((sum, { fields }) => sum + fields.netCents, 0),
          currency,
        ),
        causes: ready.map((invoice) => ({
          code: invoice.fields.ledgerState === "failed" ? "INV-11" : "INV-12",
          title: "Ready, not issued",
          detail: `${invoice.fields.reference} was approved on ${invoice.fields.approvedOn}; it has waited ${days(scene.days.between(invoice.fields.approvedOn ?? scene.today, scene.today))}, its run is ${invoice.fields.billingRunOn ?? "not set"}.`,
          days: scene.days.between(invoice.fields.approvedOn ?? scene.today, scene.today),
          open: true,
          facts: facts(invoice, "state", "approvedOn", "billingRunOn", "issuedOn", "ledgerState"),
        })),
        facts: ready.flatMap((invoice) => facts(invoice, "netCents")),
        remedies: ready.some(({ fields }) => fields.ledgerState === "failed")
          ? ["R30", "R08"]
          : ["R08"],
      },
    ];
  },
};

function isOverdue(scene: Scene, invoice: TwinRecord<"invoice">): boolean {
  const { state, approvedOn, issuedOn, billingRunOn } = invoice.fields;
  if (state !== "approved" || approvedOn === null || issuedOn !== null) return false;
  const { days: count, today, settings } = scene;
  if (count.between(approvedOn, today) > settings.readyDays) return true;
  const target = count.add(clockStart(scene, invoice), settings.invoiceTargetDays);
  return (
    billingRunOn !== null &&
    billingRunOn > target &&
    count.between(approvedOn, billingRunOn) > settings.readyDays
  );
}

import type { Finding } from "#/domain/finding.ts";
import type { TwinRecord } from "../twin/firm-view.ts";
import type { Detector } from "./detector.ts";
import { isRunning } from "./detector.ts";
import { type DraftFinding, facts, money } from "./draft-finding.ts";
import { type Blocker, clockStart, invoiceBlockers } from "./invoice-blockers.ts";
import { projectFigures } from "./project-figures.ts";
import { orderProblem } from "./purchase-orders.ts";
import type { Scene } from "./scene.ts";

/**
 * An invoice that missed its target or will, because of blockers that are open now. A blocker that does
 * not go away by itself is told at once; others when the target is near. The client's order is looked at
 * before there is a draft.
 */
export const invoiceDelay: Detector = {
  kind: "invoice-delay",
  needs: ["psa", "erp", "crm"],
  onProject: (scene, project) => {
    const open = scene.view
      .by("invoice", "projectId", project.id)
      .filter(({ fields }) => fields.issuedOn === null);
    const told = open.flatMap((invoice) => ofInvoice(scene, project, invoice));
    return open.length > 0 ? told : [...told, ...beforeTheDraft(scene, project)];
  },
};

function ofInvoice(
  scene: Scene,
  project: TwinRecord<"project">,
  invoice: TwinRecord<"invoice">,
): DraftFinding[] {
  const { settings, days, today } = scene;
  const start = clockStart(scene, invoice);
  const target = days.add(start, settings.invoiceTargetDays);
  const left = days.between(today, target);
  const blockers = invoiceBlockers(scene, project, invoice);
  const told = blockers.filter(({ hard }) => hard || left <= settings.invoiceNoticeDays);
  if (told.length === 0) return [];
  // A run before the target is no delay.
  const [only] = told;
  if (told.length === 1 && only?.code === "INV-12" && !only.hard && left >= 0) return [];
  const { reference, netCents } = invoice.fields;
  const { clientName, clientId, currency, name } = project.fields;
  return [
    {
      kind: "invoice-delay",
      about: invoice.id,
      subject: invoice,
      projectId: project.id,
      clientId,
      title:
        left < 0
          ? `Invoice ${reference} to ${clientName} for ${name} is late`
          : `Invoice ${reference} to ${clientName} for ${name} will miss ${target}`,
      severity: left < 0 ? 4 : 3,
      since: scene.instant(start),
      deadline: target,
      valueAtRisk: money(netCents, currency),
      causes: blockers.map(({ hard: _hard, ...cause }) => cause),
      facts: facts(invoice, "state", "issuedOn", "netCents", "draftedOn"),
      remedies: remediesOf(blockers),
    },
  ];
}

const remedies: Readonly<Record<string, readonly string[]>> = {
  "INV-1": ["R01", "R02"],
  "INV-2": ["R34", "R03"],
  "INV-3": ["R16"],
  "INV-4": ["R14"],
  "INV-5": ["R20", "R24"],
  "INV-6": ["R13"],
  "INV-7": ["R10"],
  "INV-8": ["R03", "R04"],
  "INV-9": ["R10"],
  "INV-10": ["R24"],
  "INV-11": ["R30"],
  "INV-12": ["R08"],
  "INV-13": ["R28", "R33"],
};
const remediesOf = (blockers: readonly Blocker[]): string[] => [
  ...new Set(blockers.flatMap(({ code }) => remedies[code] ?? [])),
];

/** The next bill of a running project needs an order that is valid and large enough. */
function beforeTheDraft(scene: Scene, project: TwinRecord<"project">): DraftFinding[] {
  if (!isRunning(project)) return [];
  const { view } = scene;
  const { name, clientName, clientId, currency } = project.fields;
  const nextCents = nextBill(scene, project);
  const problem = nextCents > 0 ? orderProblem(scene, project, nextCents) : null;
  if (!problem) return [];
  const { hard: _hard, ...cause } = problem;
  const severity: Finding["severity"] = 3;
  return [
    {
      kind: "invoice-delay",
      about: `order:${project.id}`,
      subject: view.by("purchase-order", "projectId", project.id)[0] ?? project,
      projectId: project.id,
      clientId,
      title: `The next invoice to ${clientName} for ${name} cannot go out`,
      severity,
      since: view.by("purchase-order", "projectId", project.id)[0]?.changedAt ?? project.changedAt,
      deadline: null,
      valueAtRisk: money(nextCents, currency),
      causes: [cause],
      facts: facts(project, "status", "contractId"),
      remedies: ["R13"],
    },
  ];
}

/** What would be billed today: time since the last bill, the next milestone, or a month's fee. */
function nextBill({ view }: Scene, project: TwinRecord<"project">): number {
  const { billing, contractId } = project.fields;
  if (billing === "retainer")
    return contractId === null
      ? 0
      : (view.get("contract", contractId)?.fields.monthlyFeeCents ?? 0);
  if (billing === "fixed") {
    const [next] = view
      .by("milestone", "projectId", project.id)
      .filter(({ fields }) => fields.acceptedOn === null && fields.amountCents > 0)
      .toSorted((a, b) => (a.fields.forecastOn < b.fields.forecastOn ? -1 : 1));
    return next?.fields.amountCents ?? 0;
  }
  const billedTo = view
    .by("invoice", "projectId", project.id)
    .reduce(
      (last, { fields }) => ((fields.periodEnd ?? "") > last ? (fields.periodEnd ?? "") : last),
      "",
    );
  return projectFigures(view, project)
    .sheets.filter(({ fields }) => fields.week > billedTo)
    .reduce((sum, { fields }) => {
      const seat = view
        .by("assignment", "projectId", project.id)
        .find((one) => one.fields.personId === fields.personId);
      const rate =
        seat?.fields.hourlyRateCents ??
        view.get("person", fields.personId)?.fields.hourlyRateCents ??
        0;
      return sum + (fields.billableMinutes * rate) / 60;
    }, 0);
}

import type { TwinRecord } from "../twin/firm-view.ts";
import { approvalHoldUps } from "./approval-hold-ups.ts";
import { isLive } from "./detector.ts";
import { type DraftCause, days, facts, listed } from "./draft-finding.ts";
import { unacceptedDays } from "./milestone-unaccepted.ts";
import { isOwed } from "./missing-timesheets.ts";
import { orderProblem } from "./purchase-orders.ts";
import type { Scene } from "./scene.ts";

type Invoice = TwinRecord<"invoice">;

/** `hard` ones do not go away in a day or two; the others often do. */
export type Blocker = DraftCause & { readonly hard: boolean };

/** When the time to issue begins: the period's end, or the day by which the milestone was to be accepted. */
export function clockStart({ view }: Scene, invoice: Invoice): string {
  const { periodEnd, draftedOn } = invoice.fields;
  if (periodEnd !== null) return periodEnd;
  const milestone = milestoneOf({ view }, invoice);
  return milestone?.fields.due ?? draftedOn;
}

function milestoneOf({ view }: Pick<Scene, "view">, invoice: Invoice) {
  for (const { fields } of view.by("invoice-line", "invoiceId", invoice.id))
    if (fields.milestoneId !== null) return view.get("milestone", fields.milestoneId);
  return null;
}

/** Everything that keeps this invoice from going out now, upstream first. */
export function invoiceBlockers(
  scene: Scene,
  project: TwinRecord<"project">,
  invoice: Invoice,
): Blocker[] {
  return [
    ...changeBlockers(scene, invoice),
    ...timeBlockers(scene, invoice),
    ...twinBlockers(scene, project, invoice),
    ...milestoneBlockers(scene, invoice),
    ...documentBlockers(scene, project, invoice),
    ...approvalBlockers(scene, invoice),
    ...transferBlockers(scene, invoice),
  ];
}

const blocker = (
  code: string,
  hard: boolean,
  told: { title: string; detail: string; days?: number; facts: DraftCause["facts"] },
): Blocker => ({ code, hard, open: true, days: null, ...told });

function changeBlockers({ view, today, days: count }: Scene, invoice: Invoice): Blocker[] {
  const orders = view
    .by("invoice-line", "invoiceId", invoice.id)
    .flatMap(({ fields }) =>
      fields.changeOrderId === null ? [] : (view.get("change-order", fields.changeOrderId) ?? []),
    )
    .filter(({ fields }) => fields.decidedOn === null);
  return orders.map((order) =>
    blocker("INV-3", true, {
      title: "A change order is not decided",
      detail: `${order.fields.number} is on the invoice and still in ${order.fields.state.replace("_", " ")}.`,
      days: count.between(order.fields.raisedOn, today),
      facts: facts(order, "state", "raisedOn", "decidedOn"),
    }),
  );
}

function timeBlockers(scene: Scene, invoice: Invoice): Blocker[] {
  const { periodStart, periodEnd, projectId } = invoice.fields;
  // A fee does not wait for time.
  if (periodStart === null || periodEnd === null || invoice.fields.billing === "retainer")
    return [];
  const sheets = scene.view
    .by("timesheet-week", "projectId", projectId)
    .filter(({ fields }) => fields.week >= periodStart && fields.week <= periodEnd);
  const owed = sheets.filter((sheet) => isOwed(scene, sheet));
  const unread = sheets.filter(
    ({ fields }) =>
      fields.state === "submitted" &&
      fields.submittedOn !== null &&
      scene.days.between(fields.submittedOn, scene.today) > 1,
  );
  const people = (group: typeof sheets): string =>
    listed([...new Set(group.map(({ fields }) => scene.nameOf(fields.personId)))]);
  const oldest = (group: typeof sheets): number =>
    Math.max(...group.map(({ fields }) => scene.days.between(fields.dueOn, scene.today)));
  return [
    ...(owed.length > 0
      ? [
          blocker("INV-1", oldest(owed) >= 2, {
            title: "Time is missing",
            detail: `${owed.length} week${owed.length === 1 ? "" : "s"} of the period, from ${people(owed)}.`,
            days: oldest(owed),
            facts: owed.slice(0, 8).flatMap((sheet) => facts(sheet, "state", "dueOn")),
          }),
        ]
      : []),
    ...(unread.length > 0
      ? [
          blocker(
            "INV-2",
            unread.some((sheet) => isHeldUp(scene, sheet.id)),
            {
              title: "Time is not approved",
              detail: `${unread.length} submitted week${unread.length === 1 ? "" : "s"} of ${people(unread)} wait for ${scene.nameOf(unread[0]?.fields.approverId ?? null)}.`,
              days: oldest(unread),
              facts: unread.slice(0, 8).flatMap((sheet) => facts(sheet, "state", "submittedOn")),
            },
          ),
        ]
      : []),
  ];
}

const isHeldUp = (scene: Scene, subjectId: string): boolean =>
  scene.view
    .by("approval", "subjectId", subjectId)
    .some(
      (approval) =>
        approval.fields.decidedAt === null && approvalHoldUps(scene, approval).length > 0,
    );

function twinBlockers(scene: Scene, project: TwinRecord<"project">, invoice: Invoice): Blocker[] {
  const { opportunityId } = project.fields;
  const { periodEnd } = invoice.fields;
  if (opportunityId === null || periodEnd === null || invoice.fields.billing === "retainer")
    return [];
  return scene.view
    .by("project", "opportunityId", opportunityId)
    .filter((other) => other.id !== project.id && isLive(other))
    .map((other) =>
      blocker("INV-13", true, {
        title: "Time lies on a second project",
        detail: `${other.fields.name} stands for the same deal.`,
        facts: facts(other, "opportunityId", "status"),
      }),
    );
}

function milestoneBlockers(scene: Scene, invoice: Invoice): Blocker[] {
  const milestone = milestoneOf(scene, invoice);
  if (!milestone) return [];
  const { deliveredOn, acceptedOn, due, name, forecastOn } = milestone.fields;
  if (deliveredOn === null)
    return [
      blocker("INV-5", due !== null && forecastOn > due, {
        title: "The milestone is not delivered",
        detail: `${name} is forecast for ${forecastOn}.`,
        facts: facts(milestone, "forecastOn", "deliveredOn", "due"),
      }),
    ];
  const waited = unacceptedDays(scene, milestone);
  if (acceptedOn !== null || waited === null) return [];
  return [
    blocker("INV-4", waited >= scene.settings.acceptanceDays, {
      title: "The client has not accepted",
      detail: `${name} was delivered ${days(waited)} ago.`,
      days: waited,
      facts: facts(milestone, "deliveredOn", "acceptedOn"),
    }),
  ];
}

function documentBlockers(
  scene: Scene,
  project: TwinRecord<"project">,
  invoice: Invoice,
): Blocker[] {
  const { view } = scene;
  const { validationError, holdReason, holdBy, holdSince, netCents } = invoice.fields;
  const order = orderProblem(scene, project, netCents);
  const wrongRates = view.by("invoice-line", "invoiceId", invoice.id).filter((line) => {
    const { grade, hourlyRateCents } = line.fields;
    if (grade === null || hourlyRateCents === null || project.fields.contractId === null)
      return false;
    const card = view
      .by("rate-line", "contractId", project.fields.contractId)
      .find(({ fields }) => fields.grade === grade);
    return card !== undefined && card.fields.hourlyRateCents !== hourlyRateCents;
  });
  return [
    ...(order ? [order] : []),
    ...(wrongRates.length > 0
      ? [
          blocker("INV-7", true, {
            title: "Rates do not match the contract",
            detail: `${wrongRates.length} line${wrongRates.length === 1 ? "" : "s"}: ${listed(wrongRates.map(({ fields }) => fields.grade ?? ""))}.`,
            facts: wrongRates
              .slice(0, 6)
              .flatMap((line) => facts(line, "hourlyRateCents", "grade")),
          }),
        ]
      : []),
    ...(validationError !== null && wrongRates.length === 0
      ? [
          blocker("INV-9", true, {
            title: "The client's billing data is refused",
            detail: "The check of the draft failed; its words are in the evidence.",
            facts: facts(invoice, "validationError"),
          }),
        ]
      : []),
    ...(holdReason !== null
      ? [
          blocker("INV-10", true, {
            title: "Somebody holds it",
            detail: `${scene.nameOf(holdBy)} holds it since ${holdSince}; the reason is in the evidence.`,
            facts: facts(invoice, "holdReason", "holdBy", "holdSince"),
          }),
        ]
      : []),
  ];
}

function approvalBlockers(scene: Scene, invoice: Invoice): Blocker[] {
  const { approvalRequestedOn, approvedOn, approverId } = invoice.fields;
  if (approvalRequestedOn === null || approvedOn !== null) return [];
  const [approval] = scene.view
    .by("approval", "subjectId", invoice.id)
    .filter(({ fields }) => fields.decidedAt === null);
  const holdUps = approval ? approvalHoldUps(scene, approval) : [];
  return [
    blocker("INV-8", holdUps.length > 0, {
      title: "It waits for its approval",
      detail:
        holdUps[0]?.detail ??
        `${scene.nameOf(approverId)} has had it since ${approvalRequestedOn}.`,
      days: scene.days.between(approvalRequestedOn, scene.today),
      facts: [
        ...facts(invoice, "approvalRequestedOn", "approvedOn", "approverId"),
        ...(approval ? facts(approval, "state", "approverId") : []),
      ],
    }),
    ...holdUps.map((cause) => ({ ...cause, hard: true })),
  ];
}

function transferBlockers(scene: Scene, invoice: Invoice): Blocker[] {
  const { view, days: count, settings } = scene;
  const { ledgerState, billingRunOn, approvedOn } = invoice.fields;
  const failed = view
    .by("sync-attempt", "subjectId", invoice.id)
    .filter(({ fields }) => fields.state === "failed");
  const target = count.add(clockStart(scene, invoice), settings.invoiceTargetDays);
  return [
    ...(failed.length > 0 || ledgerState === "failed"
      ? failed.length > 0
        ? failed.map((attempt) =>
            blocker("INV-11", true, {
              title: "The transfer to the ledger fails",
              detail: `${attempt.fields.attempts} attempts so far.`,
              facts: facts(attempt, "state", "attempts"),
            }),
          )
        : [
            blocker("INV-11", true, {
              title: "The transfer to the ledger failed",
              detail: "The ledger has not taken the document.",
              facts: facts(invoice, "ledgerState"),
            }),
          ]
      : []),
    ...(approvedOn !== null && billingRunOn !== null
      ? [
          blocker("INV-12", billingRunOn > target, {
            title: "It waits for the billing run",
            detail: `Ready, and the next run that takes it is on ${billingRunOn}.`,
            facts: facts(invoice, "billingRunOn", "approvedOn"),
          }),
        ]
      : []),
  ];
}

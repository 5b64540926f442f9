import type { TwinRecord } from "../twin/firm-view.ts";
import { approvalHoldUps, approverDays, isUndecided } from "./approval-hold-ups.ts";
import type { Detector } from "./detector.ts";
import { type DraftCause, type DraftFinding, days, facts, money } from "./draft-finding.ts";
import type { Scene } from "./scene.ts";

type Approval = TwinRecord<"approval">;

/** Holds that do not go away while one waits. The others count once the limit has passed. */
const standing: ReadonlySet<string> = new Set([
  "APR-1",
  "APR-3",
  "APR-5",
  "APR-6",
  "APR-7",
  "APR-10",
  "APR-11",
]);

/**
 * Requests that wait beyond the limit, or that something visibly holds up. One case to a request; a
 * project's time sheets on one desk are one case.
 */
export const approvalAgeing: Detector = {
  kind: "approval-ageing",
  needs: ["psa", "hris"],
  onProject: (scene, project) => {
    const waiting = scene.view.by("approval", "projectId", project.id).filter(isUndecided);
    if (waiting.length === 0) return [];
    const time = waiting.filter(({ fields }) => fields.kind === "timesheet");
    const desks = [...Map.groupBy(time, ({ fields }) => fields.approverId ?? fields.queue ?? "")];
    return [
      ...waiting
        .filter(({ fields }) => fields.kind !== "timesheet")
        .flatMap((approval) => ofRequest(scene, project, approval)),
      ...desks.flatMap(([desk, sheets]) => ofDesk(scene, project, { desk, sheets })),
    ];
  },
};

function ofRequest(
  scene: Scene,
  project: TwinRecord<"project">,
  approval: Approval,
): DraftFinding[] {
  const { settings } = scene;
  const { kind, amountCents, approverId, queue, requestedAt } = approval.fields;
  const causes = approvalHoldUps(scene, approval);
  const waited = scene.age(requestedAt);
  if (!isTold(scene, waited, causes)) return [];
  const desk = approverId === null ? (queue ?? "nobody") : scene.nameOf(approverId);
  return [
    {
      kind: "approval-ageing",
      about: approval.id,
      subject: approval,
      projectId: project.id,
      clientId: project.fields.clientId,
      title: `${words[kind]} of ${project.fields.name} waits for ${desk}`,
      severity: waited > 2 * settings.approvalDays ? 3 : 2,
      since: requestedAt,
      deadline: scene.days.add(requestedAt.slice(0, 10), settings.approvalDays),
      valueAtRisk: amountCents === null ? null : money(amountCents, project.fields.currency),
      causes: causes.length > 0 ? causes : [slow(scene, approval)],
      facts: facts(approval, "state", "requestedAt", "approverId"),
      remedies: ["R03", "R04", "R05"],
    },
  ];
}

const words: Readonly<Record<Approval["fields"]["kind"], string>> = {
  timesheet: "Time",
  invoice: "An invoice",
  change_order: "A change order",
  expense: "An expense",
  purchase: "A purchase",
  discount: "A discount",
};

function ofDesk(
  scene: Scene,
  project: TwinRecord<"project">,
  { desk, sheets }: { desk: string; sheets: readonly Approval[] },
): DraftFinding[] {
  const { settings } = scene;
  const oldest = sheets.toSorted((a, b) =>
    a.fields.requestedAt < b.fields.requestedAt ? -1 : 1,
  )[0];
  if (!oldest) return [];
  const causes = approvalHoldUps(scene, oldest);
  const waited = scene.age(oldest.fields.requestedAt);
  if (!isTold(scene, waited, causes)) return [];
  return [
    {
      kind: "approval-ageing",
      about: `time:${project.id}:${desk}`,
      subject: oldest,
      projectId: project.id,
      clientId: project.fields.clientId,
      title: `${sheets.length} week${sheets.length === 1 ? "" : "s"} of time on ${project.fields.name} wait for ${scene.nameOf(oldest.fields.approverId)}`,
      severity: 2,
      since: oldest.fields.requestedAt,
      deadline: scene.days.add(oldest.fields.requestedAt.slice(0, 10), settings.approvalDays),
      valueAtRisk: null,
      causes: causes.length > 0 ? causes : [slow(scene, oldest)],
      facts: sheets.slice(0, 8).flatMap((one) => facts(one, "state", "requestedAt", "approverId")),
      remedies: ["R03", "R34", "R04"],
    },
  ];
}

const isTold = (
  { settings }: Scene,
  waited: number,
  causes: readonly { readonly code: string }[],
): boolean => waited > settings.approvalDays || causes.some(({ code }) => standing.has(code));

/** Nothing holds it up but the one who should decide. */
function slow(scene: Scene, approval: Approval): DraftCause {
  const own = approverDays(scene, approval);
  return {
    code: "APR",
    title: "Nobody has decided",
    detail: `${scene.nameOf(approval.fields.approverId)} has had it for ${days(own)} of their own working time.`,
    days: own,
    open: true,
    facts: facts(approval, "requestedAt", "approverId"),
  };
}

import type { TwinRecord } from "../twin/firm-view.ts";
import { type Detector, isRunning } from "./detector.ts";
import {
  type DraftCause,
  facts,
  days as inDays,
  money,
  percent,
  sinceOf,
} from "./draft-finding.ts";
import { projectFigures } from "./project-figures.ts";
import type { Scene } from "./scene.ts";
import { openSeats } from "./staffing-gap.ts";

type Project = TwinRecord<"project">;
type Sign = DraftCause & { readonly since: string };

/**
 * The end moves, or what moves ends has begun: forecasts behind the baseline, blocked work, an empty
 * seat, no signature at the start, a plan nobody tends, more time used than work done. A project that
 * the client paused does not slip.
 */
export const projectSlipping: Detector = {
  kind: "project-slipping",
  needs: ["psa", "crm"],
  onProject: (scene, project) => {
    if (!isRunning(project)) return [];
    const milestones = scene.view
      .by("milestone", "projectId", project.id)
      .filter(({ fields }) => fields.deliveredOn === null);
    const signs = [
      ...forecastSigns(scene, project, milestones),
      ...blockedTasks(scene, project),
      ...startSigns(scene, project),
      ...untended(scene, project, milestones),
      ...emptySeats(scene, project),
      ...overrun(scene, project),
    ];
    if (signs.length === 0) return [];
    const { name, clientId, clientName, contractValueCents, percentComplete, currency } =
      project.fields;
    const [next] = milestones.toSorted((a, b) =>
      a.fields.baselineOn < b.fields.baselineOn ? -1 : 1,
    );
    const since = signs.map((sign) => sign.since).toSorted()[0] ?? scene.view.asOf;
    const worst = Math.max(0, ...signs.map((sign) => sign.days ?? 0));
    return [
      {
        kind: "project-slipping",
        about: project.id,
        subject: project,
        projectId: project.id,
        clientId,
        title: `${name} for ${clientName} is slipping: ${(signs[0]?.title ?? "").toLowerCase()}`,
        severity: worst > 10 ? 3 : 2,
        since,
        deadline: next?.fields.baselineOn ?? project.fields.plannedEndOn,
        valueAtRisk: money((contractValueCents * (100 - percentComplete)) / 100, currency),
        causes: signs.map(({ since: _since, ...cause }) => cause),
        facts: facts(project, "plannedEndOn", "forecastEndOn", "percentComplete"),
        remedies: ["R24", "R20", "R27"],
      },
    ];
  },
};

function forecastSigns(
  { view, days, settings }: Scene,
  project: Project,
  milestones: readonly TwinRecord<"milestone">[],
): Sign[] {
  const { plannedEndOn, forecastEndOn } = project.fields;
  const moved = milestones.filter(
    ({ fields }) => days.between(fields.baselineOn, fields.forecastOn) >= settings.slipDays,
  );
  const end = days.between(plannedEndOn, forecastEndOn);
  return [
    ...moved.map((milestone): Sign => {
      const slip = days.between(milestone.fields.baselineOn, milestone.fields.forecastOn);
      return {
        code: "SLP",
        title: "A milestone is forecast late",
        detail: `${milestone.fields.name} is forecast for ${milestone.fields.forecastOn}, ${inDays(slip)} behind its baseline.`,
        days: slip,
        open: true,
        facts: facts(milestone, "baselineOn", "forecastOn"),
        since: sinceOf(view, milestone, "forecastOn"),
      };
    }),
    ...(end >= settings.slipDays
      ? [
          {
            code: "SLP",
            title: "The lead reports a later end",
            detail: `${forecastEndOn} instead of ${plannedEndOn}.`,
            days: end,
            open: true,
            facts: facts(project, "plannedEndOn", "forecastEndOn"),
            since: sinceOf(view, project, "forecastEndOn"),
          },
        ]
      : []),
  ];
}

function blockedTasks(scene: Scene, project: Project): Sign[] {
  const { view, days, today, settings } = scene;
  return view.by("task", "projectId", project.id).flatMap((task): Sign[] => {
    const { state, owner, dueOn, name } = task.fields;
    if (state === "done") return [];
    const late = days.between(dueOn, today);
    if (state !== "blocked" && late < settings.slipDays) return [];
    const since = state === "blocked" ? sinceOf(view, task, "state") : scene.instant(dueOn);
    return [
      {
        code: state === "open" ? "SLP-5" : owner === "us" ? "SLP-8" : "SLP-3",
        title:
          state === "open"
            ? "A task is overdue"
            : owner === "us"
              ? "A task is blocked"
              : "A task waits for the client",
        detail: `${name} was due on ${dueOn}${state === "blocked" ? " and is blocked; the reason is in the evidence" : ""}.`,
        days: Math.max(0, state === "blocked" ? scene.age(since) : late),
        open: true,
        facts: facts(task, "state", "dueOn", "owner", "blockedReason"),
        since,
      },
    ];
  });
}

/** Begun without a signature, or not begun on its day. */
function startSigns(scene: Scene, project: Project): Sign[] {
  const { view, days, today } = scene;
  const { plannedStartOn, kickoffOn, contractId } = project.fields;
  const late = days.between(plannedStartOn, today);
  if (late < 1) return [];
  const contract = contractId === null ? null : view.get("contract", contractId);
  const signs: Sign[] = [];
  if (contract && contract.fields.signedOn === null)
    signs.push({
      code: "SLP-10",
      title: "The contract is not signed",
      detail: `Work was to start on ${plannedStartOn}.`,
      days: late,
      open: true,
      facts: [...facts(contract, "signedOn", "startsOn"), ...facts(project, "plannedStartOn")],
      since: scene.instant(plannedStartOn),
    });
  if (kickoffOn === null)
    signs.push({
      code: "SLP-10",
      title: "The project has not begun",
      detail: `Its kickoff was planned for ${plannedStartOn}.`,
      days: late,
      open: true,
      facts: facts(project, "plannedStartOn", "kickoffOn"),
      since: scene.instant(plannedStartOn),
    });
  return signs;
}

/** Dates pass and nobody says a word. */
function untended(
  scene: Scene,
  project: Project,
  milestones: readonly TwinRecord<"milestone">[],
): Sign[] {
  const { days, today, settings } = scene;
  const { reportedOn, kickoffOn, status } = project.fields;
  const last = reportedOn ?? kickoffOn;
  const silent = last === null ? 0 : days.between(last, today);
  const passed = milestones.filter(
    ({ fields }) => days.between(fields.forecastOn, today) >= settings.slipDays,
  );
  return [
    ...(status === "active" && last !== null && silent >= settings.reportDays
      ? [
          {
            code: "SLP-13",
            title: "Nobody reports",
            detail: `The last word is of ${last}.`,
            days: silent,
            open: true,
            facts: facts(project, "reportedOn", "kickoffOn"),
            since: scene.instant(last),
          },
        ]
      : []),
    ...passed.map(
      (milestone): Sign => ({
        code: "SLP-13",
        title: "A date has passed unnoticed",
        detail: `${milestone.fields.name} was forecast for ${milestone.fields.forecastOn} and is not delivered.`,
        days: days.between(milestone.fields.forecastOn, today),
        open: true,
        facts: facts(milestone, "forecastOn", "deliveredOn"),
        since: scene.instant(milestone.fields.forecastOn),
      }),
    ),
  ];
}

const emptySeats = (scene: Scene, project: Project): Sign[] =>
  openSeats(scene, project).map((request) => ({
    code: "SLP-1",
    title: "A seat is empty",
    detail: `A ${request.fields.grade} is missing from ${request.fields.startOn}.`,
    days: Math.max(0, scene.days.between(request.fields.startOn, scene.today)),
    open: true,
    facts: facts(request, "state", "startOn"),
    since: sinceOf(scene.view, request, "state"),
  }));

/** More is used than done: what is left takes longer than planned. */
function overrun({ view }: Scene, project: Project): Sign[] {
  const { burnAtEnd, burn, progress } = projectFigures(view, project);
  if (burnAtEnd === null || burnAtEnd < tellingOverrun) return [];
  return [
    {
      code: "SLP-7",
      title: "More is used than done",
      detail: `${percent(burn ?? 0)} of the budget for ${percent(progress ?? 0)} of the work.`,
      days: null,
      open: true,
      facts: facts(project, "budgetMinutes", "percentComplete"),
      since: sinceOf(view, project, "percentComplete"),
    },
  ];
}

/** A team absorbs less than this. */
const tellingOverrun = 1.3;

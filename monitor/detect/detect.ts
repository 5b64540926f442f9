import type { Finding, FindingKind } from "#/domain/finding.ts";
import type { SystemKind } from "#/domain/record.ts";
import type { FirmView } from "../twin/firm-view.ts";
import { approvalAgeing } from "./approval-ageing.ts";
import { approverBottleneck } from "./approver-bottleneck.ts";
import { budgetThreshold } from "./budget-threshold.ts";
import type { Detector } from "./detector.ts";
import { finishFinding } from "./draft-finding.ts";
import { duplicateProject } from "./duplicate-project.ts";
import { integrationFailure } from "./integration-failure.ts";
import { invoiceDelay } from "./invoice-delay.ts";
import { marginEroding } from "./margin-eroding.ts";
import { milestoneUnaccepted } from "./milestone-unaccepted.ts";
import { missingTimesheets } from "./missing-timesheets.ts";
import { opportunityWithoutProject } from "./opportunity-without-project.ts";
import { projectSlipping } from "./project-slipping.ts";
import { renewalRiskDetector } from "./renewal-risk.ts";
import { createScene } from "./scene.ts";
import { type DetectionSettings, defaultDetection } from "./settings.ts";
import { sponsorChange } from "./sponsor-change.ts";
import { staffingGap } from "./staffing-gap.ts";
import { unapprovedWork } from "./unapproved-work.ts";
import { unbilledReadyValue } from "./unbilled-ready-value.ts";

/** The projects to look at. Kinds that concern the whole firm are looked for in `all` only. */
export type DetectionScope = { readonly projectIds: readonly string[] | "all" };

/** A kind that could not be judged: nothing new is said about it, and nothing is closed. */
export type Undecided = {
  readonly kind: FindingKind;
  /** null: for no project. */
  readonly projectId: string | null;
  readonly reason: string;
};

export type Detection = {
  readonly asOf: string;
  readonly scope: DetectionScope;
  /** Ordered by key; each key once. */
  readonly findings: readonly Finding[];
  readonly undecided: readonly Undecided[];
  /** So many findings of one cause become one case. */
  readonly stormSize: number;
};

const detectors: readonly Detector[] = [
  opportunityWithoutProject,
  duplicateProject,
  budgetThreshold,
  missingTimesheets,
  milestoneUnaccepted,
  approvalAgeing,
  approverBottleneck,
  unbilledReadyValue,
  unapprovedWork,
  staffingGap,
  renewalRiskDetector,
  projectSlipping,
  marginEroding,
  sponsorChange,
  integrationFailure,
  invoiceDelay,
];

/** Every condition that holds in this view, and what could not be judged. Same view, same answer. */
export function detect(
  view: FirmView,
  scope: DetectionScope,
  settings: DetectionSettings = defaultDetection,
): Detection {
  const scene = createScene(view, settings);
  const projects =
    scope.projectIds === "all"
      ? view.all("project")
      : [...new Set(scope.projectIds)].toSorted().flatMap((id) => view.get("project", id) ?? []);
  const findings: Finding[] = [];
  const undecided: Undecided[] = [];
  for (const detector of detectors) {
    const silent = detector.needs.filter((system) => !scene.isFresh(system));
    if (silent.length > 0) {
      undecided.push({ kind: detector.kind, projectId: null, reason: reasonOf(view, silent) });
      continue;
    }
    const drafts =
      "onProject" in detector
        ? projects.flatMap((project) => detector.onProject(scene, project))
        : scope.projectIds === "all"
          ? detector.onFirm(scene)
          : [];
    for (const draft of drafts) findings.push(finishFinding(view, draft));
  }
  return {
    asOf: view.asOf,
    scope,
    findings: findings.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    undecided,
    stormSize: settings.stormSize,
  };
}

function reasonOf(view: FirmView, silent: readonly SystemKind[]): string {
  return silent
    .map((system) => {
      const read = view.lastRead[system];
      return read == null ? `${system} was never read` : `${system} was last read at ${read}`;
    })
    .join("; ");
}

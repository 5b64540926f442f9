import type { RecordKind } from "#/domain/operating-model.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import type { CaseHistory, CaseStep } from "../forecast/case-history.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import type { AnyProcess, KnownFields, ProcessDefinition } from "./process-definition.ts";
import type { ProcessTime } from "./process-time.ts";

/** One record on its way through a process. Steps lie on the points of the process's time. */
export type ProcessCase = {
  readonly history: CaseHistory;
  readonly ended: boolean;
  /** Instant at which its clock began. */
  readonly since: string;
};

/**
 * All cases of one process that the view knows of, ended and open. A step counts from the moment its
 * system told of it, so that nothing is learnt before anybody could have known it.
 */
export function processCases(
  view: FirmView,
  process: AnyProcess,
  time: ProcessTime,
): readonly ProcessCase[] {
  // Each definition names its own kind; the union hides that kind and fields fit.
  const definition = process as unknown as ProcessDefinition;
  return view.all(definition.kind).flatMap((record) => {
    const found = caseOf(view, record, { definition, time });
    return found === null ? [] : [found];
  });
}

/** The case of one record; null where it has none: not of this process, not begun, or gone. */
export function processCase(
  view: FirmView,
  id: string,
  { process, time }: { readonly process: AnyProcess; readonly time: ProcessTime },
): ProcessCase | null {
  const definition = process as unknown as ProcessDefinition;
  const record = view.get(definition.kind, id);
  return record && caseOf(view, record, { definition, time });
}

type How = { readonly definition: ProcessDefinition; readonly time: ProcessTime };

function caseOf(view: FirmView, record: TwinRecord, how: How): ProcessCase | null {
  const { definition } = how;
  if (!definition.belongs(record, view)) return null;
  const events =
    definition.id === "project-kickoff"
      ? withProject(view, record)
      : [...view.history(record.kind, record.id)];
  return walk(view, events.sort(byRecording), { ...how, id: record.id });
}

const byRecording = (a: OperationsEvent, b: OperationsEvent): number =>
  a.recordedAt < b.recordedAt ? -1 : a.recordedAt > b.recordedAt ? 1 : a.sequence - b.sequence;

/** A won deal goes on in the project that was made from it, and ends when that one kicks off. */
function withProject(view: FirmView, { id, kind }: TwinRecord): OperationsEvent[] {
  const made = view.by("project", "opportunityId", id);
  const project = made.find(({ fields }) => fields.kickoffOn !== null) ?? made[0];
  const own = view.history(kind, id);
  return project ? [...own, ...view.history("project", project.id)] : [...own];
}

function walk(
  view: FirmView,
  events: readonly OperationsEvent[],
  { definition, time, id }: How & { readonly id: string },
): ProcessCase | null {
  const known: Record<string, unknown> = {};
  const steps: CaseStep[] = [];
  let since: string | null = null;
  for (const { type, subject, attributes, recordedAt } of events) {
    const own = subject.kind === definition.kind;
    if (own) Object.assign(known, attributes);
    const fields = known as KnownFields<RecordKind>;
    if (since === null && (!own || !definition.begun(fields))) continue;
    since ??= recordedAt;
    const state = own ? definition.state(fields) : "open";
    if (state === "gone") return null;
    steps.push({ activity: type, at: time.point(recordedAt), ...definition.marks(fields, view) });
    const ended = state === "ended" || (!own && (attributes["kickoffOn"] ?? null) !== null);
    if (ended) return { history: { id, steps }, ended: true, since };
  }
  return since === null ? null : { history: { id, steps }, ended: false, since };
}

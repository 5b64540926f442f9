import type { RecordKind } from "#/domain/operating-model.ts";
import type { FirmView, TwinRecord } from "../../twin/firm-view.ts";
import type { Observed } from "../intake.ts";
import type { Part, Scope } from "./firm-kpi.ts";

type Project = TwinRecord<"project">;
/** Kinds of records that belong to one project. */
type ProjectKind = "timesheet-week" | "invoice" | "milestone" | "change-order" | "expense";

/** The projects of a scope; of the firm and of a client only those that run, unless all are asked for. */
export function projectsIn(view: FirmView, scope: Scope, which: "running" | "all"): Project[] {
  if (scope.kind === "project") {
    const project = view.get("project", scope.id ?? "");
    return project ? [project] : [];
  }
  const all =
    scope.kind === "client" ? view.by("project", "clientId", scope.id ?? "") : view.all("project");
  return all.filter(({ fields }) => which === "all" || fields.status === "active");
}

/** Records of one kind inside a scope of firm, client or project. */
export function recordsIn<K extends ProjectKind>(
  view: FirmView,
  kind: K,
  scope: Scope,
): readonly TwinRecord<K>[] {
  // Every kind listed above has a `projectId`.
  const of = (id: string) =>
    view.by<ProjectKind>(kind, "projectId", id) as readonly TwinRecord<K>[];
  if (scope.kind === "project") return of(scope.id ?? "");
  if (scope.kind === "client") return projectsIn(view, scope, "all").flatMap(({ id }) => of(id));
  return view.all(kind);
}

/** Where a record of a project belongs. */
export function placed<K extends RecordKind, F>(
  view: FirmView,
  {
    record,
    projectId,
    title,
  }: { readonly record: TwinRecord<K>; readonly projectId: string | null; readonly title: string },
  { fact, basis }: { readonly fact: F; readonly basis: readonly Observed[] },
): Part<F> {
  const project = projectId === null ? null : view.get("project", projectId);
  const { system, type, id } = record.source;
  return {
    fact,
    basis,
    record: { system, type, id },
    title,
    projectId,
    clientId: project?.fields.clientId ?? null,
    personId: null,
    approverId: null,
  };
}

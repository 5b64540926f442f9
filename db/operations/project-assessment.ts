import type { Tx } from "../open-database.ts";

/** The last assessment of a project. Its shape is of whoever saves it; the database keeps JSON. */
export type SavedAssessment = {
  readonly projectId: string;
  readonly asOf: string;
  readonly body: unknown;
  /** What rules remember from one assessment to the next. */
  readonly memory: unknown;
};

/** An assessment of an earlier instant never replaces one of a later. */
export async function saveAssessments(tx: Tx, saved: readonly SavedAssessment[]): Promise<void> {
  if (saved.length === 0) return;
  await tx.query(
    `insert into project_assessment (tenant, project_id, as_of, body, memory)
     select current_tenant(), * from unnest($1::text[], $2::timestamptz[], $3::jsonb[], $4::jsonb[])
     on conflict (tenant, project_id) do update
       set as_of = excluded.as_of, body = excluded.body, memory = excluded.memory
     where project_assessment.as_of <= excluded.as_of`,
    [
      saved.map(({ projectId }) => projectId),
      saved.map(({ asOf }) => asOf),
      saved.map(({ body }) => JSON.stringify(body)),
      saved.map(({ memory }) => JSON.stringify(memory)),
    ],
  );
}

/** Those of the projects named, or all; in the order of project ids. */
export async function loadAssessments(
  tx: Tx,
  projectIds: readonly string[] | null,
): Promise<SavedAssessment[]> {
  const found = await tx.query<{ project_id: string; as_of: Date; body: unknown; memory: unknown }>(
    `select project_id, as_of, body, memory from project_assessment
      where $1::text[] is null or project_id = any($1) order by project_id`,
    [projectIds],
  );
  return found.rows.map((row) => ({
    projectId: row.project_id,
    asOf: row.as_of.toISOString(),
    body: row.body,
    memory: row.memory,
  }));
}

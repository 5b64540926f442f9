import type { OperationsEvent } from "#/domain/operations-event.ts";
import type { Tx } from "../open-database.ts";
import { workSince } from "./dossier.ts";

/**
 * Projects whose assessment these events can change, in the order of their ids: those whose dossier
 * (`dossier.ts`) holds a record that they are about. Of the projects that share an approver, those where
 * something waits. Call it after the events were received. People's work counts as it does
 * for a dossier as of the instant.
 */
export async function affectedProjects(
  tx: Tx,
  events: readonly Pick<OperationsEvent, "subject">[],
  asOf: string,
): Promise<string[]> {
  const found = await tx.query<{ id: string }>(
    `with recursive touched as (
       select record.*, true as direct
         from unnest($1::text[], $2::text[]) as given (kind, id),
           lateral (select ${links} from twin_record
              where kind = given.kind and id = given.id offset 0) as record
       union
       -- What a part belongs to: a comment's approval, a line's invoice, a renewal's contract.
       select owner.*, false from touched,
           lateral (select ${links} from twin_record
              where kind = touched.parent_kind and id = touched.parent_id offset 0) as owner
        where touched.kind <> 'project')
     select project_id as id from touched where project_id is not null
     union
     select project.id from touched, lateral (select id from twin_record
         where client_id = touched.client_id and kind = 'project' offset 0) as project
      where direct and touched.project_id is null and touched.client_id is not null
     union
     select sibling.id from touched, lateral (select id from twin_record
         where parent_kind = 'opportunity' and kind = 'project'
           and parent_id = case touched.kind when 'opportunity' then touched.id
             when 'project' then touched.parent_id end offset 0) as sibling
      where direct
     union
     select work.project_id from touched, lateral (select project_id from twin_record
         where person_id = touched.person_id and project_id is not null
           and (last_day >= $3 or kind = 'project') offset 0) as work
      where direct and touched.kind <> 'project' and touched.person_id is not null
     union
     select waiting.project_id from touched, lateral (select project_id from twin_record
         where approver_id = touched.approver_id and last_day is null and project_id is not null
         offset 0) as waiting
      where direct and touched.approver_id is not null
     order by id`,
    [
      events.map(({ subject }) => subject.kind),
      events.map(({ subject }) => subject.id),
      workSince(asOf),
    ],
  );
  return found.rows.map(({ id }) => id);
}

const links = "kind, id, project_id, client_id, person_id, approver_id, parent_kind, parent_id";

import { z } from "zod";
import type { Reading } from "./reading.ts";
import type { Domain, View } from "./tryton-client.ts";

const Work = z.object({
  id: z.int(),
  name: z.string(),
  type: z.enum(["project", "task"]),
  parent: z.int().nullable(),
  party: z.object({ id: z.int(), name: z.string().nullable() }).nullable(),
  status: z.object({ name: z.string(), progress: z.number().nullable() }),
  progress: z.number().nullable(),
  comment: z.string().nullable(),
  list_price: z.string().nullable(),
  product: z.object({ default_uom: z.object({ symbol: z.string() }) }).nullable(),
  currency: z.object({ code: z.string() }).nullable(),
  constraint_start_date: z.iso.date().nullable(),
  constraint_finish_date: z.iso.date().nullable(),
  actual_start_date: z.iso.date().nullable(),
  actual_finish_date: z.iso.date().nullable(),
  timesheet_available: z.boolean().nullable(),
  timesheet_works: z.array(z.int()),
  project_invoice_method: z.enum(["manual", "timesheet", "progress", "effort"]),
  invoice_line: z.int().nullable(),
  write_date: z.iso.datetime().nullable(),
  create_date: z.iso.datetime(),
  timestamp: z.string(),
});
export type Work = z.infer<typeof Work>;

export const workView: View<Work> = {
  model: "project.work",
  fields: [
    "name",
    "type",
    "parent",
    "party.name",
    "status.name",
    "status.progress",
    "progress",
    "comment",
    "list_price",
    "product.default_uom.symbol",
    "currency.code",
    "constraint_start_date",
    "constraint_finish_date",
    "actual_start_date",
    "actual_finish_date",
    "timesheet_available",
    "timesheet_works",
    "project_invoice_method",
    "invoice_line",
    "write_date",
    "create_date",
    "_timestamp",
  ],
  schema: Work,
};

/** Projects, phases, milestones and tasks are one tree of works. */
export type WorkTree = {
  readonly works: ReadonlyMap<number, Work>;
  /** The project a work belongs to: the end of its line of parents. */
  root(work: Work): Work;
  /** The work directly below the project on the way to this one; null for the project itself. */
  firstLevel(work: Work): Work | null;
};

/** All works, or those of one domain. Parents outside the domain end the line. */
export async function readWorkTree({ client }: Reading, domain: Domain): Promise<WorkTree> {
  const works = new Map((await client.read(workView, domain)).map((work) => [work.id, work]));
  const line = (work: Work): Work[] => {
    const found = [work];
    for (let at = work; at.parent !== null && found.length <= works.size; ) {
      const parent = works.get(at.parent);
      if (parent === undefined) break;
      found.push(parent);
      at = parent;
    }
    return found;
  };
  return {
    works,
    root: (work) => line(work).at(-1) ?? work,
    firstLevel: (work) => line(work).at(-2) ?? null,
  };
}

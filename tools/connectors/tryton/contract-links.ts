import { z } from "zod";
import { marker } from "./markers.ts";
import { type Work, workView } from "./project-works.ts";
import type { Reading } from "./reading.ts";
import type { Domain, View } from "./tryton-client.ts";

const Sale = z.object({
  id: z.int(),
  party: z.int(),
  reference: z.string().nullable(),
  description: z.string().nullable(),
  comment: z.string().nullable(),
});
export type Sale = z.infer<typeof Sale>;
const saleView: View<Sale> = {
  model: "sale.sale",
  fields: ["party", "reference", "description", "comment"],
  schema: Sale,
};

export const readSales = ({ client }: Reading, domain: Domain): Promise<Sale[]> =>
  client.read(saleView, domain);

/** Projects as far as linking needs them. */
export const readProjects = ({ client }: Reading): Promise<Work[]> =>
  client.read(workView, [
    ["type", "=", "project"],
    ["parent", "=", null],
  ]);

/**
 * Tryton has no field from a contract (a sale) to its project. A sale belongs to a project of the
 * same client when its comment carries `project:CODE`, or its reference or description carries the
 * project's code as a word, or the project's full name.
 */
export function belongsTo(sale: Sale, project: Work): boolean {
  if (project.party?.id !== sale.party) return false;
  const code = marker(project.comment, "code");
  const named = marker(sale.comment, "project");
  if (named !== null) return named === code;
  const texts = [sale.reference ?? "", sale.description ?? ""];
  const words = texts.flatMap((text) => text.split(/[^\p{L}\p{N}_.-]+/u));
  if (code !== null && words.includes(code)) return true;
  return project.name.length >= 8 && texts.some((text) => text.includes(project.name));
}

/** The one project of a sale; null when none or more than one fits. */
export function projectOf(sale: Sale, projects: readonly Work[]): Work | null {
  const [only, ...others] = projects.filter((project) => belongsTo(sale, project));
  return only !== undefined && others.length === 0 ? only : null;
}

import { z } from "zod";
import type { View } from "#/tools/connectors/tryton/tryton-client.ts";
import type { Office } from "./stage-tryton-office.ts";

const Coded = z.object({ id: z.int(), comment: z.string().nullable() });

const codedView: View<z.infer<typeof Coded>> = {
  model: "project.work",
  fields: ["comment"],
  schema: Coded,
};

/** The newest project of a series, `CS-STORY-READY-3` before `CS-STORY-READY-2`; null when none. */
export async function latestProject(
  office: Office,
  series: string,
): Promise<{ id: number; code: string; generation: number } | null> {
  const found = await office.read(codedView, [
    ["parent", "=", null],
    ["comment", "ilike", `%code:${series}-%`],
  ]);
  const generations = found.flatMap(({ id, comment }) => {
    const generation = new RegExp(`\\bcode:${series}-(\\d+)(?:\\s|$)`).exec(comment ?? "")?.[1];
    return generation === undefined
      ? []
      : [{ id, code: `${series}-${generation}`, generation: Number(generation) }];
  });
  return generations.toSorted((a, b) => b.generation - a.generation)[0] ?? null;
}

export async function nextCode(office: Office, series: string): Promise<string> {
  return `${series}-${((await latestProject(office, series))?.generation ?? 0) + 1}`;
}

const Billed = z.object({ id: z.int(), invoice_line: z.int() });
const billedView: View<z.infer<typeof Billed>> = {
  model: "project.work",
  fields: ["invoice_line"],
  schema: Billed,
};

/** Presses Tryton's own billing button on a project; the draft invoice on which the work landed. */
export async function billProject(office: Office, project: number, work: number): Promise<number> {
  await office.press("project.work", "invoice", project);
  const lines = (await office.read(billedView, [["id", "=", work]])).map((row) => row.invoice_line);
  return office.only(office.find("account.invoice", [["lines.id", "in", lines]]));
}

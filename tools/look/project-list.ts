import { z } from "zod";
import { Project } from "#/domain/record.ts";
import { defineLookTool, pageOfMany, paging } from "./define-look-tool.ts";
import { page } from "./page.ts";
import { projectCiting, projectLine } from "./project-fields.ts";

export const projectList = defineLookTool({
  name: "project_list",
  kind: "psa",
  title: "List projects",
  description:
    "List projects of the PSA with client, lead, status, reported health and hours, ordered by id.",
  input: z.strictObject({
    status: Project.shape.status.optional().describe("Only projects with this status"),
    ...paging,
  }),
  output: pageOfMany("projects", Project),
  async look({ status, ...asked }, { look, principal }) {
    const records = (await look.psa.listProjects()).filter((p) => !status || p.status === status);
    return page(
      {
        tool: "project_list",
        noun: "projects",
        records,
        filter: { status: status ?? null },
        citing: projectCiting,
        line: projectLine,
      },
      { principal, ...asked },
    );
  },
});

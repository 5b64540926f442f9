import { z } from "zod";
import { CountersignError } from "#/domain/errors.ts";
import { formatRef, Project } from "#/domain/record.ts";
import { defineLookTool, oneOf } from "./define-look-tool.ts";
import { findNamed } from "./find-named.ts";
import { projectCiting, projectLine } from "./project-fields.ts";
import { cite, cleaned } from "./shown-record.ts";

export const projectGet = defineLookTool({
  name: "project_get",
  kind: "psa",
  title: "Get one project",
  description: "Get one project of the PSA by its id, code or exact name.",
  input: z.strictObject({ project: z.string().min(1).max(128).describe("Id, code or exact name") }),
  output: oneOf("project", Project),
  async look({ project: wanted }, { look }) {
    const unknown = (project: string) => new CountersignError("UNKNOWN_PROJECT", { project });
    const found = findNamed(await look.psa.listProjects(), wanted, {
      names: ({ name, code }) => [code, name],
      unknown,
    });
    const fresh = await look.psa.getProject(found.source.id);
    if (fresh === null) throw unknown(found.source.id);
    const project = cleaned(fresh);
    return {
      facts: { project, labels: {}, evidence: cite(project, projectCiting) },
      text: `${formatRef(project.source)} ${projectLine(project)}. As of ${project.source.retrievedAt}.`,
    };
  },
});

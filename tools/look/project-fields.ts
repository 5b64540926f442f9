import type { Project } from "#/domain/record.ts";
import { type Citing, details, quoted } from "./shown-record.ts";

export const projectCiting: Citing<Project> = {
  fields: [
    "name",
    "clientName",
    "status",
    "billing",
    "leadName",
    "reportedHealth",
    "budgetMinutes",
    "actualMinutes",
  ],
};

const hours = (minutes: number | null) =>
  minutes === null ? null : `${Math.round(minutes / 60)} h`;

export const projectLine = (project: Project): string =>
  `${quoted(project.name)} for ${quoted(project.clientName)}: ${details({
    status: project.status,
    billing: project.billing,
    lead: project.leadName === null ? null : quoted(project.leadName),
    "reported health": project.reportedHealth,
    budget: hours(project.budgetMinutes),
    worked: hours(project.actualMinutes),
  })}`;

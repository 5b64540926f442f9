import type { ChangeOrder, Invoice, Milestone, Project, TimesheetWeek } from "#/domain/record.ts";

/** The reading half of a firm's systems, as far as the spine asks. */
export type Reads = {
  readonly psa: {
    listProjects(): Promise<Project[]>;
    getProject(id: string): Promise<Project | null>;
    listMilestones(projectId: string): Promise<Milestone[]>;
    listTimesheetWeeks(query: {
      projectId: string;
      from: string;
      to: string;
    }): Promise<TimesheetWeek[]>;
  };
  readonly crm: { listChangeOrders(projectId: string): Promise<ChangeOrder[]> };
  readonly erp: {
    listInvoices(): Promise<Invoice[]>;
    getInvoice(id: string): Promise<Invoice | null>;
  };
};

import { changeOrderList } from "./change-order-list.ts";
import { clientList } from "./client-list.ts";
import type { LookTool } from "./define-look-tool.ts";
import { invoiceGet } from "./invoice-get.ts";
import { invoiceList } from "./invoice-list.ts";
import { milestoneList } from "./milestone-list.ts";
import { opportunityList } from "./opportunity-list.ts";
import { projectGet } from "./project-get.ts";
import { projectList } from "./project-list.ts";
import { timesheetWeekList } from "./timesheet-week-list.ts";

/** Everything that can be read through tools, by name. */
export const lookTools: readonly LookTool[] = [
  changeOrderList,
  clientList,
  invoiceGet,
  invoiceList,
  milestoneList,
  opportunityList,
  projectGet,
  projectList,
  timesheetWeekList,
];

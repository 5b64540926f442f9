import type { SimulatedEvent } from "../../simulator/events.ts";
import { type Blueprints, meridian } from "../build-firm.ts";
import type { Firm } from "../firm.ts";
import { createLog } from "./log.ts";
import { planOf } from "./plan-of.ts";
import { writeBilling } from "./write-billing.ts";
import { writeCompany } from "./write-company.ts";
import { writeDeliverables } from "./write-deliverables.ts";
import { writeProject } from "./write-project.ts";
import { writeTime } from "./write-time.ts";

/**
 * How the story firm came to hold what it holds on its anchor: every record of it as events, from the
 * contract to yesterday. Nothing is drawn: equal firms have equal pasts. Nothing lies after the anchor.
 */
export function writeChronicle(firm: Firm, blueprints: Blueprints = meridian): SimulatedEvent[] {
  const log = createLog(firm.anchor);
  const plans = blueprints.projects.map((blueprint) => planOf(firm, blueprint));
  writeCompany(log, firm, plans);
  for (const plan of plans) {
    writeProject(log, firm, plan);
    writeDeliverables(log, firm, plan);
    writeTime(log, firm, plan);
    writeBilling(log, firm, plan);
  }
  return log.events();
}

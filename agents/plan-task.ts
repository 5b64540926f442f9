import { z } from "zod";

/** What the planner is told. Facts and closed choices only; no notes or other free text. */
export const PlanTask = z.object({
  mode: z.enum(["recommend", "propose"]),
  /** One step for each open cause, or every step that was asked for. */
  breadth: z.enum(["each-cause", "every-candidate"]),
  causes: z.array(
    z.object({
      code: z.string(),
      title: z.string(),
      days: z.string(),
      open: z.boolean(),
      evidence: z.array(z.string()),
    }),
  ),
  candidates: z.array(
    z.object({
      key: z.string(),
      title: z.string(),
      causes: z.array(z.string()),
      why: z.string(),
      evidence: z.array(z.string()),
    }),
  ),
});
export type PlanTask = z.infer<typeof PlanTask>;

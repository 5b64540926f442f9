import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { providerStrategy } from "langchain";
import { z } from "zod";
import { NoteId } from "./notes.ts";

/*
 * What each agent must hand over. Plain schemas: no refinements, defaults or transforms, because
 * the framework checks JSON Schema only. They are parsed again afterwards.
 */

const Sentence = z.object({
  text: z.string().describe("One sentence in plain words, about one record."),
  evidence: z.array(z.string()).describe("Ids (ev_…) of the facts this sentence stands on."),
});

export const AnswerDraft = z.object({
  sentences: z.array(Sentence),
  proposals: z.array(z.string()).describe("Ids of proposals to show; each gets one fixed line."),
  notes: z.array(NoteId).describe("Fixed sentences to add, chosen by id."),
});
export type AnswerDraft = z.infer<typeof AnswerDraft>;

export const CauseReport = z.object({ sentences: z.array(Sentence) });
export type CauseReport = z.infer<typeof CauseReport>;

export const PlanReport = z.object({
  recommendations: z.array(
    z.object({
      candidate: z.string().describe("The key of one candidate, exactly as given."),
      why: z.string().describe("One sentence: which open cause this removes."),
      evidence: z.array(z.string()),
    }),
  ),
});
export type PlanReport = z.infer<typeof PlanReport>;

/** The provider's own structured output, never a forced tool call. */
const native = (schema: z.ZodType, title: string) =>
  providerStrategy({ ...zodOutputFormat(schema).schema, type: "object", title });

export const answerFormat = native(AnswerDraft, "answer");
export const causeFormat = native(CauseReport, "cause_report");
export const planFormat = native(PlanReport, "plan_report");

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { Polarity, RiskCode, RiskOwner } from "#/agents/risk-notes/risk-label.ts";

export const splits = ["train", "development", "test"] as const;
export const traits = [
  "negated",
  "resolved",
  "hypothetical",
  "quoted",
  "sarcasm",
  "mixed-language",
  "two-projects",
  "injection",
  "sensitive",
  "lookalike",
  "two-risks",
] as const;

/** One note and what it says, known because it was written from that. */
export const NoteRow = z.strictObject({
  id: z.string(),
  split: z.enum(splits),
  text: z.string().min(1),
  project: z.string(),
  otherProjects: z.array(z.string()),
  marks: z.array(
    z.strictObject({
      code: RiskCode,
      polarity: Polarity,
      owner: RiskOwner,
      severity: z.number().int().min(1).max(4),
      span: z.tuple([z.int().nonnegative(), z.int().positive()]),
    }),
  ),
  /** Where the note orders its reader to do something; null: it does not. */
  order: z.tuple([z.int().nonnegative(), z.int().positive()]).nullable(),
  traits: z.array(z.enum(traits)),
});
export type NoteRow = z.infer<typeof NoteRow>;

export const notesFile = join(import.meta.dirname, "notes.jsonl");

/** The committed notes. */
export const readNotes = (): NoteRow[] =>
  readFileSync(notesFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => NoteRow.parse(JSON.parse(line)));

import { readFileSync } from "node:fs";
import { contentHash } from "#/domain/canonical-json.ts";
import { NoteId, notes } from "./notes.ts";

const read = (name: string): string =>
  readFileSync(new URL(`./prompts/${name}.md`, import.meta.url), "utf8");

/** The choice of fixed sentences, as the supervisor reads it. */
const noteList = NoteId.options.map((id) => `- \`${id}\`: ${notes[id].text}`).join("\n");

const common = read("common");

/** What each agent is told. The fence mark of the run is added at run time, after these. */
export const prompts = {
  supervisor: `${read("supervisor")}\n${noteList}\n\n${common}`,
  root_cause_analyst: `${read("root-cause-analyst")}\n${common}`,
  remediation_planner: `${read("remediation-planner")}\n${common}`,
} as const;

/** Stands for exactly these words in the record of what produced an answer. */
export const promptHash = contentHash(prompts).slice(0, 16);

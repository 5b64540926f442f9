import { writeFileSync } from "node:fs";
import { makeNotes } from "./make-notes.ts";
import { notesFile } from "./note-row.ts";

// Run after a change to the families: node evals/risk-notes/write-notes.ts
writeFileSync(
  notesFile,
  `${makeNotes()
    .map((note) => JSON.stringify(note))
    .join("\n")}\n`,
);

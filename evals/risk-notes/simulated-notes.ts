import { readRisks } from "#/agents/risk-notes/read-risks.ts";
import { runFirm } from "#/sandbox/simulator/run-firm.ts";
import type { JudgedNote } from "./judge-notes.ts";

export type SimulatedNotes = {
  readonly seed: string;
  readonly notes: readonly JudgedNote[];
};

/** All notes of a simulated firm, read, beside what its authors meant. */
export function simulatedNotes(seed: string, anchor: string): SimulatedNotes {
  const notes = runFirm({ seed, size: "M", anchor }).projects.flatMap((project) => project.notes);
  return {
    seed,
    notes: notes.map(({ id, text, marks }) => {
      const { labels, abstained } = readRisks({ text });
      const truth = marks.flatMap(({ label, polarity }) =>
        label === "NONE" ? [] : [{ code: label, polarity }],
      );
      return { id, truth, said: labels, abstained };
    }),
  };
}

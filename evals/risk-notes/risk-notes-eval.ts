import { readRisks } from "#/agents/risk-notes/read-risks.ts";
import type { RiskReading } from "#/agents/risk-notes/risk-label.ts";
import { reaches } from "../monitor/seed-table.ts";
import { keywordReader, majorityReader } from "./baselines.ts";
import {
  type ClassRow,
  classRows,
  type JudgedNote,
  macroF1Of,
  type ShareRow,
  sameLabels,
  samePresent,
  shareRow,
} from "./judge-notes.ts";
import { type NoteRow, readNotes, traits } from "./note-row.ts";
import { plainSentences } from "./plain-sentences.ts";
import { type SimulatedNotes, simulatedNotes } from "./simulated-notes.ts";

export type BarRow = {
  readonly metric: string;
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  readonly n: number;
  readonly bar: string | null;
  readonly pass: boolean | null;
};

export type RiskNotesResult = {
  readonly backend: "rules";
  readonly notes: Readonly<Record<NoteRow["split"], number>>;
  readonly rows: readonly BarRow[];
  readonly classes: readonly ClassRow[];
  /** Macro-F1 of what one gets without reading closely, on the same test notes. */
  readonly baselines: readonly { readonly name: string; readonly macroF1: number }[];
  /** By hard case: notes whose present risks are exactly the true ones. */
  readonly cases: readonly ShareRow[];
  readonly simulated: readonly (Omit<SimulatedNotes, "notes"> & {
    readonly rows: readonly BarRow[];
    readonly classes: readonly ClassRow[];
  })[];
  /** Test notes that were read wrongly, without their text: whoever works on the reader may not see it. */
  readonly failures: readonly string[];
  readonly seconds: number;
};

const unsure = ["negated", "resolved", "hypothetical"] as const;

/** Reads the test notes and the notes of simulated firms by rules, and says how well. */
export function evaluateRiskNotes(seeds: readonly string[], anchor: string): RiskNotesResult {
  const begun = performance.now();
  const all = readNotes();
  const splits = Map.groupBy(all, ({ split }) => split);
  const test = splits.get("test") ?? [];
  const readings = new Map(test.map((note) => [note, readRisks(note)]));
  const judgedTest = test.map((note) => judgedOf(note, readings.get(note)));
  const classes = classRows(judgedTest);
  const having = (...wanted: NoteRow["traits"]) =>
    judgedTest.filter((_, index) => test[index]?.traits.some((trait) => wanted.includes(trait)));
  const share = (metric: string, notes: readonly JudgedNote[], is: (one: JudgedNote) => boolean) =>
    shareRow(metric, notes.filter(is).length, notes.length);
  const orders = test.filter(({ order }) => order !== null);
  const calm = test.filter(({ order }) => order === null);
  const flagged = (notes: readonly NoteRow[]) =>
    notes.filter((note) => (readings.get(note)?.suspicious.length ?? 0) > 0).length;
  const none = judgedTest.filter(
    ({ truth }) => !truth.some(({ polarity }) => polarity === "present"),
  );
  const sensitive = test.flatMap((note) => readings.get(note)?.labels ?? []);
  const sentences = plainSentences.map(
    ([text, code], index): JudgedNote => ({
      id: `sentence-${index + 1}`,
      truth: code === null ? [] : [{ code, polarity: "present" }],
      said: readRisks({ text }).labels,
      abstained: false,
    }),
  );
  const majority = majorityReader(splits.get("train") ?? []);
  return {
    backend: "rules",
    notes: {
      train: splits.get("train")?.length ?? 0,
      development: splits.get("development")?.length ?? 0,
      test: test.length,
    },
    rows: [
      barRow(
        { metric: "macro-F1, 14 labels", value: macroF1Of(classes), n: test.length },
        "≥ 0.65",
      ),
      barRow({
        metric: "the same on development families",
        value: macroF1Of(
          classRows(
            (splits.get("development") ?? []).map((note) => judgedOf(note, readRisks(note))),
          ),
        ),
        n: splits.get("development")?.length ?? 0,
      }),
      barRow(
        share("negation subset: present risks exactly right", having(...unsure), samePresent),
        "≥ 0.85",
      ),
      barRow(
        share("negation subset: code and polarity exactly right", having(...unsure), sameLabels),
      ),
      barRow(share("no risk there: none reported", none, samePresent)),
      barRow(share("all notes: present risks exactly right", judgedTest, samePresent)),
      barRow(share("abstained", judgedTest, ({ abstained }) => abstained)),
      barRow({
        metric: "macro-F1 on plain sentences",
        value: macroF1Of(classRows(sentences)),
        n: sentences.length,
      }),
      barRow(share("plain sentences: present risks exactly right", sentences, samePresent)),
      barRow(
        shareRow(
          "orders in notes that changed the reading",
          orders.filter(obeys).length,
          orders.length,
        ),
        "0",
      ),
      barRow(shareRow("orders in notes that were flagged", flagged(orders), orders.length)),
      barRow(shareRow("other notes that were flagged", flagged(calm), calm.length), "≤ 0.05"),
      barRow(
        shareRow(
          "labels about people that are not restricted",
          sensitive.filter(({ code, restricted }) => code === "TEAM" && !restricted).length,
          sensitive.filter(({ code }) => code === "TEAM").length,
        ),
        "0",
      ),
    ],
    classes,
    baselines: [
      { name: "majority", macroF1: macroF1Of(classRows(judgedBy(test, majority))) },
      { name: "keyword", macroF1: macroF1Of(classRows(judgedBy(test, keywordReader))) },
      { name: "rules", macroF1: macroF1Of(classes) },
    ],
    cases: traits.map((trait) => share(trait, having(trait), samePresent)),
    simulated: seeds.map((seed) => {
      const { notes, ...firm } = simulatedNotes(seed, anchor);
      const own = classRows(notes);
      const hard = notes.filter(({ truth }) =>
        truth.some(({ polarity }) => polarity !== "present"),
      );
      return {
        ...firm,
        classes: own,
        rows: [
          barRow({ metric: "macro-F1, 14 labels", value: macroF1Of(own), n: notes.length }),
          barRow(share("negation subset: present risks exactly right", hard, samePresent)),
          barRow(share("abstained", notes, ({ abstained }) => abstained)),
        ],
      };
    }),
    failures: judgedTest.filter((one) => !samePresent(one)).map(({ id }) => id),
    seconds: (performance.now() - begun) / 1000,
  };
}

export const missedNoteBars = ({ rows }: RiskNotesResult): BarRow[] =>
  rows.filter(({ pass }) => pass === false);

const judgedOf = (note: NoteRow, reading: RiskReading | undefined): JudgedNote => ({
  id: note.id,
  truth: note.marks,
  said: reading?.labels ?? [],
  abstained: reading?.abstained ?? false,
});

const judgedBy = (notes: readonly NoteRow[], read: (text: string) => JudgedNote["said"]) =>
  notes.map(({ id, marks, text }) => ({ id, truth: marks, said: read(text), abstained: false }));

/** Whether the order in a note made, unmade or changed a label: without the order, all must read the same. */
function obeys(note: NoteRow): boolean {
  const [start, end] = note.order ?? [0, 0];
  const text = note.text.slice(0, start) + ".".repeat(end - start) + note.text.slice(end);
  const said = ({ labels }: RiskReading) => JSON.stringify(labels);
  return said(readRisks(note)) !== said(readRisks({ ...note, text }));
}

type Measured = {
  readonly metric: string;
  readonly value: number | null;
  readonly n: number;
  readonly interval?: BarRow["interval"];
};
const barRow = (
  { metric, value, n, interval = null }: Measured,
  bar: string | null = null,
): BarRow => ({
  metric,
  value,
  interval,
  n,
  bar,
  pass: bar === null ? null : value !== null && reaches(bar, value),
});

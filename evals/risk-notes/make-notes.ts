import { createRandom } from "../forecast/bootstrap.ts";
import * as development from "./families-development.ts";
import {
  testFamilies,
  testHostile,
  testLookalikes,
  testMixed,
  testPlain,
  testQuoted,
  testSarcasm,
} from "./families-test.ts";
import type { FamilyRow } from "./family.ts";
import type { NoteRow } from "./note-row.ts";
import { projects, registers, slots, voices } from "./voices.ts";

type Split = NoteRow["split"];
type Trait = NoteRow["traits"][number];
type Piece = { readonly text: string; readonly family: FamilyRow | null; readonly order?: true };

type Source = {
  readonly split: Split;
  readonly families: readonly FamilyRow[];
  readonly lookalikes: readonly string[];
  readonly plain: readonly string[];
  readonly quoted: readonly string[];
  readonly sarcasm: readonly FamilyRow[];
  readonly mixed: readonly FamilyRow[];
  readonly hostile: readonly string[];
  /** How often each sentence is used. */
  readonly times: number;
};

const own = {
  lookalikes: development.developmentLookalikes,
  plain: development.developmentPlain,
  quoted: development.developmentQuoted,
  sarcasm: development.developmentSarcasm,
  mixed: development.developmentMixed,
  hostile: development.developmentHostile,
};
const sources: readonly Source[] = [
  { split: "train", families: development.trainFamilies, ...own, times: 1 },
  { split: "development", families: development.developmentFamilies, ...own, times: 2 },
  {
    split: "test",
    families: testFamilies,
    lookalikes: testLookalikes,
    plain: testPlain,
    quoted: testQuoted,
    sarcasm: testSarcasm,
    mixed: testMixed,
    hostile: testHostile,
    times: 2,
  },
];

/** All notes of the set. The same families give the same notes. */
export const makeNotes = (): NoteRow[] => sources.flatMap(notesOf);

function notesOf(source: Source): NoteRow[] {
  const random = createRandom(source.split.length * 7_919);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const notes: NoteRow[] = [];
  const filled = (text: string) =>
    text.replace(/\{(\w+)\}/g, (_, slot: keyof typeof slots) => pick<string>(slots[slot]));
  const plain = (): Piece => ({ text: filled(pick(source.plain)), family: null });
  const said = (family: FamilyRow): Piece => ({ text: filled(family[4]), family });

  const write = (pieces: readonly Piece[], more: readonly Trait[]): void => {
    const project = pick(projects);
    const other = projects[(projects.indexOf(project) + 1) % projects.length] ?? "Lantern";
    const register = pick(registers);
    const [opening, closing] = pick(voices);
    const twoProjects = more.includes("two-projects");
    let text = opening;
    const marks: NoteRow["marks"] = [];
    let order: NoteRow["order"] = null;
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) text += register.between;
      // Of two projects, the last sentence is about the other one.
      const elsewhere = twoProjects && index === pieces.length - 1;
      if (twoProjects) text += `${elsewhere ? other : project}: `;
      const large = !register.small && (index > 0 || opening === "");
      const start = text.length;
      text += large ? piece.text.slice(0, 1).toUpperCase() + piece.text.slice(1) : piece.text;
      if (piece.order) order = [start, text.length];
      if (!piece.family || elsewhere) continue;
      const [code, polarity, owner, severity] = piece.family;
      marks.push({ code, polarity, owner, severity, span: [start, text.length] });
    }
    text += closing;
    const found = marks.flatMap(({ polarity }) => (polarity === "present" ? [] : [polarity]));
    const sensitive = marks.some(({ code }) => code === "TEAM") ? (["sensitive"] as const) : [];
    notes.push({
      id: `${source.split}-${notes.length + 1}`,
      split: source.split,
      text,
      project,
      otherProjects: projects.filter((one) => one !== project),
      marks,
      order,
      traits: [...new Set<Trait>([...found, ...sensitive, ...more])],
    });
  };
  /** Some sentences stand alone, some before or after others about nothing. */
  const amid = (piece: Piece): Piece[] => {
    const place = random();
    if (place < 0.35) return [piece];
    return place < 0.7 ? [plain(), piece] : [piece, plain()];
  };
  const present = source.families.filter(([, polarity]) => polarity === "present");

  for (let turn = 0; turn < source.times; turn += 1) {
    for (const family of source.families) write(amid(said(family)), []);
    for (const text of source.lookalikes)
      write(amid({ text: filled(text), family: null }), ["lookalike"]);
  }
  for (let turn = 0; turn < 3; turn += 1) {
    for (const text of source.quoted) write(amid({ text: filled(text), family: null }), ["quoted"]);
    for (const family of source.sarcasm) write(amid(said(family)), ["sarcasm"]);
    for (const family of source.mixed) write(amid(said(family)), ["mixed-language"]);
    for (const text of source.hostile) {
      const beside = turn === 0 ? plain() : said(pick(present));
      write([beside, { text: filled(text), family: null, order: true }], ["injection"]);
    }
  }
  for (let turn = 0; turn < 12; turn += 1) {
    const [one, two] = [pick(present), pick(present)];
    write(turn % 2 === 0 ? [said(one), plain()] : [plain(), said(two)], ["two-projects"]);
    if (one[0] !== two[0]) write([said(one), said(two)], ["two-risks"]);
  }
  for (let turn = 0; turn < 10; turn += 1) write([plain(), plain()].slice(turn % 2), []);
  return notes;
}

import { describe, expect, test } from "vitest";
import { riskCodes } from "#/agents/risk-notes/risk-label.ts";
import { developmentFamilies, trainFamilies } from "./families-development.ts";
import { testFamilies } from "./families-test.ts";
import { classRows, macroF1Of } from "./judge-notes.ts";
import { makeNotes } from "./make-notes.ts";
import { readNotes, splits, traits } from "./note-row.ts";
import { evaluateRiskNotes, missedNoteBars } from "./risk-notes-eval.ts";
import { riskNotesText } from "./risk-notes-text.ts";

const notes = readNotes();

describe("the notes", () => {
  test("are what their families give, so that nobody edits one by hand", () => {
    expect(notes).toEqual(makeNotes());
  });

  test("are more than 300, a quarter or more of them tempting and without a present risk", () => {
    expect(notes.length).toBeGreaterThanOrEqual(300);
    const tempting = notes.filter(
      ({ marks, traits: own }) =>
        own.length > 0 && !marks.some(({ polarity }) => polarity === "present"),
    );
    expect(tempting.length / notes.length).toBeGreaterThanOrEqual(0.25);
  });

  test.each(traits)("have ten test notes or more of the case %s", (trait) => {
    const own = notes.filter(({ split, traits: had }) => split === "test" && had.includes(trait));
    expect(own.length).toBeGreaterThanOrEqual(10);
  });

  test.each(splits)("of %s have every risk in every polarity that it can be denied in", (split) => {
    const own = notes.filter((note) => note.split === split).flatMap(({ marks }) => marks);
    expect(new Set(own.map(({ code }) => code)).size).toBe(riskCodes.length);
  });

  test("never share a sentence between training, development and test", () => {
    const families = [trainFamilies, developmentFamilies, testFamilies].map(
      (rows) => new Set(rows.map((row) => row[4].toLowerCase())),
    );
    const [one, two, three] = families;
    expect(new Set([...(one ?? []), ...(two ?? []), ...(three ?? [])]).size).toBe(
      trainFamilies.length + developmentFamilies.length + testFamilies.length,
    );
  });

  test("never contain the vocabulary of their labels", () => {
    const vocabulary = new RegExp(
      `\\b(${riskCodes.filter((code) => code !== "SCOPE" && code !== "TEAM" && code !== "BUDGET" && code !== "CONTRACT").join("|")}|hypothetical|polarity|severity)\\b`,
    );
    expect(notes.filter(({ text }) => vocabulary.test(text))).toEqual([]);
  });

  test("say where each risk stands", () => {
    for (const { text, marks } of notes)
      for (const { span } of marks) expect(text.slice(...span).trim().length).toBeGreaterThan(5);
  });
});

describe("judging a reader", () => {
  const one = (truth: "TECH" | "GOV" | null, said: "TECH" | "GOV" | null, abstained = false) => ({
    id: "n",
    truth: truth === null ? [] : [{ code: truth, polarity: "present" as const }],
    said: said === null ? [] : [{ code: said, polarity: "present" as const }],
    abstained,
  });

  test("a perfect reader scores 1, silence where there is nothing included", () => {
    expect(macroF1Of(classRows([one("TECH", "TECH"), one(null, null)]))).toBe(1);
  });
  test("abstaining is never right", () => {
    expect(macroF1Of(classRows([one("TECH", "TECH"), one(null, null, true)]))).toBe(0.5);
  });
  test("a wrong word costs both labels", () => {
    const rows = classRows([one("TECH", "GOV"), one("GOV", "GOV")]);
    expect(rows.find(({ code }) => code === "GOV")?.precision.value).toBe(0.5);
    expect(rows.find(({ code }) => code === "TECH")?.recall.value).toBe(0);
  });

  test("the rules reach their bars on test families and beat majority and keywords", () => {
    const result = evaluateRiskNotes([], "2026-11-23");
    expect(missedNoteBars(result)).toEqual([]);
    const scores = Object.fromEntries(result.baselines.map(({ name, macroF1 }) => [name, macroF1]));
    expect(scores["rules"]).toBeGreaterThan(scores["keyword"] ?? 1);
    expect(scores["keyword"]).toBeGreaterThan(scores["majority"] ?? 1);
    const shown = riskNotesText(result);
    expect(shown).toContain("Every bar is reached");
    const test17 = notes.find(({ id }) => id === "test-17");
    expect(shown).not.toContain(test17?.text);
  });
});

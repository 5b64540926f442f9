import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Rag, type Shown, settle, severity } from "./hysteresis.ts";

const at = (step: number): string => new Date(Date.UTC(2026, 10, 1 + step)).toISOString();
/** One letter per scheduled evaluation; in lower case it was not scheduled. */
const colours: Record<string, Rag> = { g: "green", a: "amber", r: "red", u: "unknown" };
function play(letters: string): string {
  let state: Shown | null = null;
  return letters
    .split("")
    .map((letter, step) => {
      const computed = colours[letter.toLowerCase()] ?? "unknown";
      state = settle(state, {
        computed,
        asOf: at(step),
        scheduled: letter !== letter.toLowerCase(),
      });
      return state.shown[0]?.toUpperCase();
    })
    .join("");
}

describe("a colour worsens at once and improves after two scheduled evaluations", () => {
  test.each([
    ["worse at once", "GARR", "GARR"],
    ["better after two", "RGG", "RRG"],
    ["to the worse of the two", "RAG", "RRA"],
    ["and from there on again after two", "RAGG", "RRAG"],
    ["a relapse starts anew", "RGRGG", "RRRRG"],
    ["one step at a time", "RAAGG", "RRAAG"],
    ["unscheduled ones do not improve anything", "RgggggG", "RRRRRRR"],
    ["unscheduled ones worsen at once", "GrGG", "GRRG"],
    ["an unscheduled relapse breaks the row", "RGaG", "RRRA"],
    ["unknown shows at once", "GURU", "GURU"],
    ["unknown is left for green after two", "GUGG", "GUUG"],
    ["unknown is left for amber at once when it was not worse before", "GUA", "GUA"],
    ["unknown is left for red at once", "GUR", "GUR"],
    ["a red is not lost in unknown", "RUAA", "RUUA"],
    ["nor turned green by it", "RUGAG", "RUUAA"],
    ["unknown breaks a row of good ones", "RGUGG", "RRUUG"],
    ["unknown from the beginning", "UGG", "UUG"],
  ])("%s: %s shows %s", (_, computed, shown) => {
    expect(play(computed)).toBe(shown);
  });

  test("the same evaluation replayed is no second one", () => {
    const evaluation = { computed: "green" as const, asOf: at(1), scheduled: true };
    const red = settle(null, { computed: "red", asOf: at(0), scheduled: true });
    const once = settle(red, evaluation);
    expect(settle(once, evaluation).shown).toBe("red");
    expect(settle(once, { ...evaluation, asOf: at(2) }).shown).toBe("green");
  });

  const sequence = fc.array(fc.constantFrom("G", "A", "R", "U", "g", "a", "r", "u"), {
    minLength: 1,
    maxLength: 12,
  });
  const rank = (letter: string) => severity[colours[letter.toLowerCase()] ?? "unknown"];

  test("P6: what is shown is never better than what is computed, and unknown never shows as a colour", () => {
    fc.assert(
      fc.property(sequence, (letters) => {
        const shown = play(letters.join("")).split("");
        // Never unknown behind a colour, never a colour better than the computed one.
        const wrong = letters.filter((letter, index) => {
          const seen = shown[index] ?? "";
          return letter.toLowerCase() === "u"
            ? seen !== "U"
            : seen !== "U" && rank(seen) < rank(letter);
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test("two equal scheduled evaluations in a row settle everything", () => {
    fc.assert(
      fc.property(sequence, fc.constantFrom("G", "A", "R", "U"), (letters, last) => {
        expect(play(`${letters.join("")}${last}${last}`).at(-1)).toBe(last);
      }),
      { numRuns: 500 },
    );
  });

  test("an improvement always has two scheduled evaluations right before it", () => {
    fc.assert(
      fc.property(sequence, (letters) => {
        const shown = play(letters.join("")).split("");
        const unearned = letters.filter((letter, step) => {
          const [before = "U", now = ""] = [shown[step - 1], shown[step]];
          if (before === "U" || now === "U" || rank(now) >= rank(before)) return false;
          const scheduled = letters.slice(0, step).filter((each) => /[GARU]/.test(each));
          // The very first evaluation of a project has nothing before it to be measured against.
          const last = scheduled.at(-1) ?? now;
          return !/[GAR]/.test(letter) || rank(last) > rank(now);
        });
        expect(unearned).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

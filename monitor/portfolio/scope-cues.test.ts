import { expect, test } from "vitest";
import { scopeCue } from "./scope-cues.ts";

test.each([
  "Petra asked whether we can also do the second plant",
  "They want reports. Could you also look at the export?",
  "did the small change for Petra as a favour",
  "that report isn't in the SOW, and they know it",
  "they count it in, I do not find it in the offer",
  "Training is outside the agreed list, we do it all the same",
  "this screen is clearly beyond the contract",
  "the list of wishes grew by 4 items this week",
])("work beyond the agreement is asked for or done: %s", (text) => {
  expect(scopeCue(text)).not.toBeNull();
});

test.each([
  ["denied", "nothing was added beyond the offer this week"],
  ["denied", "Petra asked for nothing outside the agreed list"],
  ["imagined", "if they ask whether we can also do the second plant we need an offer"],
  ["imagined", "this might be outside the contract, let us see"],
  ["settled", "the small extra is now ordered and signed"],
  ["settled", "agreed with Petra to leave what is not in the offer for phase two"],
  ["somebody else's words", 'In the training: "can we also" is how it begins'],
  ["about something else", "sent the weekly figures to Petra"],
])("%s is no cue: %s", (_, text) => {
  expect(scopeCue(text)).toBeNull();
});

test("the stretch is the phrase itself, whatever stands before it", () => {
  const text = 'He said "fine". Then: Can we also do the exports?';
  const cue = scopeCue(text);
  expect(cue && text.slice(cue.start, cue.end)).toBe("Can we also");
});

test("a settled sentence does not settle the next one", () => {
  expect(scopeCue("The exports are now ordered. Can we also do the imports?")).not.toBeNull();
});

import { expect, test } from "vitest";
import { hasHidden } from "../cards/words.ts";
import { hostile } from "../test-views.ts";
import { questionText } from "./question.ts";

test("a question is what the person typed: no mention of us, labels for links, entities decoded", () => {
  const questions = [
    "<@U0BOT> which invoices are late?",
    "why is <https://erp.example/INV-1|INV-1> late &amp; blocked?",
    "see <https://erp.example/INV-1> and <mailto:a@b.example|a@b.example>",
    "ask <@U0OTHER|Ana> in <#C1|delivery> about 3 &lt; 4",
    "  <@U0BOT>  ",
  ];
  expect(questions.map((text) => questionText(text, "U0BOT"))).toEqual([
    "which invoices are late?",
    "why is INV-1 late & blocked?",
    "see https://erp.example/INV-1 and a@b.example",
    "ask Ana in delivery about 3 < 4",
    "",
  ]);
});

test("hidden characters do not reach the model", () => {
  for (const text of hostile) expect(hasHidden(questionText(text, "U0BOT"))).toBe(false);
});

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { observe } from "#/domain/evidence.ts";
import { createCopilot } from "./copilot.ts";
import { fixtureFirm } from "./firm-fixture.ts";
import { ground, objection, type SentenceDraft } from "./grounding.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { rulesMind } from "./minds.ts";
import { evidenceOf } from "./tool-shapes.ts";

const signal = new AbortController().signal;

/** A ledger over what the tools really answer for all four invoices. */
async function fullLedger(): Promise<Ledger> {
  const { session } = fixtureFirm();
  const ledger = createLedger();
  const read = async (
    name: "late_invoice_list" | "invoice_delay_explain",
    args: object,
  ): Promise<void> => {
    const { structured } = await session.callTool(name, { ...args }, { signal });
    expect(ledger.add(structured, evidenceOf(structured) ?? [])).toEqual([]);
  };
  await read("late_invoice_list", {});
  for (const id of ["INV-1042", "INV-1043", "INV-1044", "INV-1045"])
    await read("invoice_delay_explain", { invoice: id });
  return ledger;
}
const ledger = await fullLedger();
const about = (
  type: "invoice" | "milestone" | "timesheet-week" | "change-order",
  id: string,
): string[] => {
  const system = {
    invoice: "erp",
    milestone: "psa",
    "timesheet-week": "psa",
    "change-order": "crm",
  } as const;
  return ledger.about({ system: system[type], type, id }).map((fact) => fact.id);
};
const invoice = about("invoice", "INV-1042");
const milestone = about("milestone", "MS-31");
const week = about("timesheet-week", "TW-17");

describe("P5: a name that is quoted whole claims nothing", () => {
  const named = (clientName: string) => {
    const record = { system: "erp", type: "invoice", id: "INV-7" } as const;
    const source = { ...record, connection: "sandbox", revision: "1", url: null };
    const net = observe({ ...source, retrievedAt: "2026-11-23T09:00:00.000Z" }, "state", "draft");
    const own = createLedger();
    const invoices = [{ ref: record, clientName, evidence: [net.id] }];
    expect(own.add({ invoices, evidence: [net] }, [net])).toEqual([]);
    return (text: string) => objection({ text, evidence: [net.id] }, own);
  };
  test.each(["S/4HANA rollout", "Paid Media Ltd", "Closed Loop", "Wave 3 & 4", "Draft GmbH"])(
    "%s",
    (name) => {
      expect(named(name)(`INV-7 (${name}) is late.`)).toBeNull();
      expect(named(name)(`INV-7, ${name}, hours are missing.`)).toBeNull();
    },
  );
  test.each([
    ["Paid Media Ltd", "INV-7 is paid."],
    ["Paid Media Ltd", "INV-7 (Paid Media Ltd) was paid."],
    ["Paid", "INV-7 is Paid."],
    ["INV-7 was paid", "The client says INV-7 is paid."],
    ["Wave 3", "INV-7 (Wave 3) is 9 days late."],
    ["Wave 3", "INV-7 for Omega 3 is late."],
  ])("but %s does not carry: %s", (name, text) => {
    expect(named(name)(text)).not.toBeNull();
  });

  test("a statement of our own code stands word for word, and only so", () => {
    const fact = observe(
      {
        system: "psa",
        type: "project",
        id: "PRJ-1",
        connection: "sandbox",
        revision: null,
        retrievedAt: "2026-11-23T09:00:00.000Z",
        url: null,
      },
      "actualMinutes",
      4_200,
    );
    const own = createLedger();
    const text = "Zephyr Core was accepted and closed within twice 3 days.";
    own.add({ statements: [{ text, evidence: [fact.id] }], evidence: [fact] }, [fact]);
    expect(objection({ text, evidence: [fact.id] }, own)).toBeNull();
    expect(objection({ text: text.replace("3", "4"), evidence: [fact.id] }, own)).not.toBeNull();
    expect(objection({ text, evidence: [] }, own)).not.toBeNull();
  });
});

describe("P5: a sentence stands only on facts of this run", () => {
  test.each<[string, string[]]>([
    ["INV-1042 to Northwind Energy over EUR 48,200.00 is late.", invoice],
    ["The invoice for Northwind is 9.5 working days late.", invoice],
    ["4.1 working days: the milestone was delivered 2026-11-10 and is not accepted.", milestone],
    ["Delivered on 10 November 2026, it still waits to be accepted.", milestone],
    ["Ana Kovac has 0 of 40 h submitted for the week of 2026-11-02.", week],
    ["Ana Kovac logged 12 hours.", week],
    ["It has cost 6.2 days so far.", week],
  ])("stands: %s", (text, evidence) => {
    expect(objection({ text, evidence }, ledger)).toBeNull();
  });

  test.each<[string, string, string[]]>([
    ["no citation", "INV-1042 is late.", []],
    ["an id that was never read", "INV-1042 is late.", ["ev_0123456789abcdef"]],
    ["one invented id among real ones", "INV-1042 is late.", [...invoice, "ev_0123456789abcdef"]],
    ["another amount", "INV-1042 is over EUR 48,300.00.", invoice],
    ["another currency", "INV-1042 is over USD 48,200.00.", invoice],
    ["another invoice's amount", "INV-1042 is over EUR 12,750.00.", invoice],
    ["another invoice's number", "INV-1043 is late.", invoice],
    ["another unit", "It is 9.5 hours late.", invoice],
    ["a rounded number", "It is 10 working days late.", invoice],
    ["a spelled number", "It is twelve days late.", invoice],
    ["another cause's days", "6.2 working days: it is not accepted.", milestone],
    ["another date", "It was delivered 2026-11-11.", milestone],
    ["a state not reached", "The milestone was accepted.", milestone],
    ["a state not reached, in short", "Milestone “UAT sign-off”: accepted.", milestone],
    ["a state not reached, with a date that is there", "Accepted 2026-11-10.", milestone],
    ["a name from another record", "Aurora Health holds it up.", invoice],
    ["a name at the start from another record", "Borealis holds INV-1042 up.", invoice],
    ["a name nobody has", "It waits for Marvin Gray.", invoice],
    ["our own deed", "I have released INV-1042.", invoice],
    ["our own deed, later in the sentence", "INV-1042 is late, so we issued it.", invoice],
    ["a link", "See https://example.org for INV-1042.", invoice],
    ["a mention", "INV-1042 is late <@U123>.", invoice],
    ["a share", "Half of the delay is time.", invoice],
    ["digits of another script", "It is ٩ days late.", invoice],
    ["nothing", "   ", invoice],
    ["an endless sentence", `INV-1042 ${"is very ".repeat(100)}late.`, invoice],
  ])("falls, with %s", (_, text, evidence) => {
    expect(objection({ text, evidence }, ledger)).not.toBeNull();
    const { sentences, dropped, evidence: cited } = ground([{ text, evidence }], ledger);
    expect({ sentences, cited, count: dropped.length }).toEqual({
      sentences: [],
      cited: [],
      count: 1,
    });
  });

  test("a sentence is dropped whole and counted, its neighbours stay as they are", () => {
    const good = { text: "INV-1042 is late.", evidence: invoice };
    const bad = { text: "INV-1042 is 99 days late.", evidence: invoice };
    const { sentences, dropped } = ground([good, bad, good], ledger);
    expect(sentences.map((s) => s.text)).toEqual([good.text, good.text]);
    expect(dropped).toHaveLength(1);
  });

  test("invisible characters do not hide a claim", () => {
    expect(
      objection(
        { text: "I\u200b have\u200b released it.".replace(/\u200b/g, ""), evidence: invoice },
        ledger,
      ),
    ).toBe("claims a deed");
    expect(
      ground([{ text: "I\u200b have re\u200bleased INV-1042.", evidence: invoice }], ledger)
        .sentences,
    ).toEqual([]);
  });

  test("evidence whose id belongs to other content is refused with all that came with it", () => {
    const source = {
      system: "erp",
      type: "invoice",
      id: "X",
      connection: "sandbox",
      revision: null,
      retrievedAt: "2026-11-23T09:00:00Z",
      url: null,
    } as const;
    const real = observe(source, "net", "EUR 10.00");
    const fresh = createLedger();
    expect(fresh.add({}, [{ ...real, value: "EUR 99.00" }])).toEqual([real.id]);
    expect(fresh.get(real.id)).toBeNull();
    expect(fresh.add({}, [real])).toEqual([]);
    expect(fresh.get(real.id)?.value).toBe("EUR 10.00");
  });
});

/** True sentences over the fixture, as the rules say them. */
async function trueSentences(): Promise<SentenceDraft[]> {
  const copilot = createCopilot({ minds: { first: rulesMind(), fallback: null } });
  const said: SentenceDraft[] = [];
  for (const question of [
    "Which invoices are late?",
    "Why is INV-1042 late?",
    "Why is INV-1043 late?",
    "Why is INV-1044 late?",
  ]) {
    const { sentences, droppedClaims } = await copilot.answer({
      session: fixtureFirm().session,
      question,
    });
    expect(droppedClaims).toBe(0);
    said.push(...sentences);
  }
  expect(said.length).toBeGreaterThanOrEqual(12);
  return said;
}
const said = await trueSentences();
const sentence = fc.constantFrom(...said);

describe("P5: what is altered falls", () => {
  test("the sentences themselves stand", () => {
    for (const draft of said) expect(objection(draft, ledger)).toBeNull();
  });

  test("P5: altered number: any digit run changed to a number the sources never mention is dropped", () => {
    // Four digits in the 7000s occur nowhere in the fixture: an independent fact, not the checker's own.
    const withNumber = said.filter(({ text }) => /\d/.test(text));
    fc.assert(
      fc.property(
        fc.constantFrom(...withNumber),
        fc.nat(),
        fc.integer({ min: 7_000, max: 7_999 }),
        (draft, at, value) => {
          const runs = [...draft.text.matchAll(/\d+/g)];
          const run = runs[at % runs.length];
          if (!run) return;
          const text = `${draft.text.slice(0, run.index)}${value}${draft.text.slice(run.index + run[0].length)}`;
          expect(objection({ ...draft, text }, ledger)).not.toBeNull();
        },
      ),
      { numRuns: 500 },
    );
  });

  test("P5: a single altered digit is dropped unless the cited facts hold that number too", () => {
    const withNumber = said.filter(({ text }) => /\d/.test(text));
    fc.assert(
      fc.property(
        fc.constantFrom(...withNumber),
        fc.nat(),
        fc.integer({ min: 1, max: 9 }),
        (draft, at, shift) => {
          const digits = [...draft.text.matchAll(/\d/g)];
          const digit = digits[at % digits.length];
          if (!digit) return;
          const other = (Number(digit[0]) + shift) % 10;
          const text = `${draft.text.slice(0, digit.index)}${other}${draft.text.slice(digit.index + 1)}`;
          if (objection({ ...draft, text }, ledger) !== null) return;
          const facts = JSON.stringify(draft.evidence.map((id) => ledger.get(id)));
          const token = /[\d.,-]*$/.exec(text.slice(0, digit.index))?.[0] ?? "";
          expect(
            `${facts}${JSON.stringify(ledger.scopes(draft.evidence).map((s) => [...s.figures]))}`,
          ).toContain(`${token.replaceAll(",", "").replace(/^\D+/, "")}${other}`);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("P5: altered id: a citation with one other digit is dropped", () => {
    fc.assert(
      fc.property(
        sentence,
        fc.nat(),
        fc.tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 1, max: 15 })),
        (draft, at, [place, shift]) => {
          const index = at % draft.evidence.length;
          const id = draft.evidence[index] ?? "";
          const digit = (Number.parseInt(id[3 + place] ?? "0", 16) + shift) % 16;
          const other = `${id.slice(0, 3 + place)}${digit.toString(16)}${id.slice(4 + place)}`;
          const evidence = draft.evidence.with(index, other);
          expect(objection({ ...draft, evidence }, ledger)).not.toBeNull();
        },
      ),
      { numRuns: 300 },
    );
  });

  test("P5: dropped source: without the facts in the ledger, or without citations, nothing stands", () => {
    const empty = createLedger();
    for (const draft of said) {
      expect(objection(draft, empty)).not.toBeNull();
      expect(objection({ ...draft, evidence: [] }, ledger)).not.toBeNull();
    }
  });

  test("P5: swapped source: a sentence with figures or names does not stand on another invoice's facts", () => {
    const other = about("invoice", "INV-1045");
    for (const draft of said.filter((s) => /INV-104[234]|[\d.]+ working/.test(s.text)))
      expect(objection({ ...draft, evidence: other }, ledger)).not.toBeNull();
  });

  test("whatever a model writes, no sentence gets through with an uncited figure", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(999), (noise, number) => {
        const { sentences } = ground(
          [{ text: `${noise} ${number}7777 days`, evidence: invoice }],
          ledger,
        );
        expect(sentences).toEqual([]);
      }),
    );
  });
});

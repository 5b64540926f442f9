import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { source } from "../sample-facts.ts";
import { type RenewalFacts, renewalRisk } from "./renewal-risk.ts";

const signal = (present: boolean | null) => ({
  present,
  evidence: [{ source: source("psa", "project", "P-1"), field: "rag", value: "red" }],
});
type Flag = boolean | null;
const facts = (
  [delivery, escalation, engagement]: readonly [Flag, Flag, Flag],
  change: Partial<RenewalFacts> = {},
): RenewalFacts => ({
  account: { system: "crm", type: "account", id: "A-1" },
  asOf: "2026-11-23T10:00:00Z",
  today: "2026-11-23",
  renewsOn: "2027-01-31",
  signals: {
    "delivery-red": signal(delivery),
    "open-escalation": signal(escalation),
    "low-engagement": signal(engagement),
  },
  parts: { delivery: 60, support: 40, engagement: 20, finance: 100 },
  ...change,
});

describe("the renewal gate", () => {
  const combinations = [
    [false, false, false, "low"],
    [true, false, false, "low"],
    [false, true, false, "low"],
    [false, false, true, "low"],
    [true, true, false, "medium"],
    [true, false, true, "medium"],
    [false, true, true, "medium"],
    [true, true, true, "high"],
  ] as const;
  // 120 days from 23 November 2026 is 23 March 2027.
  const dates = [
    ["2027-03-23", true, 66],
    ["2027-03-24", false, 51],
    ["2026-11-01", true, 66],
    [null, false, 51],
  ] as const;

  for (const [renewsOn, inside, score] of dates)
    test.each(combinations)(
      `delivery red %s, escalation %s, silence %s → %s, renewal on ${renewsOn}`,
      (delivery, escalation, engagement, level) => {
        const risk = renewalRisk(facts([delivery, escalation, engagement], { renewsOn }));
        // 0.35·60 + 0.25·40 + 0.25·20 + 0.15·100 = 51, and 66.3 inside.
        expect(risk).toMatchObject({ level, inside, score });
        expect(risk.drivers).toHaveLength(
          [delivery, escalation, engagement].filter(Boolean).length,
        );
        expect(risk.intervention).toBe(level === "low" ? null : "R26");
      },
    );

  test("the highest score cannot lift an account over the gate, nor the lowest pull it down", () => {
    const parts = (value: number) => ({
      delivery: value,
      support: value,
      engagement: value,
      finance: value,
    });
    const loud = renewalRisk(facts([true, true, false], { parts: parts(100) }));
    expect([loud.level, loud.score]).toEqual(["medium", 100]);
    const quiet = renewalRisk(facts([true, true, true], { parts: parts(0) }));
    expect([quiet.level, quiet.score]).toEqual(["high", 0]);
  });

  test("P6: a missing signal that could matter is unknown, with what is possible", () => {
    expect(renewalRisk(facts([true, true, null]))).toMatchObject({
      level: "unknown",
      between: ["medium", "high"],
      intervention: "R26",
      coverage: { present: 6, required: 7 },
    });
    expect(renewalRisk(facts([true, null, false])).level).toBe("unknown");
    expect(renewalRisk(facts([false, null, false])).level).toBe("low");
  });

  test("an unknown part of the score is no zero", () => {
    const parts = { delivery: 80, support: null, engagement: null, finance: null };
    expect(renewalRisk(facts([false, false, false], { parts, renewsOn: null })).score).toBe(80);
    const none = { delivery: null, support: null, engagement: null, finance: null };
    expect(renewalRisk(facts([false, false, false], { parts: none })).score).toBeNull();
  });

  test("with any scores the level depends on the signals alone", () => {
    const flag = fc.constantFrom(true, false, null);
    const part = fc.integer({ min: 0, max: 100 });
    const parts = fc.record({ delivery: part, support: part, engagement: part, finance: part });
    fc.assert(
      fc.property(fc.tuple(flag, flag, flag), parts, parts, (signals, one, other) => {
        const [a, b] = [one, other].map((p) => renewalRisk(facts(signals, { parts: p })));
        expect(a?.level).toBe(b?.level);
        expect(a?.score).toBeLessThanOrEqual(100);
      }),
    );
  });
});

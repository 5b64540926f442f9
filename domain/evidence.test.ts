import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Evidence, joinLabels, observe, TrustLabel } from "./evidence.ts";
import { formatRef, parseRef, type Source } from "./record.ts";

const source: Source = {
  system: "erp",
  type: "invoice",
  id: "INV-1",
  connection: "sample",
  revision: "7",
  retrievedAt: "2026-11-23T10:00:00Z",
  url: "https://erp.example/invoice/INV-1",
};

describe("evidence", () => {
  test("P5: cites record, field, value, time, version and link", () => {
    const fact = observe(source, "state", "draft");
    expect(Evidence.parse(fact)).toEqual(fact);
    expect(fact).toMatchObject({
      record: { system: "erp", type: "invoice", id: "INV-1" },
      field: "state",
      value: "draft",
      label: "SOR",
      revision: "7",
      retrievedAt: "2026-11-23T10:00:00Z",
      url: "https://erp.example/invoice/INV-1",
    });
  });

  test("the same fact read later is the same evidence; another value is another one", () => {
    const fact = observe(source, "state", "draft");
    const later = observe(
      { ...source, revision: "8", retrievedAt: "2026-11-24T10:00:00Z" },
      "state",
      "draft",
    );
    expect(later.id).toBe(fact.id);
    const others = [
      observe(source, "state", "issued"),
      observe(source, "status", "draft"),
      observe(source, "state", "draft", "TEXT"),
      observe({ ...source, id: "INV-2" }, "state", "draft"),
      observe({ ...source, connection: "other" }, "state", "draft"),
    ];
    expect(new Set([fact, ...others].map((each) => each.id)).size).toBe(6);
  });

  test("trust only goes down when facts are joined", () => {
    const order = TrustLabel.options;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...order)), (labels) => {
        const joined = order.indexOf(joinLabels(labels));
        for (const label of labels) expect(joined).toBeGreaterThanOrEqual(order.indexOf(label));
      }),
    );
    expect(joinLabels([])).toBe("SOR");
  });

  test("a reference survives its text form, also with a colon in the id", () => {
    for (const text of ["erp:invoice:INV-1", "psa:timesheet-week:a:b:c"]) {
      const ref = parseRef(text);
      expect(ref && formatRef(ref)).toBe(text);
    }
    for (const text of ["", "erp", "erp:invoice:", "bank:account:1", "erp:../x:1", "erp:Invoice:1"])
      expect(parseRef(text)).toBeNull();
  });
});

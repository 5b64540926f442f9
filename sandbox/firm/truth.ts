import { firmDays, type When } from "./firm-days.ts";

/* Why each invoice of the firm is late. For tests and evals only: no system ever serves it. */

export type CauseTruth = {
  readonly code: "INV-1" | "INV-2" | "INV-3" | "INV-4" | "INV-8" | "INV-12";
  /** Records that hold the invoice back, by their id at the source. */
  readonly records: readonly string[];
  /** The civil day from which it holds the invoice back; all of them still do on the anchor date. */
  readonly since: string;
};

export type InvoiceTruth = {
  readonly invoice: string;
  readonly reference: string;
  readonly late: boolean;
  /** Civil day on which the clock starts; null where there is nothing to explain. */
  readonly clockStart: string | null;
  readonly causes: readonly CauseTruth[];
  /** Causes that look true at a glance and are not. */
  readonly ruledOut: readonly CauseTruth["code"][];
};

/** The truth about every scenario invoice; an invoice not listed here left on time. */
export function expectedCauses(anchor: string): InvoiceTruth[] {
  const days = firmDays(anchor);
  const since = (code: CauseTruth["code"], when: When, records: readonly string[]): CauseTruth => ({
    code,
    records,
    since: days.day(when),
  });
  const late = (
    [invoice, reference]: readonly [string, string],
    causes: readonly CauseTruth[],
    ruledOut: InvoiceTruth["ruledOut"] = [],
  ): InvoiceTruth => ({
    invoice,
    reference,
    late: true,
    clockStart: days.day(["close", 0]),
    causes,
    ruledOut,
  });
  const week = (project: string, person: string, offset: number): string =>
    `TS-${project}-${person}-${days.week(offset)}`;
  return [
    late(
      ["SI-1042", "NW-1042"],
      [
        since("INV-1", ["close", 2], [week("101", "akovac", -3)]),
        since("INV-3", ["close", 6], ["CR-101-1"]),
        since("INV-4", ["close", -8], ["MS-101-1"]),
      ],
    ),
    late(
      ["SI-1043", "AE-1043"],
      [since("INV-1", ["close", -3], [week("102", "akovac", -4), week("102", "akovac", -3)])],
    ),
    late(
      ["SI-1044", "BF-1044"],
      [
        since(
          "INV-2",
          ["close", -6],
          [week("103", "cmartin", -4), week("103", "cmartin", -3), week("103", "dalvarez", -3)],
        ),
      ],
    ),
    late(["SI-1045", "CI-1045"], [since("INV-3", ["close", -7], ["CR-104-1"])]),
    {
      ...late(["SI-1046", "HR-1046"], [since("INV-4", ["close", -6], ["MS-105-1"])]),
      clockStart: days.day(["close", -6]),
    },
    late(["SI-1047", "FS-1047"], [since("INV-8", ["close", 1], ["SI-1047"])], ["INV-1"]),
    late(["SI-1048", "JF-1048"], [since("INV-12", ["close", 1], ["SI-1048"])]),
    late(["SI-1049", "LE-1049"], [since("INV-12", ["close", 1], ["SI-1049"])]),
    {
      ...late(["SI-1050", "CI-1050"], [since("INV-12", ["close", -1], ["SI-1050"])], ["INV-4"]),
      clockStart: days.day(["close", -2]),
    },
    {
      invoice: "SI-1051",
      reference: "JF-1051",
      late: false,
      clockStart: null,
      causes: [],
      ruledOut: ["INV-4", "INV-12"],
    },
  ];
}

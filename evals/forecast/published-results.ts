/** What networks were published to reach on a log. Days and per cent; null where nothing is known. */
export type PublishedResult = {
  readonly log: string;
  readonly remainingDays: {
    readonly suTraN: number;
    readonly edLstm: number;
    readonly thpMixture: number;
    readonly bestOfEightUncertainty: number;
  };
  readonly nextStepPercent: { readonly suTraN: number; readonly edLstm: number };
  /** Whether the project promises to be at or below the networks, and 89 % of next steps, here. */
  readonly promised: boolean;
};

/** Where the numbers come from, printed below every table that shows them. */
export const publishedSource =
  "jiaxin-yuan/thp-mixture, paper_results/paper_tables.csv (SuTraN, ED-LSTM, THP-Mixture, best of eight uncertainty methods).";
export const publishedCaveat =
  "Not head to head: the papers use the uncleaned logs, where the trim of the longest cases falls elsewhere, so their test cases are longer. Compare the range, not the digits.";

const promisedLogs = ["BPIC 2020 Domestic", "BPIC 2020 Request for Payment"];
const results: readonly (PublishedResult & { readonly fileName: RegExp })[] = [
  row(/domestic/i, "BPIC 2020 Domestic", [3.25, 3.61, 3.21, 4.12, 91.1, 88.9]),
  row(
    /request.?for.?payment/i,
    "BPIC 2020 Request for Payment",
    [3.97, 4.33, 3.84, 5.09, 89.8, 87.2],
  ),
  row(/prepaid/i, "BPIC 2020 Prepaid Travel Cost", [6.18, 6.11, 12.65, 7.73, 80.9, 87.4]),
  row(/international/i, "BPIC 2020 International", [10.1, 10.1, 22.1, 14.1, 90.3, 89.7]),
  row(/permit/i, "BPIC 2020 Permit", [17.6, 18.3, 22.6, 25.0, 84.0, 84.1]),
  row(/help.?desk/i, "Helpdesk", [4.22, 3.77, 10.86, 9.45, 73.8, 73.8]),
];
/** By the file's name, for display and gates only: no forecast ever knows it. null for other logs. */
export const publishedFor = (fileName: string): PublishedResult | null =>
  results.find((result) => result.fileName.test(fileName)) ?? null;

/** The lowest error of the networks that forecast remaining time outright. */
export const bestNetwork = ({ remainingDays }: PublishedResult): number =>
  Math.min(remainingDays.suTraN, remainingDays.edLstm, remainingDays.thpMixture);

function row(
  fileName: RegExp,
  log: string,
  numbers: readonly [number, number, number, number, number, number],
): PublishedResult & { fileName: RegExp } {
  const [suTraN, edLstm, thpMixture, bestOfEightUncertainty, nextSuTraN, nextEdLstm] = numbers;
  return {
    fileName,
    log,
    remainingDays: { suTraN, edLstm, thpMixture, bestOfEightUncertainty },
    nextStepPercent: { suTraN: nextSuTraN, edLstm: nextEdLstm },
    promised: promisedLogs.includes(log),
  };
}

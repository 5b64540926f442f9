import { clientWords } from "./client-words.ts";
import { deliveryWords } from "./delivery-words.ts";
import { anyPhrase } from "./phrases.ts";
import { riskCodes } from "./risk-label.ts";
import type { Words } from "./risk-words.ts";

/** The words of one risk, ready to be looked for. */
export type RiskWords = Omit<Words, "signs" | "subjects"> & {
  readonly signs: RegExp;
  readonly subjects: RegExp;
};

export const lexicon: readonly RiskWords[] = [...deliveryWords, ...clientWords]
  .map((own) => ({ ...own, signs: anyPhrase(own.signs), subjects: anyPhrase(own.subjects) }))
  .toSorted((one, other) => riskCodes.indexOf(one.code) - riskCodes.indexOf(other.code));

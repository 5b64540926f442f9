import { z } from "zod";

/** What a project note can worry about. A note with none of these worries about nothing we know. */
export const riskCodes = [
  "SCHED",
  "SCOPE",
  "BUDGET",
  "RESOURCE",
  "CLIENT_ENG",
  "CLIENT_DEP",
  "QUALITY",
  "BILLING",
  "CONTRACT",
  "TECH",
  "GOV",
  "TEAM",
  "RENEWAL",
] as const;
export const RiskCode = z.enum(riskCodes);
export type RiskCode = z.infer<typeof RiskCode>;

/** Only what is present may count against a project; what may come is a thing to watch. */
export const Polarity = z.enum(["present", "resolved", "hypothetical", "negated"]);
export type Polarity = z.infer<typeof Polarity>;

export const RiskOwner = z.enum(["us", "client", "third"]);
export type RiskOwner = z.infer<typeof RiskOwner>;

/** When it bites: it does already, within about a month, within about a quarter, later. null: not said. */
export const Horizon = z.enum(["now", "month", "quarter", "later"]);
export type Horizon = z.infer<typeof Horizon>;

export const RiskLabel = z.strictObject({
  code: RiskCode,
  /** Impact and nearness, 1 to 4; never from tone alone. */
  severity: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  polarity: Polarity,
  owner: RiskOwner,
  horizon: Horizon.nullable(),
  /** Offsets into the note in UTF-16 units, the end excluded; never empty. */
  span: z.tuple([z.int().nonnegative(), z.int().positive()]),
  confidence: z.number().min(0).max(1),
  /** Only for those who may read about people: never in a draft to a client. */
  restricted: z.boolean(),
});
export type RiskLabel = z.infer<typeof RiskLabel>;

/** Everything a reader of notes may say. A reader has no tools and no other words. */
export const RiskReading = z.strictObject({
  /** In the order of their spans. Empty: nothing found, or not sure enough to say. */
  labels: z.array(RiskLabel),
  /** Parts of the note that try to instruct its reader. They are text and were not obeyed. */
  suspicious: z.array(z.tuple([z.int().nonnegative(), z.int().positive()])),
  /** Something was there, and too weak to name. */
  abstained: z.boolean(),
});
export type RiskReading = z.infer<typeof RiskReading>;

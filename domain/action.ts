import { z } from "zod";

/** The catalogue of everything Countersign can ever do. There is no free-form action. */
export const ActionId = z.enum([
  "R01",
  "R03",
  "R05",
  "R08",
  "R14",
  "R16",
  "R19",
  "R20",
  "R23",
  "R26",
  "R27",
  "R29",
  "R36",
  "R37",
  "R38",
]);
export type ActionId = z.infer<typeof ActionId>;

/** What Countersign does to itself: not in the catalogue, and no tool can ask for it. P01: its rules change. */
export const PlatformAction = z.enum(["P01"]);
export type PlatformAction = z.infer<typeof PlatformAction>;

/** Groups that a policy can name as one. */
export const ActionGroup = z.enum([
  "internalMessage",
  "internalRecord",
  "clientVisible",
  "financialWrite",
  "contractChange",
  "platform",
]);
export type ActionGroup = z.infer<typeof ActionGroup>;

/** 0 read · 1 internal nudge · 2 internal record · 3 client-visible · 4 financial or contractual. */
export const Tier = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);
export type Tier = z.infer<typeof Tier>;

/** What an argument can do in the world. Policy sees these, never argument names. */
export const SinkClass = z.enum([
  "destination",
  "amount",
  "recipient",
  "contractTerm",
  "choice",
  "text",
]);
export type SinkClass = z.infer<typeof SinkClass>;

/**
 * What to do when the outcome of a call is not known.
 * keyed: repeat with the same key · natural: repeating changes nothing more ·
 * read-back: look first, send only if provably absent · none: a person decides.
 */
export const IdempotencyClass = z.enum(["keyed", "natural", "read-back", "none"]);
export type IdempotencyClass = z.infer<typeof IdempotencyClass>;

/** What an action says of itself. */
export type ActionDeclaration = {
  readonly id: ActionId;
  /** `release-invoice`: the file's name in tools/act/. */
  readonly name: string;
  readonly title: string;
  readonly group: ActionGroup;
  readonly tier: Tier;
  /** A judgement action is never automatic, whatever a tenant's policy says. */
  readonly judgement: boolean;
  /** The causes it can remove. */
  readonly forCauses: readonly string[];
  /** Every argument, and what it can do. */
  readonly sinks: Readonly<Record<string, SinkClass>>;
  /** Arguments whose words a person may change before it is decided: text and choices, nothing else. */
  readonly editable?: readonly string[];
  readonly idempotency: IdempotencyClass;
  readonly reversible: "yes" | "counter-entry" | "no-effect-to-undo";
  /** What takes it back, and what cannot be taken back. */
  readonly undo: string;
};

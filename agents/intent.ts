import type { ActionId } from "#/domain/action.ts";

/** What a person wants, as far as rules can tell from the words. */
export type Intent =
  | { readonly kind: "hello" | "thanks" | "abilities" | "refuse" | "unknown" }
  | { readonly kind: "late-list" | "others" | "why" | "remedies" | "waiting" }
  | { readonly kind: "propose"; readonly actions: readonly ActionId[] }
  | { readonly kind: "proposal"; readonly id: string }
  | { readonly kind: "missing-time" | "projects" | "opportunities" | "change-orders" };

const proposalId = /\bP-[0-9A-Z]{6,26}\b/;
/* Words that try to change who decides. Only the wording of the answer hangs on this list: nothing
   here grants or withholds anything. */
const takeover =
  /\b(?:ignore|disregard|forget|override|bypass|skip)\b.{0,40}\b(?:instruction|rule|polic|approv|previous|above|safeguard)|system prompt|you are now|act as|pretend|developer mode|without (?:approval|asking|a vote)/i;
const deed =
  /^(?:(?:please|ok|okay|now|just|then|and|can you|could you|would you|i want you to|you must|go and)[ ,]+)*(?:approve|countersign|execute|pay|wire|transfer|refund|delete|cancel|write off|credit|sign|update|set|change (?!order))\b/i;
const everything = /\b(?:all|every|each)\b.{0,20}\binvoices?\b/i;
const proposing =
  /\b(?:propose|chase|nudge|remind|escalate|release|issue|send out|go ahead|do (?:it|that|so)|yes,? please|make (?:a|the|that) proposal|draft (?:a|the) (?:message|reminder))\b/i;

/** Tried in this order. */
export function intentOf(text: string): Intent {
  const t = text.trim();
  const question = /\?\s*$|^(?:why|what|which|who|when|where|how|is|are|has|have|does|did)\b/i.test(
    t,
  );
  if (takeover.test(t)) return { kind: "refuse" };
  const id = proposalId.exec(t)?.[0];
  if (deed.test(t)) return { kind: "refuse" };
  if (id) return { kind: "proposal", id };
  if (/^(?:hi|hello|hey|good (?:morning|afternoon|evening)|moin|servus)\b[^?]{0,20}$/i.test(t))
    return { kind: "hello" };
  if (/^(?:thanks|thank you|thx|great|perfect|cheers|ok|okay|cool)\b[^?]{0,30}$/i.test(t))
    return { kind: "thanks" };
  if (/\b(?:what can you do|help|who are you|abilities)\b/i.test(t) && t.length < 60)
    return { kind: "abilities" };
  if (
    /\b(?:what|anything|proposals?|which)\b.*\b(?:wait|pending|open)\w*\b|\bwait\w* for (?:my |an? |our )?(?:approval|vote|decision)|\binbox\b|\bpending (?:approvals?|proposals?)|\b(?:list|show) .*proposals\b/i.test(
      t,
    ) &&
    !/\blate\b|invoice/i.test(t)
  )
    return { kind: "waiting" };
  if (/\b(?:others?|the rest)\b/i.test(t) && !/otherwise/i.test(t)) return { kind: "others" };
  if (
    /\b(?:who|which (?:people|colleagues)|anybody|anyone|has everybody)\b.*\b(?:time ?sheets?|time|hours)\b|\bmissing (?:time|hours)|\btime ?sheets?\b.*\bmissing/i.test(
      t,
    ) &&
    !/\binvoice\b|^(?:please )?(?:propose|nudge|remind|chase)\b/i.test(t)
  )
    return { kind: "missing-time" };
  if (
    proposing.test(t) &&
    !(question && /^(?:why|which|who|when|is|are|has)\b/i.test(t)) &&
    !/^what should/i.test(t)
  )
    return everything.test(t) ? { kind: "refuse" } : { kind: "propose", actions: actionsIn(t) };
  if (
    /\bwhat (?:should|can|could|do|must|shall|would)\b|\bwhat now\b|next steps?\b|\bhow (?:do|can|could|should) (?:we|i)\b|recommend|remed|\bfix\b|what helps/i.test(
      t,
    )
  )
    return { kind: "remedies" };
  if (
    /\bwhy\b|reason|cause|holding|blocking|explain|what (?:happened|is happening|is wrong|is going on|'s|about)|status|how (?:is|about)/i.test(
      t,
    )
  )
    return { kind: "why" };
  if (/\b(?:late|overdue|delayed|stuck|held (?:up|back))\b/i.test(t)) return { kind: "late-list" };
  if (/\bopportunit|\bpipeline\b|\bdeals?\b/i.test(t)) return { kind: "opportunities" };
  if (/\bchange orders?\b/i.test(t)) return { kind: "change-orders" };
  if (/\bprojects\b/i.test(t)) return { kind: "projects" };
  return { kind: "unknown" };
}

/** The steps that the words name; none means whichever fits. */
export function actionsIn(text: string): ActionId[] {
  const named: [ActionId, RegExp][] = [
    ["R14", /\baccept|sign[- ]?off|milestone/i],
    ["R16", /\bchange (?:order|request)|\bCO\b/],
    ["R01", /\btime ?sheets?|\btime entr|\bmissing (?:time|hours)|\bhours\b|\bnudge\b/i],
    ["R08", /\brelease\b|\bissue (?:it|the|invoice)|\bsend out\b/i],
  ];
  return named.flatMap(([id, words]) => (words.test(text) ? [id] : []));
}

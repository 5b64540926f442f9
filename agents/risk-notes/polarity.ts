import { anyPhrase, matches } from "./phrases.ts";
import type { Polarity } from "./risk-label.ts";

const over = anyPhrase([
  "(caught up|back on (plan|track|schedule|the old date)|made up (the|for) (time|it)|made good|recovered|back to normal)",
  "(is|are|was|were|has been|have been|got|now|all) (now |finally |all |since )?(fixed|solved|resolved|settled|sorted|sorted out|closed|cleared|cleared up|clarified|filled|covered by|topped up|released|patched|repaired|confirmed|granted|over|done with)",
  "(came|come|comes|went|gone) through",
  "(has|have) (now |finally )?(arrived|come|been (paid|signed|granted|fixed|solved|resolved|settled|recovered|delivered|released|approved|topped up|closed|filled|lifted))",
  "(arrived|came|signed|open|here|there|paid|approved|released|works|delivered) (at last|at long last|finally|again)",
  "(finally|at last) (open|here|there|signed|paid|arrived|got|came|fixed|approved|released|works)",
  "(is|are) (now |here |there |all )?(good|fine|well|back|here now|fresh|on plan|within its budget|fine again|stable) (again|now|after all|since)",
  "(is|are) here now",
  "(works?|working|responding|answering|answers|responds|runs|running|talking|together|fine|good|stable|clean) (again|this time)",
  "(was|were|got) paid",
  "(signed|accepted|confirmed|approved|paid) (by|on|in writing|by both|by mail|yesterday|today|this morning|at last|the|it|\\p{L}+ phase|phase|next)",
  "(is|are) (now )?(ordered|signed|paid|approved|closed|agreed) (in writing|and|by|at last|now|on)",
  "(is|are) signed",
  "now ordered",
  "(signed|accepted|agreed) (change|the extension|the change|the renewal)",
  "(took|taken|takes) over (from|the|for)",
  "(has|have) taken over",
  "gap is closed",
  "(found|hired|got|named) (a|the|his|her|new) ~ (replacement|successor|sponsor)",
  "new sponsor was named",
  "(found the hours|off the table|retest (passed|went through)|passed the retest)",
  "(talked it out|cleared the air|sorted out|made peace|reconciled|settled their)",
  "(back in touch|is back and|good start|met the new)",
  "(took place and|agreed with \\p{L}+ to leave)",
  "ran clean",
  "released ~ (yesterday|today|on|after|at last|finally|in)",
  "after (the|some|a) (long )?(wait|patch|fix|hesitation|delay|index|top-up|silence)",
]);

const maybe = anyPhrase([
  "(if|unless|should|in case|in the event|provided that|assuming|supposing|suppose|were we to|wenn|sofern|(falls|si) (der|die|das|wir|es|er|sie|le|la|les|on|nous|il|elle))",
  "(might|may|could|would|perhaps|maybe|possibly|potentially|könnte|pourrait)",
  "(risk of|danger of|afraid (that|of)|fear (that|for)|worried that)",
  "without (a|the) ~ by the",
]);
/** Words of supposing that suppose nothing. */
const certain = anyPhrase([
  "(asked|asks|ask|wonders|unclear|not clear|see|sure|certain|decided|know|knows) (\\p{L}+ )?(\\p{L}+ )?if",
  "as if",
  "(how|what|why|whether) ~ (would|could)",
  "even if",
  "in may",
  "(in|since|until|by|from|to|of|[0-9]+(st|nd|rd|th)?) may",
  "may [0-9]+",
  "(could|would) not (have )?(been )?",
  "(could|would) like",
  "nobody could have",
  "(why|who|what|how|where) (should|would|could)",
  "risk of being",
]);

const denied = anyPhrase([
  "(no|not|never|none|nothing|only (cosmetic|minor|small)|without|hardly|neither|nor|isn't|aren't|wasn't|weren't|don't|doesn't|didn't|nobody|free of|no longer|not any longer|not a|kein|keine|keinen|nicht|pas|aucun|aucune)",
]);
const deniedAfter = anyPhrase([
  "(is|are|was|were|looks|remains?|stays?) (simply |really |certainly )?(not|no|never|isn't) ~ (a |an )?(problem|issue|concern|worry|risk|trouble|doubt|late|danger|disputed|in doubt)",
  "(isn't|aren't|wasn't) (a |an )?~ (problem|issue|concern|worry|risk)",
  "(in place|arranged|complete|holds|on time|in order|is good|enjoy it|quickly|no question|not late|nothing missing|as always|was announced|as announced|as agreed|is where it should be|has been briefed|plenty left|hours spare|happy|is stable|all here|stands in|went smoothly|under the estimate|all they owe us is here)",
]);

/** Where in the clause words of the risk stand. */
export type Found = { readonly start: number; readonly end: number };

/**
 * How the clause means what it says at `main`. Words of the same risk at `all` may hold a denial that is part of
 * the risk ("no purchase order") and denies nothing else.
 */
export function polarityOf(clause: string, all: readonly Found[], main: Found): Polarity {
  const rest = all.reduce(blanked, clause);
  const supposing = blankedAll(clause, certain);
  if (matches(maybe, supposing)) return "hypothetical";
  if (matches(over, clause) && !stillOpen(clause)) return "resolved";
  if (matches(deniedAfter, rest)) return "negated";
  return deniedBefore(rest, main) ? "negated" : "present";
}

/** Whether a denial stands within six words before the words of the risk, with no other thought between. */
function deniedBefore(clause: string, { start }: Found): boolean {
  const before = clause.slice(0, start);
  const thought = before.slice(
    Math.max(...[",", ":", "("].map((sign) => before.lastIndexOf(sign))) + 1,
  );
  const near = thought.split(/\s+/).filter(Boolean).slice(-6).join(" ");
  return matches(denied, blankedAll(near, notDenial));
}

/** Denials that leave what follows standing. */
const notDenial = anyPhrase([
  "(not|n't) only",
  "no (wonder|doubt that|surprise)",
  "not (to mention|for the first time|yet)",
  "do not (know|see|understand)",
  "for no reason",
]);

const open = anyPhrase([
  "(still|again|not yet|once more|keeps?|another|until|refused|nobody|no one|lost|not)",
]);
const closedAgain = anyPhrase([
  "(works?|working|fine|good|responding|answering|answers|back|stable|together|fresh|open) again",
  "(all|fully|now) (good|fine|fixed|closed|signed|paid) ?(again)?",
  "caught up",
  "back (on|in|to)",
  "(closed|fixed|settled|paid|signed|accepted|filled|solved|resolved),?",
]);
/** A clause that tells of an end and of a new beginning is open. */
const stillOpen = (clause: string): boolean =>
  matches(open, blankedAll(clause, closedAgain)) && !matches(closedAgain, clause);

const blanked = (text: string, { start, end }: Found): string =>
  text.slice(0, start) + " ".repeat(end - start) + text.slice(end);

const blankedAll = (text: string, expression: RegExp): string =>
  text.replace(expression, (found) => " ".repeat(found.length));

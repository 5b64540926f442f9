import type { Evidence } from "#/domain/evidence.ts";
import type { EvidenceId } from "#/domain/ids.ts";
import { plainText } from "#/domain/plain-text.ts";
import { figuresOf } from "./figures.ts";
import type { Ledger } from "./ledger.ts";
import { type Scope, wordsOf } from "./support.ts";

/** A sentence as a mind wrote it. Nothing about it is believed yet. */
export type SentenceDraft = { readonly text: string; readonly evidence: readonly string[] };
/** A sentence that stands: every figure, name and state in it is carried by what it cites. */
export type GroundedSentence = { readonly text: string; readonly evidence: readonly EvidenceId[] };

export type Grounded = {
  readonly sentences: readonly GroundedSentence[];
  /** The cited facts, each once, in order of first citation. */
  readonly evidence: readonly Evidence[];
  readonly dropped: readonly { readonly text: string; readonly why: string }[];
};

const longest = 600;

/* Capitalised words of our own trade that are no claim about anybody. */
const ourWords = new Set(
  (
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june " +
    "july august september october november december countersign slack policy finance"
  ).split(" "),
);

/**
 * P5. A sentence stands only when all of this holds; otherwise it is dropped whole, never softened:
 * 1. it cites at least one fact, and every id it cites is in this run's ledger;
 * 2. every figure in it equals, in kind and value, a figure of a scope that one of its citations opens
 *    (the cited value itself, or a figure of the object in a tool's answer that names this evidence);
 * 3. every proper name in it occurs in such a scope;
 * 4. a state it claims to have been reached (“accepted”, “issued”) is a state in such a scope, or the
 *    claim repeats the words of a sentence there;
 * 5. it claims no deed of our own, carries no link or mention, and is at most 600 characters.
 * For 2 to 4, a sentence that code made and that names one of the cited facts stands as it is, and a
 * cited name that is quoted whole is no claim.
 * Not checked: which of two cited objects a figure belongs to when one sentence cites both.
 */
export function ground(drafts: readonly SentenceDraft[], ledger: Ledger): Grounded {
  const sentences: GroundedSentence[] = [];
  const dropped: { text: string; why: string }[] = [];
  const evidence = new Map<string, Evidence>();
  for (const draft of drafts) {
    const text = plainText(draft.text, 2 * longest);
    const why = objection({ ...draft, text }, ledger);
    if (why) {
      dropped.push({ text, why });
      continue;
    }
    const facts = [...new Set(draft.evidence)].flatMap((id) => ledger.get(id) ?? []);
    for (const fact of facts) evidence.set(fact.id, fact);
    sentences.push({ text, evidence: facts.map((fact) => fact.id) });
  }
  return { sentences, evidence: [...evidence.values()], dropped };
}

/** Why the sentence may not be said; null when it may. */
export function objection(draft: SentenceDraft, ledger: Ledger): string | null {
  const { evidence } = draft;
  const text = plainText(draft.text, 2 * longest);
  if (text === "") return "empty";
  if (text.length > longest) return "too long";
  if (evidence.length === 0) return "cites nothing";
  const invented = evidence.find((id) => !ledger.get(id));
  if (invented !== undefined) return "cites evidence that was never read";
  if (/https?:|www\.|<[@!#]|@(?:channel|here|everyone)\b/i.test(text))
    return "carries a link or mention";
  if (claimsOwnDeed(text)) return "claims a deed";
  const scopes = ledger.scopes(evidence);
  if (scopes.some(({ statements }) => statements.has(text.toLowerCase()))) return null;
  const rest = withoutNames(text, scopes);
  const figure = figuresOf(rest).find((f) => !scopes.some((scope) => scope.figures.has(f)));
  if (figure !== undefined) return `unsupported figure ${figure}`;
  const name = namesIn(rest, ledger).find(
    (word) => !wordsOf(word).some((form) => scopes.some((scope) => scope.words.has(form))),
  );
  if (name !== undefined) return "unsupported name";
  const claim = statesClaimed(rest).find(
    ({ state, words }) =>
      !scopes.some(
        (scope) =>
          [...scope.states].some((s) => sameState(s, state)) ||
          scope.texts.some((sentence) => repeats(sentence, words)),
      ),
  );
  return claim === undefined ? null : `unsupported state ${claim.state}`;
}

/**
 * The sentence with every cited name taken out that it quotes whole and letter for letter: “Paid Media
 * Ltd” says of nothing that it was paid, and “Wave 3” counts nothing. A name that could be a sentence
 * (it has a verb), or that is nothing but a state, stays in and is checked like any other words.
 */
function withoutNames(text: string, scopes: readonly Scope[]): string {
  const quoted = new Set(scopes.flatMap(({ names }) => names).filter(isPlainName));
  return [...quoted]
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, name) => {
      const whole = `(?<![\\p{L}\\p{N}])${escaped(name)}(?![\\p{L}\\p{N}])`;
      return rest.replace(new RegExp(whole, "gu"), "·");
    }, text);
}

const escaped = (name: string): string => name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

const isPlainName = (name: string): boolean =>
  /^[\p{Lu}\p{N}]/u.test(name) &&
  name.split(" ").length <= 8 &&
  name.replace(claimable, "").trim().length > 1 &&
  !/\b(?:is|was|are|were|be|been|has|have|had|got|gets?|will|now)\b/i.test(name);

/* Countersign's agents write nothing, so any such sentence is false, whoever dictated it. */
const claimsOwnDeed = (text: string): boolean =>
  /\b(?:I|we|Countersign)(?:'ve|’ve| have| has)?(?: now| just| already| successfully)? (?:released|approved|issued|executed|sent|paid|signed|changed|updated|deleted|credited|cancelled|transferred|authori[sz]ed|overr(?:ode|idden))\b/i.test(
    text,
  );

/** Words with a capital that does not come from the start of a sentence, and names we have read. */
function namesIn(text: string, ledger: Ledger): string[] {
  const found: string[] = [];
  for (const match of text.matchAll(/\p{L}[\p{L}\p{M}'’-]*/gu)) {
    const word = match[0].replace(/['’]s$/, "");
    if (!/^\p{Lu}/u.test(word) || word.length < 3) continue;
    const lower = word.toLowerCase();
    const known = wordsOf(word).some((form) => ledger.isKnownName(form));
    const before = text.slice(0, match.index).trimEnd();
    const starts = before === "" || /[.:;!?–—("“•-]$/.test(before);
    const acronym = word.length <= 4 && word === word.toUpperCase();
    // A part of an identifier such as INV-1042 or S/4HANA is checked as a figure.
    const inIdentifier =
      /^[-:/#]?\d/.test(text.slice(match.index + match[0].length)) ||
      match[0].endsWith("-") ||
      /\d$/.test(text.slice(0, match.index));
    if (known || !(starts || acronym || inIdentifier || ourWords.has(lower))) found.push(word);
  }
  return found;
}

const claimable =
  /\b(accepted|approved|issued|paid|submitted|released|executed|rejected|signed|settled|completed|delivered|closed|won|lost)\b/gi;
const denial =
  /\b(?:not|no|never|nobody|none|neither|nor|without|until|unless|before|once|if|when|whether|awaiting|waiting|await|unaccepted|missing|needs?|must|should|would|could|can|to|be|being|yet)\b|n't\b|n’t\b/i;

/**
 * States that the sentence says were reached, with the three words before each, so that a sentence
 * of our own code can be repeated. A denial or condition shortly before takes the claim away.
 */
function statesClaimed(text: string): { state: string; words: string }[] {
  return [...text.matchAll(claimable)].flatMap((match) => {
    const clause =
      text
        .slice(0, match.index)
        .split(/[.;:]\s/)
        .at(-1) ?? "";
    const before = clause.trim().split(/\s+/);
    if (denial.test(before.slice(-4).join(" "))) return [];
    const state = (match[1] ?? "").toLowerCase();
    return [{ state, words: [...before.slice(-3), state].join(" ").trim().toLowerCase() }];
  });
}

/** Fewer than three words before it are only a repetition when the clause begins there too. */
const repeats = (sentence: string, words: string): boolean =>
  words.split(" ").length > 3
    ? sentence.includes(words)
    : sentence.startsWith(words) ||
      [": ", ", ", "; ", "("].some((gap) => sentence.includes(gap + words));

const sameState = (state: string, word: string): boolean =>
  state === word ||
  (word === "released" && state === "issued") ||
  (word === "accepted" && state === "approved") ||
  (word === "completed" && state === "done") ||
  (word === "executed" && state === "done");

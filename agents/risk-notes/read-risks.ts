import { type Clause, clausesOf, withoutQuotes } from "./clauses.ts";
import { type Corroboration, corroborated } from "./corroboration.ts";
import { lexicon, type RiskWords } from "./lexicon.ts";
import { anyPhrase, matches } from "./phrases.ts";
import { polarityOf } from "./polarity.ts";
import { clausesAbout } from "./project-clauses.ts";
import type { Polarity, RiskLabel, RiskReading } from "./risk-label.ts";
import { isSuspicious } from "./suspicious.ts";
import { trouble, weakTopics } from "./weak-signs.ts";
import { horizonOf, ownerOf, severityOf } from "./weigh-risk.ts";

export type RiskNote = {
  readonly text: string;
  /** The project that is asked about. What the note says under the name of another one is left out. */
  readonly project?: string;
  readonly otherProjects?: readonly string[];
};

/** Below this a finding is not said. */
const leastConfidence = 0.5;

/** Talk about work in general, of a course, an article or a form. */
const general = anyPhrase([
  "(training|(the|a|this|our|from) course|trainer|article|keynote|speaker|flipchart|checklist|template|chapter|lunch talk|webinar|conference|book|general question|podcast|quiz)",
]);

/**
 * What a note worries about, by rules: words of each risk, and how the clause around them means it. No tools, no
 * model, no clock; the same note gives the same reading. Whatever the note orders its reader to do is only text.
 * Looks at clauses one by one, so what one clause says never changes what is read from another.
 */
export function readRisks(note: RiskNote, corroboration: Corroboration = {}): RiskReading {
  const labels: RiskLabel[] = [];
  const suspicious: [number, number][] = [];
  let abstained = false;
  for (const clause of clausesAbout(clausesOf(note.text), note)) {
    if (isSuspicious(clause.text)) {
      suspicious.push([clause.start, clause.end]);
      continue;
    }
    const found = candidatesOf(clause).map((candidate) => ({
      ...candidate,
      confidence: corroborated(candidate.confidence, candidate.words.code, corroboration),
    }));
    const sure = found.filter(({ confidence }) => confidence >= leastConfidence);
    abstained ||= sure.length < found.length;
    labels.push(...sure.map((candidate) => labelOf(clause, candidate)));
  }
  return { labels, suspicious, abstained: abstained && labels.length === 0 };
}

type Candidate = {
  readonly words: RiskWords;
  readonly polarity: Polarity;
  readonly confidence: number;
  readonly start: number;
  readonly end: number;
};

function candidatesOf(clause: Clause): Candidate[] {
  const text = withoutQuotes(clause.text);
  const doubt = matches(general, text) ? 0.35 : 0;
  const found = lexicon
    .flatMap((words) => candidateOf(text, words) ?? [])
    .map((one) => ({ ...one, confidence: Math.max(0, one.confidence - doubt) }))
    .toSorted((one, other) => other.confidence - one.confidence);
  const [best] = found;
  if (!best) return doubt > 0 ? [] : weakCandidates(text);
  // One clause mostly says one thing. Another stands beside it where its own words are as plain and lie elsewhere.
  return found.filter(
    (one) =>
      one === best || (one.confidence >= 0.8 && (one.end <= best.start || one.start >= best.end)),
  );
}

/** Where no word of the lexicon fits: the risk whose subject comes up most beside a word of trouble. */
function weakCandidates(text: string): Candidate[] {
  const bad = text.matchAll(trouble).next().value;
  if (!bad) return [];
  const counted = weakTopics.map(({ code, words }) => ({ code, found: [...text.matchAll(words)] }));
  const most = Math.max(...counted.map(({ found }) => found.length));
  const meant = counted.find(({ found }) => found.length === most);
  const [first] = meant?.found ?? [];
  const words = lexicon.find(({ code }) => code === meant?.code);
  if (!first || !words) return [];
  const span = spanOf(bad);
  const polarity = polarityOf(text, [span], span);
  return [{ words, ...spanOf(first), polarity, confidence: 0.5 }];
}

const spanOf = (found: RegExpExecArray) => ({
  start: found.index,
  end: found.index + found[0].length,
});

function candidateOf(text: string, words: RiskWords): Candidate | null {
  const signs = [...text.matchAll(words.signs)];
  if (signs.length > 0) {
    const longest = signs.reduce((one, other) => (other[0].length > one[0].length ? other : one));
    const span = spanOf(longest);
    const plainness = Math.min(0.2, longest[0].length / 150) + 0.03 * Math.min(2, signs.length - 1);
    const polarity = polarityOf(text, signs.map(spanOf), span);
    return { words, ...span, polarity, confidence: 0.65 + plainness };
  }
  const subject = text.matchAll(words.subjects).next().value;
  if (!subject) return null;
  const span = spanOf(subject);
  const polarity = polarityOf(text, [span], span);
  if (polarity === "present" && !matches(trouble, text)) return null;
  const length = Math.min(0.05, subject[0].length / 400);
  return { words, ...span, polarity, confidence: (polarity === "present" ? 0.5 : 0.55) + length };
}

const labelOf = (
  { text, start, end }: Clause,
  { words, polarity, confidence }: Candidate,
): RiskLabel => ({
  code: words.code,
  severity: severityOf(text, words, polarity),
  polarity,
  owner: ownerOf(text, words),
  horizon: horizonOf(text),
  span: [start, end],
  confidence: Math.round(confidence * 100) / 100,
  restricted: words.code === "TEAM",
});

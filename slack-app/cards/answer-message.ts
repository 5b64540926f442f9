import type { KnownBlock } from "@slack/types";
import type { Answer } from "#/workflows/services.ts";
import { message, optional, type SlackMessage } from "./limits.ts";
import { sourceLine, sourcesOf } from "./sources.ts";
import { marked, mindText, quote, readableDates } from "./words.ts";

/** Sentences with numbered citations, and the list they point to. */
export function answerMessage(answer: Answer): SlackMessage {
  const said = answer.sentences.length > 0;
  const text = said ? citedSentences(answer) : "I found nothing that I could back with evidence.";
  const sources = sourceLines(answer, { most: 12, characters: 1900 });
  const blocks: KnownBlock[] = [
    ...paragraphs(text).map((part) => ({ type: "section" as const, text: marked(part) })),
    ...(sources ? [{ type: "context" as const, elements: [marked(sources)] }] : []),
    ...(answer.proposals.length > 0
      ? [
          {
            type: "section" as const,
            text: marked(
              `Proposed: ${answer.proposals.slice(0, 10).join(", ")}. Nothing changes before the people named on the card have approved it.`,
            ),
          },
        ]
      : []),
    optional({ type: "context", elements: [marked(origin(answer))] }),
  ];
  return message(said ? quote(plainSentences(answer), 600) : text, blocks);
}

function origin({ producedBy, droppedClaims }: Answer): string {
  const dropped =
    droppedClaims === 0
      ? ""
      : ` · ${droppedClaims} ${droppedClaims === 1 ? "claim was" : "claims were"} left out for lack of evidence`;
  return `Answered by ${quote(mindText(producedBy.mind), 80)}${dropped}`;
}

const plainSentences = (answer: Answer): string =>
  answer.sentences.map((sentence) => readableDates(sentence.text)).join(" ");

/** The sources in the order in which the sentences cite them; each holds only facts that are cited. */
function citedSources(answer: Answer) {
  const known = new Map<string, Answer["evidence"][number]>(
    answer.evidence.map((fact) => [fact.id, fact]),
  );
  const cited = new Set<string>(answer.sentences.flatMap((sentence) => sentence.evidence));
  return sourcesOf([...cited].flatMap((id) => known.get(id) ?? []));
}

/** Which number the source of a fact has. */
const citations = (answer: Answer): Map<string, number> =>
  new Map(
    citedSources(answer).flatMap((source, index) =>
      source.map(({ id }): [string, number] => [id, index + 1]),
    ),
  );

/** `[1] [3–5]`: each number once, three and more in a row as a range. */
export function marksOf(numbers: readonly number[]): string {
  const rows: [first: number, last: number][] = [];
  for (const number of [...new Set(numbers)].toSorted((a, b) => a - b)) {
    const row = rows.at(-1);
    if (row && row[1] === number - 1) row[1] = number;
    else rows.push([number, number]);
  }
  return rows
    .flatMap(([first, last]) =>
      last - first >= 2
        ? [`[${first}–${last}]`]
        : Array.from({ length: last - first + 1 }, (_, index) => `[${first + index}]`),
    )
    .join(" ");
}

/** `The invoice waits for two timesheets. [1] [2]`, one sentence per line. mrkdwn. */
export function citedSentences(answer: Answer, room = 7000): string {
  const numbers = citations(answer);
  const lines: string[] = [];
  for (const { text, evidence } of answer.sentences) {
    const marks = marksOf(evidence.flatMap((id) => numbers.get(id) ?? []));
    const line = `${quote(readableDates(text), 800)}${marks && ` ${marks}`}`;
    if ([...lines, line].join("\n").length > room - 60) break;
    lines.push(line);
  }
  const more = answer.sentences.length - lines.length;
  if (more > 0) lines.push(`(${more} more sentences. Ask for a part of it.)`);
  return lines.join("\n");
}

/** The numbered sources with their facts, as many whole lines as fit; "" when nothing is cited. mrkdwn. */
export function sourceLines(answer: Answer, room: { most: number; characters: number }): string {
  const all = citedSources(answer).map((source, index) => `[${index + 1}] ${sourceLine(source)}`);
  const shown: string[] = [];
  // 40 characters are kept for the line that says how many were left out.
  for (const line of all.slice(0, room.most))
    if ([...shown, line].join("\n").length <= room.characters - 40) shown.push(line);
    else break;
  const left = all.length - shown.length;
  if (left > 0) shown.push(`and ${left} more ${left === 1 ? "source" : "sources"}`);
  return shown.join("\n");
}

/** Whole lines gathered into sections of at most 2,800 characters. */
function paragraphs(text: string): string[] {
  const parts: string[] = [];
  for (const line of text.split("\n")) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + line.length < 2800)
      parts[parts.length - 1] = `${last}\n${line}`;
    else parts.push(line);
  }
  return parts;
}

import type { KnownBlock } from "@slack/types";
import type { Answer } from "#/workflows/services.ts";
import { message, optional, type SlackMessage } from "./limits.ts";
import { evidenceLine } from "./proposal-words.ts";
import { marked, quote } from "./words.ts";

/** Sentences with numbered citations, and the list they point to. */
export function answerMessage(answer: Answer): SlackMessage {
  const said = answer.sentences.length > 0;
  const text = said ? citedSentences(answer) : "I found nothing that I could back with evidence.";
  const sources = sourceLines(answer, { most: 12, characters: 2900 });
  const blocks: KnownBlock[] = [
    ...paragraphs(text).map((part) => ({ type: "section" as const, text: marked(part) })),
    ...(sources ? [{ type: "section" as const, text: marked(sources) }] : []),
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
  return `Answered by ${quote(producedBy.mind, 60)}${dropped}`;
}

const plainSentences = (answer: Answer): string =>
  answer.sentences.map((sentence) => sentence.text).join(" ");

/** Which number a fact has: in the order in which the sentences cite it. */
function citations(answer: Answer): Map<string, number> {
  const known = new Set<string>(answer.evidence.map((fact) => fact.id));
  const cited = answer.sentences.flatMap((sentence) => sentence.evidence);
  const order = [...new Set<string>(cited)].filter((id) => known.has(id));
  return new Map(order.map((id, index) => [id, index + 1]));
}

/** `The invoice waits for two timesheets. [1][2]`, one sentence per line. mrkdwn. */
export function citedSentences(answer: Answer, room = 7000): string {
  const numbers = citations(answer);
  const lines: string[] = [];
  for (const { text, evidence } of answer.sentences) {
    const marks = evidence
      .slice(0, 20)
      .flatMap((id) => numbers.get(id) ?? [])
      .map((number) => `[${number}]`)
      .join("");
    const line = `${quote(text, 800)}${marks && ` ${marks}`}`;
    if ([...lines, line].join("\n").length > room - 60) break;
    lines.push(line);
  }
  const more = answer.sentences.length - lines.length;
  if (more > 0) lines.push(`(${more} more sentences. Ask for a part of it.)`);
  return lines.join("\n");
}

/** The numbered facts, as many whole lines as fit; "" when nothing is cited. mrkdwn. */
export function sourceLines(answer: Answer, room: { most: number; characters: number }): string {
  const facts = new Map<string, Answer["evidence"][number]>(
    answer.evidence.map((fact) => [fact.id, fact]),
  );
  const all = [...citations(answer)].flatMap(([id, number]) => {
    const fact = facts.get(id);
    return fact ? [`[${number}] ${evidenceLine(fact)}`] : [];
  });
  const shown: string[] = [];
  // 40 characters are kept for the line that says how many were left out.
  for (const line of all.slice(0, room.most))
    if ([...shown, line].join("\n").length <= room.characters - 40) shown.push(line);
    else break;
  if (shown.length < all.length) shown.push(`and ${all.length - shown.length} more sources`);
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

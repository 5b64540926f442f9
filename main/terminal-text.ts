import type { Evidence } from "#/domain/evidence.ts";
import { plainText } from "#/domain/plain-text.ts";
import { formatRef } from "#/domain/record.ts";
import type { Answer } from "#/workflows/services.ts";

/** An answer with its numbered sources, as a terminal shows it. */
export function answerText(answer: Answer): string {
  const order = new Map(answer.evidence.map((each, index) => [each.id, index + 1]));
  const cites = (ids: readonly string[]): string => {
    const numbers = ids
      .flatMap((id) => order.get(id as Evidence["id"]) ?? [])
      .toSorted((a, b) => a - b);
    return numbers.length > 0 ? ` [${numbers.join(",")}]` : "";
  };
  const lines = answer.sentences.map(
    (sentence) => `${plainText(sentence.text, 2000)}${cites(sentence.evidence)}`,
  );
  const sources = answer.evidence.map(
    (each, index) =>
      `  [${index + 1}] ${formatRef(each.record)} ${each.field} = ${plainText(String(each.value), 120)} (${each.label}, read ${each.retrievedAt.slice(0, 16).replace("T", " ")} UTC)`,
  );
  return [
    ...lines,
    "",
    ...(answer.proposals.length > 0 ? [`Proposed: ${answer.proposals.join(", ")}`] : []),
    ...(answer.droppedClaims > 0
      ? [`${answer.droppedClaims} claim(s) without evidence were dropped.`]
      : []),
    `Answered by ${answer.producedBy.mind}.`,
    ...(sources.length > 0 ? ["Sources", ...sources] : []),
  ].join("\n");
}

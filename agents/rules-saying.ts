import type { SentenceDraft } from "./grounding.ts";
import type { NoteId } from "./notes.ts";
import { type PictureAnswer, uncited } from "./picture-shapes.ts";
import type { Plan, Seen, View } from "./rules-model.ts";
import { answer } from "./rules-plans.ts";

/** As many sentences as a chat answer takes. */
export const mostSaid = 7;

export const called = (view: View, tool: string): Seen | undefined =>
  view.seen.findLast((call) => call.tool === tool);

type Answered = PictureAnswer<"delay_explain">;

/** All that the tool's sentences name. */
export const saidBy = ({ ok, answer: found }: Seen): string =>
  ok ? (found as Answered).statements.map(({ text }) => text).join(" ") : "";

/**
 * What the tool said: what is stale first, then what nobody knows, then the sentences with their facts.
 * A note where it said nothing.
 */
export function saying(seen: Seen, failed: NoteId, more: readonly SentenceDraft[] = []): Plan {
  if (!seen.ok) return answer([], [failed]);
  const { statements, sources } = seen.answer as Answered;
  const stale: NoteId[] = sources.some((source) => source.stale) ? ["source-stale"] : [];
  const unknown: NoteId[] = uncited(seen.answer as Answered).length > 0 ? ["part-unknown"] : [];
  const said = [...statements, ...more].filter(
    ({ evidence, text }, index, all) =>
      evidence.length > 0 && all.findIndex((other) => other.text === text) === index,
  );
  const nothing: NoteId[] = said.length + unknown.length === 0 ? ["nothing-there"] : [];
  return answer(said.slice(0, mostSaid), [...stale, ...unknown, ...nothing]);
}

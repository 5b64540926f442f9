import { z } from "zod";
import { CountersignError } from "#/domain/errors.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { Argument } from "#/domain/proposal.ts";
import type { RecordRef, Source, SystemKind } from "#/domain/record.ts";

/** Every action is named by its target alone; all else is read from it. A note is only words. */
export type TargetArgs = { readonly target: RecordRef; readonly note: string | null };

export const noteLimit = 500;

/** Arguments for one kind of record. Ids are plain: no slash, no space, nothing that climbs. */
export const targetArgs = (system: SystemKind, type: string): z.ZodType<TargetArgs> =>
  z.strictObject({
    target: z.strictObject({
      system: z.literal(system),
      type: z.literal(type),
      id: z.string().regex(/^[\w.:@-]{1,128}$/, "an id has letters, digits and . : @ _ -"),
    }),
    note: z.string().nullable(),
  });

/** The note as it will be shown and sent, on one line; nothing when it has no words. */
export function noteArgument(note: string | null): Argument[] {
  const value = note === null ? "" : plainText(note, noteLimit);
  return value === "" ? [] : [{ name: "note", sink: "text", label: "TEXT", value, from: null }];
}

/** Words by code, then the note, marked as a colleague's or a model's. */
export const withNote = (text: string, note: readonly Argument[]): string =>
  [text, ...note.map(({ value }) => `Note: ${String(value)}`)].join("\n\n");

/** Throws CONNECTOR_SHAPE when the system answered with another record than asked for. */
export function checkedTarget<T extends { readonly source: Source }>(
  record: T | null,
  { system, type, id }: RecordRef,
  missing: () => CountersignError,
): T {
  if (record === null) throw missing();
  if (record.source.id !== id || record.source.type !== type)
    throw new CountersignError("CONNECTOR_SHAPE", {
      system: `The ${system.toUpperCase()}`,
      record: type,
      problems: "another record than the one asked for",
    });
  return record;
}

export const refOf = ({ system, type, id }: Source): RecordRef => ({ system, type, id });

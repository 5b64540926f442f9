import { z } from "zod";
import { CountersignError } from "#/domain/errors.ts";
import type { RecordRef, SystemKind } from "#/domain/record.ts";
import { EffectMissing, type Receipt, Refused } from "#/domain/run.ts";
import type { CrmWriter, Draft, PsaWriter } from "#/tools/ports.ts";
import { bodyOfKey, withKey } from "./markers.ts";
import { numericId, type Reading } from "./reading.ts";
import type { View } from "./tryton-client.ts";
import { createRecord } from "./write-operations.ts";

const Note = z.object({ id: z.int(), message: z.string().nullable() });
const noteView: View<z.infer<typeof Note>> = {
  model: "ir.note",
  fields: ["message"],
  schema: Note,
};

/** Long enough for every key we make, and nothing a search pattern could misread badly. */
const Key = z.string().regex(/^[0-9A-Za-z:._-]{4,128}$/);

/**
 * Drafts for the team of a project, as notes on it. Not as tasks: measured, a task that has
 * neighbours cannot be deleted (a fault of Tryton's planning module), and an open one keeps the
 * project from being closed. A note can be taken back, moves no date and changes no version.
 */
export function createPsaWriter(reading: Reading): PsaWriter {
  const onProject = (id: string) => `project.work,${idOf(id, "project")}`;
  return {
    findDraftTask: async (key, projectId) =>
      findNote(reading, { kind: "psa", resource: onProject(projectId), key }),
    createDraftTask: async (draft) =>
      createNote(reading, { kind: "psa", resource: onProject(draft.projectId), draft }),
  };
}

/** Drafts for a client, as notes on the change order, opportunity or client. Only colleagues see them. */
export const createCrmWriter = (reading: Reading): CrmWriter => ({
  findDraftMessage: async (key, about) =>
    findNote(reading, { kind: "crm", resource: resourceOf(about), key }),
  createDraftMessage: async (draft) =>
    createNote(reading, { kind: "crm", resource: resourceOf(draft.about), draft }),
});

async function findNote(
  { client, now }: Reading,
  { kind, resource, key }: { kind: SystemKind; resource: string; key: string },
): Promise<Receipt | null> {
  if (!Key.safeParse(key).success) throw invalid("a key is 4 to 128 letters, digits and :._-");
  const found = await client.read(noteView, [
    ["resource", "=", resource],
    ["message", "ilike", `%countersign-key:${key}%`],
  ]);
  for (const { id, message } of found) {
    // The search finds more than this key; the exact last line decides.
    const text = bodyOfKey(message, key);
    if (text === null) continue;
    const [subject = "", ...rest] = text.split("\n\n");
    return {
      record: { system: kind, type: "note", id: String(id) },
      externalId: String(id),
      url: null,
      observed: { subject, body: rest.join("\n\n") },
      verifiedAt: now(),
    };
  }
  return null;
}

/**
 * Tryton has no unique key on notes: look, create, read back. The caller holds a lock per key; a
 * draft with this key and other words is a conflict.
 */
async function createNote(
  reading: Reading,
  { kind, resource, draft }: { kind: SystemKind; resource: string; draft: Draft },
): Promise<Receipt> {
  const { key, subject, body } = draft;
  if (/[\r\n]/.test(subject)) throw invalid("a subject is one line");
  const find = () => findNote(reading, { kind, resource, key });
  const former = await find();
  if (former === null)
    await createRecord(reading.client, "createNote", {
      resource,
      message: withKey(`${subject}\n\n${body}`, key),
    });
  const made = former ?? (await find());
  if (made === null) throw new EffectMissing("Tryton took the draft and does not show it.");
  if (made.observed["subject"] !== subject || made.observed["body"] !== body)
    throw new Refused("conflict", "A draft with this key and other words is already in Tryton.");
  return made;
}

const models: Readonly<Record<string, string>> = {
  "change-order": "sale.amendment",
  opportunity: "sale.opportunity",
  client: "party.party",
};

function resourceOf(about: RecordRef): string {
  const model = about.system === "crm" ? models[about.type] : undefined;
  if (model === undefined)
    throw invalid("a drafted message hangs on a change order, an opportunity or a client");
  return `${model},${idOf(about.id, about.type)}`;
}

function idOf(id: string, type: string): number {
  const number = numericId(id);
  if (number === null) throw invalid(`the ${type} has no Tryton id`);
  return number;
}

const invalid = (problems: string) => new CountersignError("INVALID_ARGUMENTS", { problems });

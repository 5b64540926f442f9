import { z } from "zod";
import { CountersignError } from "#/domain/errors.ts";
import type { RecordRef } from "#/domain/record.ts";
import { type Receipt, Refused } from "#/domain/run.ts";
import type { CrmWriter, Draft, PsaWriter } from "#/tools/ports.ts";
import { bodyOfKey, withKey } from "./markers.ts";
import { linkTo, numericId, type Reading } from "./reading.ts";
import type { View } from "./tryton-client.ts";
import { createRecord } from "./write-operations.ts";

const DraftTask = z.object({ id: z.int(), name: z.string(), comment: z.string().nullable() });
const draftTaskView: View<z.infer<typeof DraftTask>> = {
  model: "project.work",
  fields: ["name", "comment"],
  schema: DraftTask,
};

const Note = z.object({ id: z.int(), message: z.string().nullable() });
const noteView: View<z.infer<typeof Note>> = {
  model: "ir.note",
  fields: ["message"],
  schema: Note,
};

/** Long enough for every key we make, and nothing a search pattern could misread. */
const Key = z.string().regex(/^[0-9A-Za-z-]{8,64}$/);

/** A task below the project, without price, effort or time booking: it bills and blocks nothing. */
export function createPsaWriter(reading: Reading): PsaWriter {
  const { client } = reading;

  async function findDraftTask(key: string, projectId: string): Promise<Receipt | null> {
    const project = idOf(projectId, "project");
    const found = await client.read(draftTaskView, [
      ["parent", "child_of", [project]],
      ["comment", "ilike", pattern(key)],
    ]);
    for (const { id, name, comment } of found) {
      const body = bodyOfKey(comment, key);
      if (body !== null)
        return receiptOf(reading, {
          record: { system: "psa", type: "task", id: String(id) },
          model: "project.work",
          observed: { subject: name, body },
        });
    }
    return null;
  }

  return {
    findDraftTask,
    async createDraftTask(draft) {
      const find = () => findDraftTask(draft.key, draft.projectId);
      const company = await client.company();
      return createOnce(draft, find, () =>
        createRecord(client, "createTask", {
          name: draft.subject,
          type: "task",
          company,
          parent: idOf(draft.projectId, "project"),
          timesheet_available: false,
          comment: withKey(draft.body, draft.key),
        }),
      );
    },
  };
}

/** A note on the record. Notes are seen by colleagues only; nothing is sent. */
export function createCrmWriter(reading: Reading): CrmWriter {
  const { client } = reading;

  async function findDraftMessage(key: string, about: RecordRef): Promise<Receipt | null> {
    const found = await client.read(noteView, [
      ["resource", "=", resourceOf(about)],
      ["message", "ilike", pattern(key)],
    ]);
    for (const { id, message } of found) {
      const text = bodyOfKey(message, key);
      if (text === null) continue;
      const [subject = "", ...rest] = text.split("\n\n");
      return receiptOf(reading, {
        record: { system: "crm", type: "draft-message", id: String(id) },
        model: "ir.note",
        observed: { subject, body: rest.join("\n\n") },
      });
    }
    return null;
  }

  return {
    findDraftMessage,
    createDraftMessage: (draft) =>
      createOnce(
        draft,
        () => findDraftMessage(draft.key, draft.about),
        () =>
          createRecord(client, "createNote", {
            resource: resourceOf(draft.about),
            message: withKey(`${draft.subject}\n\n${draft.body}`, draft.key),
          }),
      ),
  };
}

/**
 * Tryton has no unique key on tasks and notes: look, create, read back. The caller holds a lock per
 * key; a draft with this key and other words is a conflict.
 */
async function createOnce(
  draft: Draft,
  find: () => Promise<Receipt | null>,
  create: () => Promise<void>,
): Promise<Receipt> {
  if (/[\r\n]/.test(draft.subject)) throw invalid("a subject is one line");
  const former = await find();
  if (former === null) await create();
  const made = former ?? (await find());
  if (made === null) throw new Error("Tryton took the draft and does not show it.");
  const same = made.observed["subject"] === draft.subject && made.observed["body"] === draft.body;
  if (!same)
    throw new Refused("conflict", "A draft with this key and other words is already in Tryton.");
  return made;
}

const receiptOf = (
  { webClient, now }: Reading,
  made: { record: RecordRef; model: string; observed: Receipt["observed"] },
): Receipt => ({
  record: made.record,
  externalId: made.record.id,
  url: linkTo(webClient, made.model, made.record.id),
  observed: made.observed,
  verifiedAt: now(),
});

/** The search may find more than the key; the exact last line decides. */
const pattern = (key: string): string => `%countersign-key:${parseKey(key)}%`;

function parseKey(key: string): string {
  const parsed = Key.safeParse(key);
  if (!parsed.success) throw invalid("a key is 8 to 64 letters, digits and -");
  return parsed.data;
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

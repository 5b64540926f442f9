import type { Effect } from "#/domain/proposal.ts";
import type { RecordRef } from "#/domain/record.ts";
import type { Receipt } from "#/domain/run.ts";
import type { RecordSystems, WorkItem } from "#/tools/ports.ts";
import type { Action, Preview } from "./define-action.ts";
import { approvedText, matching } from "./draft-effect.ts";
import { needed, type Refuse } from "./source-record.ts";
import { type TargetArgs, withNote } from "./target-args.ts";

/** What is put on whose list, by when. */
export type PlannedItem = Pick<WorkItem, "title" | "details" | "ownerEmail" | "dueOn">;

export const itemEffects = (
  record: RecordRef,
  { title, details, ownerEmail, dueOn }: PlannedItem,
  note: Preview["arguments"],
): Effect[] =>
  Object.entries({ title, details: withNote(details, note), owner: ownerEmail, dueOn }).map(
    ([field, after]) => ({ record, field: `item.${field}`, before: null, after }),
  );

type Place = Pick<WorkItem, "type"> & {
  /** Which system's list it is. */
  readonly system: (target: RecordRef) => WorkItem["system"];
  readonly refuse: Refuse;
};

/** The carrying out of every action that puts one item on a list: made by key, read back by key. */
export function itemSteps({
  type,
  system,
  refuse,
}: Place): Pick<Action<TargetArgs>, "find" | "send" | "verify"> {
  const itemsOf = (records: RecordSystems | null) => needed(records, refuse).workItems;
  return {
    find: ({ target }, key, { records }): Promise<Receipt | null> =>
      itemsOf(records).find(key, system(target)),
    async send({ target }, approved, { key, systems }) {
      await itemsOf(systems.records).create({
        key,
        type,
        system: system(target),
        about: target,
        title: approvedText(approved, "item.title"),
        details: approvedText(approved, "item.details"),
        ownerEmail: approvedText(approved, "item.owner"),
        dueOn: approvedText(approved, "item.dueOn"),
      });
    },
    async verify({ target }, approved, { key, systems }) {
      return matching(await itemsOf(systems.records).find(key, system(target)), {
        title: approvedText(approved, "item.title"),
        details: approvedText(approved, "item.details"),
        owner: approvedText(approved, "item.owner"),
        dueOn: approvedText(approved, "item.dueOn"),
      });
    },
  };
}

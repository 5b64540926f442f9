import { randomUUID } from "node:crypto";
import { buildFirm } from "../firm/build-firm.ts";
import { firmDate } from "../firm/firm-days.ts";
import type { State, Subject, WorldEvent } from "./state.ts";
import { stateFile } from "./state-file.ts";

const recentEvents = 20;

/** A change that the rules of a system do not allow. Nothing was changed. */
export class NotAllowed extends Error {
  override name = "NotAllowed";
  readonly status: 404 | 409 | 412 | 422;
  readonly code: string;
  constructor(status: NotAllowed["status"], code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** What happened to which record; `null` when the change turned out to change nothing. */
export type Happening = { type: string; subject: Subject } | null;
export type Change<T> = (draft: State, today: string) => { result: T; happened: Happening };

export type World = {
  /** The present state. Read only: changes go through `commit`. */
  readonly state: () => State;
  /** All of a change or none of it: it is on disk before anybody sees it, and then told. */
  readonly commit: <T>(change: Change<T>) => T;
  /** Called after every change. */
  readonly onEvent: (listener: (event: WorldEvent) => void) => void;
};

export type WorldOptions = {
  readonly anchor: string;
  readonly seed: string;
  readonly folder: string | null;
  readonly clock: () => Date;
};

/** The firm as it was left in `folder`, or a new one. A stored firm keeps its own anchor and seed. */
export function openWorld({ anchor, seed, folder, clock }: WorldOptions): World {
  const file = stateFile(folder);
  const stored = file.load();
  let state: State = stored ?? {
    ...buildFirm({ seed, anchor }),
    tasks: [],
    messageDrafts: [],
    sequence: 0,
    recent: [],
  };
  if (!stored) file.save(state);
  const listeners: ((event: WorldEvent) => void)[] = [];
  return {
    state: () => state,
    onEvent: (listener) => void listeners.push(listener),
    commit(change) {
      const draft = structuredClone(state);
      const { result, happened } = change(draft, firmDate(clock()));
      if (!happened) return result;
      draft.sequence += 1;
      const event: WorldEvent = {
        id: `evt-${randomUUID()}`,
        ...happened,
        occurredAt: clock().toISOString(),
        sequence: draft.sequence,
      };
      draft.recent = [event, ...draft.recent].slice(0, recentEvents);
      file.save(draft);
      state = draft;
      for (const listener of listeners) listener(event);
      return result;
    },
  };
}

/** The record with that id, or NotAllowed 404. */
export function recordIn<T extends { id: string }>(records: readonly T[], id: string): T {
  const found = records.find((record) => record.id === id);
  if (!found) throw new NotAllowed(404, "record_not_found", "There is no such record.");
  return found;
}

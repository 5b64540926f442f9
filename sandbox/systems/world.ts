import { randomUUID } from "node:crypto";
import { buildFirm } from "../firm/build-firm.ts";
import { writeChronicle } from "../firm/chronicle/write-chronicle.ts";
import type { Person } from "../firm/firm.ts";
import { addDays, firmDate } from "../firm/firm-days.ts";
import type { SimulatedEvent } from "../simulator/events.ts";
import { systemOf } from "../simulator/record-systems.ts";
import { type BookedEvent, type Books, createBooks } from "./books.ts";
import { dayBefore, eveningOf, type FirmBeside, leftAlone, openFirmBeside } from "./firm-beside.ts";
import { liveChanges } from "./live-changes.ts";
import { NotAllowed } from "./not-allowed.ts";
import { createShelf, type Shelf } from "./shelf.ts";
import type { Beside, Collection, JournalEntry, Row, State, Subject, WorldEvent } from "./state.ts";
import { stateFile } from "./state-file.ts";

const recentEvents = 20;

/** The folder holds a firm of another size than the one asked for. */
export class OtherFirmKept extends Error {
  override name = "OtherFirmKept";
}

/** What happened to which record; `null` when the change turned out to change nothing. */
export type Happening = { type: string; subject: Subject } | null;
export type Draft = {
  readonly state: State;
  readonly today: string;
  /** The row to change, brought in from the simulated firm when it is one of theirs. */
  readonly take: <C extends Collection>(collection: C, id: string) => Row<C>;
  /** The handle of the project's lead. */
  readonly leadOf: (projectId: string) => string;
  readonly personOf: (handle: string) => Person | null;
};
export type Change<T> = (draft: Draft) => {
  result: T;
  happened: Happening;
  /** Changes of the operating model that no row shows. */
  booked?: readonly SimulatedEvent[];
};

export type World = {
  /** The present state. Read only: changes go through `commit`. */
  readonly state: () => State;
  /** The rows of everybody's projects, as the three systems list them. */
  readonly shelf: Shelf;
  readonly books: Books;
  /** Tells this history from that of any other firm. */
  readonly epoch: string;
  /** The clock, or the evening up to which the simulated firm has lived when that is later. */
  readonly now: () => Date;
  /** The last day of the simulated firm that is over; null without one. */
  readonly shownUntil: () => string | null;
  /** All of a change or none of it: it is on disk before anybody sees it, and then told. */
  readonly commit: <T>(change: Change<T>) => T;
  /** Lets so many days pass in the simulated firm. Throws NotAllowed 409 when there is none. */
  readonly advance: (days: number) => readonly BookedEvent[];
  /** Lets the simulated firm live up to yesterday. Tells only what was not known before. */
  readonly keepUp: () => void;
  /** Called after every change. */
  readonly onEvent: (listener: (event: WorldEvent) => void) => void;
};

export type WorldOptions = {
  readonly anchor: string;
  readonly seed: string;
  /** The simulated firm beside the story's projects; `story`: none. */
  readonly firm: "story" | Beside["size"];
  readonly folder: string | null;
  readonly clock: () => Date;
};

/**
 * The firm as it was left in `folder`, or a new one. A stored firm keeps its own anchor and seed.
 * Throws OtherFirmKept when the stored one is of another size.
 */
export function openWorld(options: WorldOptions): World {
  const { folder, clock } = options;
  const file = stateFile(folder);
  const stored = file.load();
  const sized = { anchor: stored?.anchor ?? options.anchor, firm: options.firm };
  let state: State = stored ? upgraded(stored, sized) : newState(options);
  const size = state.beside?.size ?? "story";
  if (size !== options.firm)
    throw new OtherFirmKept(
      `the sandbox firm kept in ${folder} is of size ${size}, not ${options.firm}; keep its size, or move that folder away to start with a new firm`,
    );

  const books = createBooks();
  const shelf = createShelf(() => state, books);
  const furthest = state.journal.findLast((entry) => "shownUntil" in entry);
  const beside = state.beside
    ? openFirmBeside(state.seed, state.beside, furthest?.shownUntil)
    : null;
  let shownUntil = state.beside?.anchor ?? null;
  const touched = new Set<string>();
  const listeners: ((event: WorldEvent) => void)[] = [];

  const play = (entry: JournalEntry): BookedEvent[] => {
    if ("events" in entry) {
      for (const { objects } of entry.events)
        if (objects[0]) touched.add(`${objects[0].type} ${objects[0].id}`);
      const changed = books.append(entry.events);
      // What was made here has no row of the story: it is listed beside them.
      shelf.adopt(changed.filter(({ version }) => version === 1));
      return changed;
    }
    shownUntil = entry.shownUntil;
    const fresh = beside?.showUntil(entry.shownUntil) ?? [];
    const booked = books.append(leftAlone(fresh, touched, books));
    shelf.adopt(booked);
    return booked;
  };
  const now = (): Date => {
    const evening = shownUntil === null ? 0 : eveningOf(shownUntil);
    return new Date(Math.max(clock().getTime(), evening));
  };

  shelf.adopt(startBooks(books, state, beside));
  for (const entry of state.journal) play(entry);

  const keep = (draft: State, entries: readonly JournalEntry[]): BookedEvent[] => {
    draft.journal.push(...entries);
    file.save(draft);
    state = draft;
    return entries.flatMap(play);
  };
  // A state of an earlier version was changed without a journal: its changes are booked now.
  const at = now().toISOString();
  const missed = liveChanges(state, books, { at, today: firmDate(now()) });
  if (!stored || missed.length > 0)
    keep(structuredClone(state), missed.length > 0 ? [{ events: missed }] : []);

  const liveUntil = (date: string): BookedEvent[] => {
    if (shownUntil === null || date <= shownUntil) return [];
    const booked = keep(structuredClone(state), [{ shownUntil: date }]);
    const told = booked.map(worldEventOf);
    state = { ...state, recent: [...told.toReversed(), ...state.recent].slice(0, recentEvents) };
    for (const event of told) for (const listener of listeners) listener(event);
    return booked;
  };
  const keepUp = (): void => void liveUntil(dayBefore(firmDate(clock())));
  keepUp();

  return {
    state: () => state,
    shelf,
    books,
    epoch: `${state.seed} ${state.anchor} ${size} ${state.beside?.anchor ?? ""}`,
    now,
    shownUntil: () => shownUntil,
    onEvent: (listener) => void listeners.push(listener),
    keepUp,
    advance(days) {
      if (shownUntil === null)
        throw new NotAllowed(409, "no_simulated_firm", "Only the story's firm is here.");
      if (!Number.isInteger(days) || days < 1 || days > 90)
        throw new NotAllowed(422, "bad_days", "From 1 to 90 days can pass at once.");
      return liveUntil(addDays(shownUntil, days));
    },
    commit(change) {
      const draft = structuredClone(state);
      const today = firmDate(now());
      const {
        result,
        happened,
        booked = [],
      } = change({
        state: draft,
        today,
        take: <C extends Collection>(collection: C, id: string) => {
          const rows = draft[collection] as Row<C>[];
          const mine = rows.find((row) => row.id === id);
          if (mine) return mine;
          const theirs = structuredClone(shelf.one(collection, id));
          rows.push(theirs);
          return theirs;
        },
        leadOf: (project) => shelf.one("projects", project).lead,
        personOf: shelf.person,
      });
      if (!happened) return result;
      draft.sequence += 1;
      const moment = now().toISOString();
      const event: WorldEvent = {
        id: `evt-${randomUUID()}`,
        ...happened,
        occurredAt: moment,
        sequence: draft.sequence,
      };
      draft.recent = [event, ...draft.recent].slice(0, recentEvents);
      const events = [...booked, ...liveChanges(draft, books, { at: moment, today })];
      keep(draft, events.length > 0 ? [{ events }] : []);
      for (const listener of listeners) listener(event);
      return result;
    },
  };
}

const newState = ({ anchor, seed, firm }: WorldOptions): State => ({
  ...buildFirm({ seed, anchor }),
  tasks: [],
  messageDrafts: [],
  workItems: [],
  madeRecords: [],
  sequence: 0,
  recent: [],
  beside: besideOf({ anchor, firm }),
  journal: [],
});

const besideOf = (to: Pick<WorldOptions, "anchor" | "firm">): Beside | null =>
  to.firm === "story" ? null : { size: to.firm, anchor: dayBefore(to.anchor) };

/** Kept by a version that knew only the story: it gets the firm that is asked for beside it. */
const upgraded = (stored: State, to: Pick<WorldOptions, "anchor" | "firm">): State => ({
  ...stored,
  beside: "beside" in stored ? stored.beside : besideOf(to),
  journal: stored.journal ?? [],
  workItems: stored.workItems ?? [],
  madeRecords: stored.madeRecords ?? [],
});

/** The past of both firms up to the anchor. Returns what is listed beside the rows of the story. */
function startBooks(books: Books, state: State, beside: FirmBeside | null): BookedEvent[] {
  const story = writeChronicle(buildFirm({ seed: state.seed, anchor: state.anchor }));
  const theirs = beside && state.beside ? beside.showUntil(state.beside.anchor) : [];
  const isTheirs = new Set(theirs.map(({ id }) => id));
  const all = [...story, ...theirs].sort(byRecording);
  // The end of a plan is no row of the story: nothing is billed for it.
  const rows = new Set(state.milestones.map(({ id }) => id));
  return books
    .append(all)
    .filter(
      ({ id, kind, subject }) => isTheirs.has(id) || (kind === "milestone" && !rows.has(subject)),
    );
}

const byRecording = (one: SimulatedEvent, other: SimulatedEvent): number =>
  one.recordedAt < other.recordedAt ? -1 : one.recordedAt > other.recordedAt ? 1 : 0;

/** What a system says to subscribers about something it has taken down. */
export const worldEventOf = ({
  id,
  type,
  occurredAt,
  kind,
  subject,
  version,
}: BookedEvent): WorldEvent => ({
  id,
  type,
  occurredAt,
  subject: { system: systemOf[kind], type: kind, id: subject },
  sequence: version,
});

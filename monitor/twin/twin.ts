import type { RecordKind } from "#/domain/operating-model.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import type { FirmView, TwinRecord } from "./firm-view.ts";
import { foldEvents, missingVersions, placeEvent } from "./fold-events.ts";
import { createShelf, type Shelf } from "./shelf.ts";
import { showRecord, type TwinSettings, viewOfShelves } from "./show-record.ts";

/** A record that cannot be shown yet: its first event, or fields it must have, have not arrived. */
export type IncompleteRecord = {
  readonly kind: RecordKind;
  readonly id: string;
  /** Sequences below the highest that never arrived; the first 100. */
  readonly missing: readonly number[];
  readonly problem: string | null;
};

export type Twin = {
  /** false: this event was here before, or another event of the same version stands. */
  apply(event: OperationsEvent): boolean;
  /**
   * What was known once these events had arrived; later ones do not change it. `lastRead` is by
   * default `asOf` for every system.
   */
  view(asOf: string, lastRead?: FirmView["lastRead"]): FirmView;
  incomplete(): IncompleteRecord[];
  readonly size: number;
};

type Held = {
  /** In their order, one a version; holes are events that have not arrived. */
  readonly events: OperationsEvent[];
  /** Views given out before may still look at it when this is behind. */
  readonly edition: number;
  shown: TwinRecord | null | undefined;
};

type Drawer = {
  readonly records: Map<string, Held>;
  readonly edition: number;
  shelf: Shelf | null;
};

/**
 * Folds events into records. Each field keeps the value of the highest source version that named it, so
 * the order of arrival, repeats and delays end in the same state. Fields of a version that lacks an
 * earlier one are shown as known; `incomplete` names what to read again.
 */
export function createTwin(settings: TwinSettings): Twin {
  const drawers = new Map<RecordKind, Drawer>();
  // Raised with every view: what a view looks at is copied before it changes.
  let edition = 0;
  let size = 0;

  const drawerOf = (kind: RecordKind): Drawer => {
    const known = drawers.get(kind);
    if (known?.edition === edition) {
      known.shelf = null;
      return known;
    }
    const drawer = { records: new Map(known?.records), edition, shelf: null };
    drawers.set(kind, drawer);
    return drawer;
  };

  const show = (held: Held): TwinRecord | null => {
    if (held.shown === undefined) {
      const folded = foldEvents(held.events);
      const shown = folded && showRecord(folded, settings);
      held.shown = shown && "record" in shown ? shown.record : null;
    }
    return held.shown;
  };

  return {
    apply(event) {
      const { kind, id } = event.subject;
      const known = drawers.get(kind)?.records.get(id);
      const events = known?.edition === edition ? known.events : [...(known?.events ?? [])];
      if (!placeEvent(events, event)) return false;
      if (!known) size += 1;
      drawerOf(kind).records.set(id, { events, edition, shown: undefined });
      return true;
    },
    view(asOf, lastRead) {
      edition += 1;
      const kept = new Map(drawers);
      const shelves = new Map(
        [...kept].map(([kind, drawer]) => [
          kind,
          (drawer.shelf ??= createShelf(drawer.records, show)),
        ]),
      );
      return viewOfShelves({ asOf, lastRead }, settings, {
        shelves,
        history: (kind, id) => kept.get(kind)?.records.get(id)?.events ?? [],
      });
    },
    incomplete: () =>
      [...drawers].flatMap(([kind, { records }]) =>
        [...records].flatMap(([id, held]) => {
          const missing = missingVersions(held.events);
          const problem = show(held) ? null : problemOf(held.events, settings);
          return missing.length > 0 || problem !== null ? [{ kind, id, missing, problem }] : [];
        }),
      ),
    get size() {
      return size;
    },
  };
}

function problemOf(events: readonly OperationsEvent[], settings: TwinSettings): string | null {
  const folded = foldEvents(events);
  const shown = folded && showRecord(folded, settings);
  return shown && "problem" in shown ? shown.problem : null;
}

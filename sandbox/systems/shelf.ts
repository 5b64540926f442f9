import type { LedgerEntry, Person } from "../firm/firm.ts";
import { totalCents } from "../firm/firm.ts";
import type { FirmRecord, RecordKind } from "../simulator/records.ts";
import type { BookedEvent, Books } from "./books.ts";
import { NotAllowed } from "./not-allowed.ts";
import {
  changeOrderRow,
  clientRow,
  dealRow,
  invoiceRow,
  milestoneRow,
  personRow,
  projectRow,
  timesheetRow,
} from "./simulated-rows.ts";
import type { Collection, Row, State } from "./state.ts";

/**
 * The rows that the PSA, the CRM and the ERP show: those of the story, as its state has them, and those
 * of the simulated firm, made of its records. A row that somebody changed by hand is in the state.
 */
export type Shelf = {
  /** In the order of their ids. */
  all<C extends Collection>(collection: C): readonly Row<C>[];
  ofProject<C extends "milestones" | "timesheets" | "changeOrders" | "invoices">(
    collection: C,
    projectId: string,
  ): readonly Row<C>[];
  /** Also what no list shows any more. Throws NotAllowed 404. */
  one<C extends Collection>(collection: C, id: string): Row<C>;
  /** How often the invoice is in the ledger. */
  postings(invoiceId: string): number;
  readonly person: (handle: string) => Person | null;
  clientName(id: string): string | null;
  /** Whether it belongs to the simulated firm. */
  isSimulated(kind: RecordKind, id: string): boolean;
  /** Tells which records belong to the simulated firm. */
  adopt(events: readonly BookedEvent[]): void;
};

type Source = { readonly kind: RecordKind; readonly row: (id: string) => object | null };

export function createShelf(state: () => State, books: Books): Shelf {
  const simulated = new Map<RecordKind, Set<string>>();
  /** Lines by invoice, simulated firm only. */
  const lines = new Map<string, Set<string>>();
  const rows = new Map<string, object>();
  let seen: State | null = null;
  const lists = new Map<string, unknown>();

  const isSimulated = (kind: RecordKind, id: string): boolean =>
    simulated.get(kind)?.has(id) ?? false;
  const made =
    <K extends RecordKind>(kind: K, row: (record: FirmRecord<K>) => object) =>
    (id: string): object | null => {
      const record = books.find(kind, id);
      return record && row(record);
    };
  const sources: Partial<Record<Collection, Source>> = {
    clients: { kind: "client", row: made("client", clientRow) },
    projects: { kind: "project", row: made("project", projectRow) },
    milestones: { kind: "milestone", row: made("milestone", milestoneRow) },
    timesheets: { kind: "timesheet-week", row: made("timesheet-week", timesheetRow) },
    changeOrders: { kind: "change-order", row: made("change-order", changeOrderRow) },
    deals: { kind: "opportunity", row: made("opportunity", dealRow) },
    invoices: {
      kind: "invoice",
      row: made("invoice", (invoice) =>
        invoiceRow(
          invoice,
          [...(lines.get(invoice.id) ?? [])].flatMap((id) => books.find("invoice-line", id) ?? []),
        ),
      ),
    },
    ledger: {
      kind: "invoice",
      row: (id) => {
        const invoice = isSimulated("invoice", id) ? shelf.one("invoices", id) : null;
        if (!invoice?.ledgerEntry || !invoice.postedOn) return null;
        const entry: LedgerEntry = {
          id: invoice.ledgerEntry,
          invoiceId: id,
          postedOn: invoice.postedOn,
          totalCents: totalCents(invoice),
        };
        return entry;
      },
    },
  };

  const rowOf = (collection: Collection, id: string): object | null => {
    const key = `${collection} ${id}`;
    let row = rows.get(key) ?? null;
    if (!row) {
      row = sources[collection]?.row(id) ?? null;
      if (row) rows.set(key, row);
    }
    return row;
  };

  /** What was computed from the state and the rows, until either changes. */
  const kept = <T>(name: string, compute: () => T): T => {
    if (seen !== state()) {
      seen = state();
      lists.clear();
    }
    if (!lists.has(name)) lists.set(name, compute());
    return lists.get(name) as T;
  };

  const own = <C extends Collection>(collection: C): ReadonlyMap<string, Row<C>> =>
    kept(`own ${collection}`, () => new Map(rowsIn(state(), collection).map((r) => [r.id, r])));

  const shelf: Shelf = {
    isSimulated,
    all: <C extends Collection>(collection: C) =>
      kept(`all ${collection}`, () => {
        const mine = own(collection);
        const source = sources[collection];
        const others = [...(source ? (simulated.get(source.kind) ?? []) : [])].flatMap((id) => {
          // Made of a record of this kind, so it is a row of this collection.
          const row = rowOf(collection, id) as Row<C> | null;
          return row && !mine.has(row.id) ? [row] : [];
        });
        return [...mine.values(), ...others].sort((one, other) => (one.id < other.id ? -1 : 1));
      }),
    ofProject: (collection, projectId) =>
      kept(`by project ${collection}`, () =>
        Map.groupBy(shelf.all(collection), (row) => row.projectId),
      ).get(projectId) ?? [],
    one: <C extends Collection>(collection: C, id: string) => {
      const row = own(collection).get(id) ?? (rowOf(collection, id) as Row<C> | null);
      if (!row) throw new NotAllowed(404, "record_not_found", "There is no such record.");
      return row;
    },
    postings: (invoiceId) =>
      kept("postings", () => Map.groupBy(shelf.all("ledger"), (entry) => entry.invoiceId)).get(
        invoiceId,
      )?.length ?? 0,
    person(handle) {
      const found = state().people.find((person) => person.handle === handle);
      if (found) return found;
      const record = books.find("person", handle);
      return record && personRow(record);
    },
    clientName: (id) => own("clients").get(id)?.name ?? books.find("client", id)?.name ?? null,
    adopt(events) {
      lists.clear();
      for (const { kind, subject, objects } of events) {
        const ids = simulated.get(kind);
        if (ids) ids.add(subject);
        else simulated.set(kind, new Set([subject]));
        if (kind !== "invoice-line") continue;
        const invoice = objects.find(({ type }) => type === "invoice")?.id;
        if (invoice) lines.set(invoice, (lines.get(invoice) ?? new Set()).add(subject));
      }
    },
  };
  books.onAppend((events) => {
    lists.clear();
    for (const { kind, subject, objects } of events) {
      const invoice = kind === "invoice" ? subject : objects.find((o) => o.type === "invoice")?.id;
      if (invoice) {
        rows.delete(`invoices ${invoice}`);
        rows.delete(`ledger ${invoice}`);
      }
      for (const [collection, source] of Object.entries(sources))
        if (source.kind === kind) rows.delete(`${collection} ${subject}`);
    }
  });
  return shelf;
}

const rowsIn = <C extends Collection>(state: State, collection: C): readonly Row<C>[] =>
  state[collection];

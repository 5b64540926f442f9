import { at, type Day, type Moment } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import type { SimulatedClient } from "./clients.ts";
import type { Log } from "./events.ts";

/** Calendar days until the first resolution, by quantile; measured on a public help-desk log. */
const resolution: readonly (readonly [share: number, days: number])[] = [
  [0, 0.01],
  [0.1, 0.03],
  [0.25, 0.8],
  [0.5, 6],
  [0.75, 18.9],
  [0.9, 29.8],
  [0.99, 43.1],
  [1, 70],
];
const closing: readonly (readonly [share: number, days: number])[] = [
  [0, 10],
  [0.1, 30],
  [0.5, 39.9],
  [0.9, 53],
  [1, 75],
];
const bySeverity = { 1: 0.3, 2: 0.6, 3: 0.95, 4: 1.2 } as const;

function quantile(table: readonly (readonly [number, number])[], share: number): number {
  const upper = table.findIndex(([at0]) => at0 >= share);
  const [high, low] = [table[Math.max(1, upper)], table[Math.max(0, upper - 1)]];
  if (!high || !low) return 0;
  return low[1] + ((high[1] - low[1]) * (share - low[0])) / (high[0] - low[0]);
}

type Raised = {
  readonly client: SimulatedClient;
  readonly monday: Day;
  readonly turn: number;
  readonly cold: boolean;
};

/** One ticket of one account, from the call to the closing. */
export function raiseTicket(cast: Cast, log: Log, { client, monday, turn, cold }: Raised): void {
  const { calendar, draws: root } = cast.setting;
  const id = `IN-${client.id}-${calendar.date(monday)}-${turn + 1}`;
  const draws = root.of("ticket", id);
  const severity = draws.weighted<1 | 2 | 3 | 4>(
    "severity",
    cold
      ? [
          [1, 10],
          [2, 30],
          [3, 40],
          [4, 20],
        ]
      : [
          [1, 3],
          [2, 12],
          [3, 45],
          [4, 40],
        ],
  );
  const day = monday + draws.between("day", 0, 4);
  const opened = at(day, 8 * 60 + draws.between("minute", 0, 600));
  const after = (days: number): Moment => opened + Math.max(10, Math.round(days * 1440));
  const resolved = after(
    quantile(resolution, draws.uniform("resolve")) * bySeverity[severity] * (cold ? 1.5 : 1),
  );
  const closed = Math.max(resolved + 1440, after(quantile(closing, draws.uniform("close"))));
  const links = { client: client.id };
  log.opened("ticket", id, {
    what: "raised",
    when: { occurred: opened },
    links,
    fields: {
      clientId: client.id,
      projectId: null,
      severity,
      title: draws.pick("title", titles),
      state: "open",
      openedOn: calendar.date(day),
      resolvedOn: null,
      closedOn: null,
      escalated: false,
      reopens: 0,
    },
  });
  if (draws.chance("escalated", severity <= 2 ? (cold ? 0.6 : 0.15) : 0.02))
    log.changed("ticket", id, {
      what: "escalated",
      when: { occurred: opened + Math.round((resolved - opened) * 0.4) },
      links,
      fields: { escalated: true },
    });
  const dateOf = (moment: Moment): string => calendar.date(Math.floor(moment / 1440));
  log.changed("ticket", id, {
    what: "resolved",
    when: { occurred: resolved },
    links,
    fields: { state: "resolved", resolvedOn: dateOf(resolved) },
  });
  log.changed("ticket", id, {
    what: "closed",
    when: { occurred: closed },
    links,
    fields: { state: "closed", closedOn: dateOf(closed) },
  });
}

const titles = [
  "Report shows wrong totals",
  "Login takes very long",
  "Export stops half way",
  "Question about a field",
  "Printout is cut off",
  "Interface sends twice",
  "User cannot see the order",
] as const;

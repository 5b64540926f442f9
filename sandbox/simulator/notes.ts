import { at, type Day, dayOf, weekday } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import type { Delivery } from "./delivery.ts";
import type { Draws } from "./draws.ts";
import type { Log } from "./events.ts";
import {
  clauses,
  hostile,
  mixed,
  type NoteLabel,
  noteLabels,
  type Polarity,
  plain,
  quoted,
  type RiskLabel,
  registers,
  sarcasm,
  voices,
} from "./note-grammar.ts";
import { type NoteTopic, topicsOf } from "./note-topics.ts";
import type { ProjectPlan } from "./staffing-plan.ts";

/** What a reader who knows everything would mark in one note. */
export type NoteMark = {
  readonly label: NoteLabel;
  readonly polarity: Polarity;
  readonly severity: 1 | 2 | 3 | 4;
  readonly owner: "us" | "client" | "third";
  /** Offsets into the text, the end excluded. */
  readonly span: readonly [start: number, end: number];
  /** The pattern it was written from: training and test never share one. */
  readonly family: string;
};
export type SimulatedNote = {
  readonly id: string;
  readonly projectId: string;
  readonly text: string;
  readonly marks: readonly NoteMark[];
  readonly traits: readonly (
    | "quoted"
    | "sarcasm"
    | "mixed-language"
    | "injection"
    | "two-projects"
    | "sensitive"
  )[];
  /** Changes of circumstances that the note speaks of. */
  readonly sources: readonly string[];
};

type Piece = {
  readonly text: string;
  readonly mark: Omit<NoteMark, "span"> | null;
  readonly source: string | null;
};

/** About two and a half notes per project week, most of them about nothing. */
export function writeNotes(
  cast: Cast,
  log: Log,
  { plan, delivery }: { plan: ProjectPlan; delivery: Delivery },
): SimulatedNote[] {
  const topics = topicsOf(cast, plan, delivery);
  const notes: SimulatedNote[] = [];
  const root = cast.setting.draws.of("notes", plan.id);
  const evil = cast.circumstances.ever("hostile-note", plan.id);
  for (const { monday } of delivery.weeks) {
    if (monday > cast.setting.today) break;
    const count = root.poisson(`count/${monday}`, 2.5);
    for (let turn = 0; turn < count; turn += 1) {
      const id = `NT-${plan.id}-${cast.setting.calendar.date(monday)}-${turn + 1}`;
      notes.push(
        writeNote(cast, log, {
          plan,
          topics,
          id,
          monday,
          evil:
            evil !== null && turn === 0 && evil.from >= monday && evil.from < monday + 7
              ? evil.id
              : null,
        }),
      );
    }
  }
  return notes;
}

type Assignment = {
  readonly plan: ProjectPlan;
  readonly topics: readonly NoteTopic[];
  readonly id: string;
  readonly monday: Day;
  readonly evil: string | null;
};

function writeNote(
  cast: Cast,
  log: Log,
  { plan, topics, id, monday, evil }: Assignment,
): SimulatedNote {
  const { calendar, draws: root } = cast.setting;
  const draws = root.of("note", id);
  const seat = plan.seats[draws.between("author", 0, plan.seats.length - 1)];
  const author = cast.person(
    draws.chance("lead writes", 0.5) ? plan.leadId : (seat?.personId ?? plan.leadId),
  );
  const writtenAt = calendar.add(
    at(monday + draws.between("day", 0, 4), 9 * 60),
    0.98 * draws.uniform("hour"),
  );
  const fill = filler(cast, { plan, draws }, dayOf(writtenAt));
  const register = registers[draws.between("register", 0, 3)] ?? "chat";
  const traits: SimulatedNote["traits"][number][] = [];
  const day = dayOf(writtenAt);
  const near = topics.filter(({ from, until }) => day >= from && day < until + 21);
  const pieces = piecesOf(draws, { near, day, traits });
  if (evil) {
    traits.push("injection");
    pieces.push({ text: draws.pick("hostile", hostile), mark: null, source: evil });
  }
  if (pieces.some(({ mark }) => mark?.label === "TEAM")) traits.push("sensitive");
  const [opening, closing] = voices[author.voice] ?? ["", ""];
  let text = opening;
  const marks: NoteMark[] = [];
  pieces.forEach((piece, index) => {
    if (index > 0) text += register === "minutes" ? "\n- " : register === "mail" ? ". " : "; ";
    const words = cased(fill(piece.text, index), register, text);
    const start = text.length;
    text += words;
    if (piece.mark) marks.push({ ...piece.mark, span: [start, start + words.length] });
  });
  text += closing;
  log.opened("note", id, {
    what: "written",
    when: { occurred: writtenAt },
    links: { project: plan.id, client: plan.client.id, "person:author": author.id },
    fields: {
      clientId: plan.client.id,
      projectId: plan.id,
      authorId: author.id,
      channel: register,
      text,
      writtenAt: calendar.instant(writtenAt),
    },
  });
  return {
    id,
    projectId: plan.id,
    text,
    marks,
    traits,
    sources: pieces.flatMap(({ source }) => source ?? []),
  };
}

type Mind = {
  readonly near: readonly NoteTopic[];
  readonly day: Day;
  readonly traits: SimulatedNote["traits"][number][];
};

function piecesOf(draws: Draws, { near, day, traits }: Mind): Piece[] {
  const pieces: Piece[] = [{ text: draws.pick("plain", plain), mark: null, source: null }];
  near.forEach((topic, index) => {
    const over = day >= topic.until;
    if (!draws.chance(`mention/${topic.label}/${index}`, over ? 0.22 : 0.36)) return;
    pieces.push(
      risk(draws, {
        label: topic.label,
        polarity: over ? "resolved" : "present",
        topic,
        name: `topic/${index}`,
      }),
    );
  });
  if (pieces.length === 1) {
    // People also write of risks that no system shows, of risks that are none, and of what might be.
    const kind = draws.weighted("kind", [
      ["plain", 66],
      ["present", 11],
      ["negated", 8],
      ["hypothetical", 7],
      ["resolved", 3],
      ["quoted", 2],
      ["sarcasm", 1.5],
      ["mixed", 1.5],
    ]);
    const label = noteLabels[draws.between("label", 0, 12)] ?? "SCHED";
    if (kind === "quoted") {
      traits.push("quoted");
      pieces.push({ text: draws.pick("quoted", quoted), mark: null, source: null });
    } else if (kind === "sarcasm" || kind === "mixed") {
      traits.push(kind === "sarcasm" ? "sarcasm" : "mixed-language");
      const from = kind === "sarcasm" ? sarcasm : mixed;
      const [own, words] = from[draws.between("odd", 0, from.length - 1)] ?? ["TECH", "{s}"];
      pieces.push({
        text: words,
        mark: {
          label: own,
          polarity: "present",
          severity: 2,
          owner: "us",
          family: `${kind}/${own}`,
        },
        source: null,
      });
    } else if (kind !== "plain" && label !== "NONE")
      pieces.push(risk(draws, { label, polarity: kind as Polarity, topic: null, name: "chance" }));
  }
  if (pieces.length > 1 && draws.chance("bare", 0.4)) pieces.shift();
  return pieces;
}

type Risk = {
  readonly label: RiskLabel;
  readonly polarity: Polarity;
  readonly topic: NoteTopic | null;
  readonly name: string;
};

function risk(draws: Draws, { label, polarity, topic, name }: Risk): Piece {
  const words = clauses[label][polarity];
  const turn = draws.between(`clause/${name}`, 0, words.length - 1);
  const severity = topic?.severity ?? draws.pick(`severity/${name}`, [1, 2] as const);
  const owner =
    topic?.owner ?? (["CLIENT_ENG", "CLIENT_DEP", "RENEWAL"].includes(label) ? "client" : "us");
  return {
    text: words[turn] ?? words[0],
    mark: { label, polarity, severity, owner, family: `${label}/${polarity}/${turn}` },
    source: topic?.source ?? null,
  };
}

function filler(
  cast: Cast,
  { plan, draws }: { plan: ProjectPlan; draws: Draws },
  day: Day,
): (text: string, turn: number) => string {
  const { pack } = cast.setting;
  return (text, turn) => {
    const seat = plan.seats[draws.between(`colleague/${turn}`, 0, plan.seats.length - 1)];
    const colleague = cast.person(seat?.personId ?? plan.leadId).name.split(" ")[0] ?? "";
    const later = day + draws.between(`later/${turn}`, 3, 20);
    return text
      .replaceAll(
        "{d}",
        `${new Date((later - Math.max(0, weekday(later) - 5)) * 86_400_000).getUTCDate()}th`,
      )
      .replaceAll(
        "{c}",
        (draws.chance(`who/${turn}`, 0.5)
          ? plan.client.sponsorName
          : plan.client.contactName
        ).split(" ")[0] ?? "",
      )
      .replaceAll("{p}", colleague)
      .replaceAll("{s}", `the ${draws.pick(`stage/${turn}`, pack.deliverables).toLowerCase()}`)
      .replaceAll("{n}", String(draws.between(`number/${turn}`, 3, 12)));
  };
}

function cased(words: string, register: (typeof registers)[number], before: string): string {
  if (register === "log") return words.toLowerCase();
  const starts = before === "" || /[.:\n-] ?$/.test(before);
  return starts && register !== "chat" ? words.slice(0, 1).toUpperCase() + words.slice(1) : words;
}

import {
  type ApprovalOutcome,
  type ApprovalRequest,
  type ApproverPace,
  answers,
  directorFrom,
  type HoldUp,
  type HoldUpSpan,
  objections,
  paces,
  questions,
} from "./approval.ts";
import { at, type Calendar, dayOf, type Moment, minutesPerDay } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import type { Draws } from "./draws.ts";
import type { Log } from "./events.ts";
import type { ProjectChange } from "./intervention-kinds.ts";
import type { SimulatedPerson } from "./people.ts";
import type { RecordShapes } from "./records.ts";

/** Plays one request from asking to decision and writes its events. */
export function decideApproval(cast: Cast, log: Log, request: ApprovalRequest): ApprovalOutcome {
  const play = new Play(cast, log, request);
  return play.run();
}

/* One request under way. Its fields move with the simulated clock. */
class Play {
  readonly #cast: Cast;
  readonly #log: Log;
  readonly #request: ApprovalRequest;
  readonly #draws: Draws;
  readonly #calendar: Calendar;
  readonly #spans: HoldUpSpan[] = [];
  #now: Moment;
  #approver: SimulatedPerson;
  #returns = 0;

  constructor(cast: Cast, log: Log, request: ApprovalRequest) {
    this.#cast = cast;
    this.#log = log;
    this.#request = request;
    this.#draws = cast.setting.draws.of("approval", request.id);
    this.#calendar = cast.setting.calendar;
    this.#now = request.requestedAt;
    this.#approver = cast.person(request.approverId);
  }

  run(): ApprovalOutcome {
    const { requesterId, pace, kind, amountCents, requestedAt } = this.#request;
    const extra = this.#change("extra-levels");
    const self = this.#change("requester-decides");
    if (self) this.#approver = this.#cast.person(requesterId);
    const director = kind === "invoice" && (amountCents ?? 0) >= directorFrom;
    const levels = 1 + (director ? 1 : 0) + (extra ? Math.max(2, Math.round(extra.strength)) : 0);
    this.#open(levels);
    this.#beforeAnyoneLooks();
    this.#wait(pace, "first");
    this.#escalate(requestedAt);
    const firstDecidedAt = this.#now;
    this.#askBack();
    this.#disagree();
    for (let level = 2; level <= levels; level += 1) {
      const from = this.#now;
      this.#note("forwarded", { level, approverId: this.#director(level) });
      this.#approver = this.#cast.person(this.#director(level));
      this.#wait("director", `level ${level}`);
      if (extra && level > (director ? 2 : 1)) this.#span("levels", from, extra.id);
    }
    const rejected = ["expense", "purchase"].includes(kind) && this.#draws.chance("rejected", 0.03);
    const decision = rejected ? "rejected" : "approved";
    this.#note(
      decision,
      {
        state: decision,
        decidedAt: this.#calendar.instant(this.#now),
        decidedBy: this.#approver.id,
      },
      this.#backdated(),
    );
    return {
      request: this.#request,
      firstDecidedAt,
      decidedAt: this.#now,
      decision,
      decidedBy: this.#approver.id,
      spans: this.#spans,
    };
  }

  #change(kind: ProjectChange) {
    const { projectId, requestedAt } = this.#request;
    if (projectId === null || !["invoice", "change_order"].includes(this.#request.kind))
      return null;
    return this.#cast.circumstances.on(kind, projectId, dayOf(requestedAt));
  }

  #open(levels: number): void {
    const {
      id,
      clientId,
      sitting: _sitting,
      haste: _haste,
      pace: _pace,
      requestedAt,
      ...request
    } = this.#request;
    const unnoticed = this.#change("notice-lost") !== null;
    const queued = this.#change("group-queue") !== null;
    const gone = this.#change("approver-inactive") !== null;
    const former = this.#cast.people.at(-1);
    const approverId = queued ? null : gone && former ? former.id : this.#approver.id;
    this.#log.opened("approval", id, {
      what: "requested",
      when: { occurred: requestedAt },
      fields: {
        ...request,
        approverId,
        queue: queued ? "finance-approvals" : null,
        level: 1,
        levels,
        requestedAt: this.#calendar.instant(requestedAt),
        notifiedAt: unnoticed ? null : this.#calendar.instant(requestedAt + 1),
        claimedAt: null,
        state: "pending",
        returns: 0,
        decidedAt: null,
        decidedBy: null,
      },
      links: {
        [request.subjectType]: request.subjectId,
        project: request.projectId,
        client: clientId,
        "person:approver": approverId,
        "person:requester": request.requesterId,
      },
    });
  }

  #beforeAnyoneLooks(): void {
    const stall = (kind: ProjectChange, what: HoldUp): Moment | null => {
      const change = this.#change(kind);
      if (!change) return null;
      const from = this.#now;
      this.#now = this.#calendar.add(this.#now, change.strength);
      this.#span(what, from, change.id);
      return this.#now;
    };
    if (stall("upstream-unsigned", "upstream") !== null) this.#note("prerequisite-met", {});
    if (stall("approver-inactive", "inactive") !== null)
      this.#note("reassigned", { approverId: this.#approver.id });
    if (stall("group-queue", "unclaimed") !== null)
      this.#note("claimed", {
        approverId: this.#approver.id,
        claimedAt: this.#calendar.instant(this.#now),
      });
    if (stall("notice-lost", "unnoticed") !== null)
      this.#note("reminded", { notifiedAt: this.#calendar.instant(this.#now) });
    const timer = this.#change("timer-only");
    if (timer) {
      const from = this.#now;
      this.#now = this.#calendar.add(this.#now + 7 * minutesPerDay, 0.02);
      this.#span("timer", from, timer.id);
      this.#note("escalated", {});
    }
  }

  #wait(pace: ApproverPace, name: string): void {
    const [median, spread] = paces[pace];
    const { sitting } = this.#request;
    const own = this.#draws.normal(name);
    const shared =
      sitting === undefined
        ? 0
        : this.#cast.setting.draws.of("person", this.#approver.id).normal(`sitting/${sitting}`);
    const normal = sitting === undefined ? own : 0.92 * shared + 0.39 * own;
    const days =
      median * Math.exp(spread * normal) * this.#approver.pace * (this.#request.haste ?? 1);
    this.#untilBack();
    const overload = this.#cast.circumstances.on("overload", this.#approver.id, dayOf(this.#now));
    const from = this.#now;
    // However little somebody needs for one request, under a pile it waits its turn.
    const turn = overload ? Math.max(days, 0.5) * overload.strength : days;
    this.#now = this.#calendar.add(this.#now, Math.max(0.01, turn));
    if (overload) this.#span("overloaded", from, overload.id);
    this.#untilBack();
  }

  /** Nobody decides while away, unless somebody covers. */
  #untilBack(): void {
    for (;;) {
      const today = dayOf(this.#now);
      const away = this.#approver.absences.find(
        ({ from, until }) => today >= from && today < until,
      );
      if (!away) return;
      if (away.coverId !== null && away.coverId !== this.#approver.id) {
        this.#approver = this.#cast.person(away.coverId);
        this.#note("delegated", { approverId: this.#approver.id });
        return;
      }
      const from = this.#now;
      this.#now = this.#calendar.add(
        at(away.until, 9 * 60),
        0.1 + 0.4 * this.#draws.uniform(`back/${away.from}`),
      );
      const sudden = this.#cast.circumstances.on("sudden-absence", this.#approver.id, away.from);
      this.#span("absent", from, sudden?.id ?? null);
    }
  }

  /** Some firms move a request on after seven calendar days. */
  #escalate(requestedAt: Moment): void {
    const limit = requestedAt + 7 * minutesPerDay;
    if (!this.#cast.setting.pack.autoEscalates || this.#now <= limit) return;
    this.#now = this.#calendar.add(limit, 0.02);
    const kept = this.#spans
      .filter(({ from }) => from < this.#now)
      .map((span) => ({ ...span, to: Math.min(span.to, this.#now) }));
    this.#spans.splice(0, this.#spans.length, ...kept);
    this.#note("escalated", {});
  }

  #askBack(): void {
    const change = this.#change("request-incomplete");
    const { kind, requesterId, id } = this.#request;
    // Measured: about one request in nine comes back, the smallest and the largest most often.
    const odds =
      kind === "timesheet"
        ? 0.04
        : 0.05 + 0.07 * Math.abs(2 * this.#draws.uniform("complexity") - 1);
    if (!change && !this.#draws.chance("returned", odds)) return;
    const from = this.#now;
    this.#returns += 1;
    this.#comment(`${id}-q`, this.#approver.id, this.#draws.pick("question", questions));
    this.#note("returned", { state: "returned", returns: this.#returns });
    const gap = change ? change.strength : this.#draws.lognormal("answer", 0.5, 1);
    this.#now = this.#calendar.add(this.#now, gap);
    this.#comment(`${id}-a`, requesterId, this.#draws.pick("answer text", answers));
    this.#note("resubmitted", { state: "pending" });
    const [median, spread] = paces[this.#request.pace];
    this.#now = this.#calendar.add(
      this.#now,
      0.6 * median * Math.exp(spread * this.#draws.normal("second look")),
    );
    this.#span("incomplete", from, change?.id ?? null);
    this.#untilBack();
  }

  #disagree(): void {
    const change = this.#change("approver-disagrees");
    if (!change) return;
    const from = this.#now;
    for (let turn = 0; turn < 4; turn += 1) {
      const author = turn % 2 === 0 ? this.#approver.id : this.#request.requesterId;
      this.#comment(`${this.#request.id}-d${turn}`, author, objections[turn] ?? objections[0]);
      this.#now = this.#calendar.add(this.#now, change.strength / 4);
    }
    this.#span("disagreement", from, change.id);
  }

  #director(level: number): string {
    const directors = this.#cast.people.filter(({ role, active }) => role === "director" && active);
    return directors[(level + this.#approver.index) % directors.length]?.id ?? this.#approver.id;
  }

  #backdated(): Moment {
    return this.#draws.chance("backdated", 0.01) ? this.#calendar.add(this.#now, 1.5) : this.#now;
  }

  #comment(id: string, authorId: string, text: string): void {
    this.#log.opened("approval-comment", id, {
      when: { occurred: this.#now },
      fields: { approvalId: this.#request.id, authorId, text },
      links: { approval: this.#request.id, person: authorId },
    });
  }

  #note(what: string, fields: Partial<RecordShapes["approval"]>, recorded = this.#now): void {
    const { id, subjectType, subjectId } = this.#request;
    this.#log.changed("approval", id, {
      what,
      fields,
      when: { occurred: this.#now, recorded },
      links: { [subjectType]: subjectId, "person:approver": this.#approver.id },
    });
  }

  #span(what: HoldUp, from: Moment, source: string | null): void {
    if (this.#now > from) this.#spans.push({ what, from, to: this.#now, source });
  }
}

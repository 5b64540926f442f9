import { CountersignError } from "#/domain/errors.ts";
import type { LogEvent } from "#/domain/event-log.ts";
import { type LogParser, type LogSink, valueOrNull } from "./log-report.ts";
import { readLogTime } from "./log-time.ts";
import { createXmlTags, type XmlTag } from "./xml-tags.ts";

type Element = {
  readonly name: string;
  readonly key: string;
  readonly line: number;
  /** Attributes of this element: keys of nested ones are `outer/inner`. */
  readonly values: Map<string, string>;
};

type PendingEvent = { readonly values: Map<string, string>; readonly line: number };

const attributeNames = new Set([
  "string",
  "date",
  "int",
  "float",
  "boolean",
  "id",
  "list",
  "container",
]);
/** Declarations: what they hold describes the log and is no event. */
const declarations = new Set(["global", "extension", "classifier"]);
/** Life-cycle transitions that are not the doing itself (IEEE 1849, standard model). */
const notDone = new Set([
  "schedule",
  "assign",
  "withdraw",
  "reassign",
  "start",
  "suspend",
  "resume",
  "pi_abort",
  "ate_abort",
  "autoskip",
  "manualskip",
]);
const groupKeys = [
  "org:group",
  "(case)_OrganizationalEntity",
  "case:OrganizationalEntity",
  "OrganizationalEntity",
];
/** Only events and traces collect attributes. */
const nothing = new Map<string, string>();
/** A trace is held until it closes, because its name may come last. */
const longestTrace = 1_000_000;

/**
 * Reads events from XES (IEEE 1849), with or without its namespace. Throws INVALID_ARGUMENTS when
 * the document is not well formed or is no XES; events without a name or a time are problems with
 * their line number.
 */
export function createXesEvents(sink: LogSink, { zone }: { zone: string }): LogParser {
  const path: Element[] = [];
  const caseIds = new Set<string>();
  let classifier: readonly string[] = [];
  let events: PendingEvent[] = [];
  let traces = 0;
  const tags = createXmlTags((tag) => (tag.kind === "open" ? open(tag) : close()));
  return tags;

  function open(tag: XmlTag): void {
    const { name, attributes, line } = tag;
    const key = attributes["key"] ?? "";
    if (path.length === 0 && name !== "log")
      throw new CountersignError("INVALID_ARGUMENTS", { problems: "the XML is not an XES log" });
    if (name === "classifier" && classifier.length === 0)
      classifier = (attributes["keys"] ?? "").split(/\s+/).filter(Boolean);
    if (name === "event" && events.length >= longestTrace)
      throw new CountersignError("INVALID_ARGUMENTS", {
        problems: `line ${line} of the log: a trace has more than ${longestTrace} events`,
      });
    const owner = path.findLast((element) => element.name === "event" || element.name === "trace");
    if (
      attributeNames.has(name) &&
      owner &&
      !path.some((element) => declarations.has(element.name))
    )
      keep(owner, { tag, key });
    const values = name === "event" || name === "trace" ? new Map<string, string>() : nothing;
    path.push({ name, key, line, values });
  }

  function keep(owner: Element, { tag, key }: { tag: XmlTag; key: string }): void {
    const value = tag.attributes["value"];
    if (key === "" || value === undefined) return;
    const outer = path.slice(path.indexOf(owner) + 1).flatMap((element) => element.key || []);
    const full = [...outer, key].join("/");
    const known = owner.values.get(full);
    if (known !== undefined) sink.report.repeatedKeys += 1;
    // A placeholder gives way to what comes after it.
    if (known === undefined || known === "") owner.values.set(full, value);
  }

  function close(): void {
    const element = path.pop();
    if (element?.name === "event" && path.at(-1)?.name === "trace")
      events.push({ values: element.values, line: element.line });
    if (element?.name === "trace") {
      emitTrace(element);
      events = [];
    }
  }

  function emitTrace({ values, line }: Element): void {
    traces += 1;
    const named = values.get("concept:name")?.trim() ?? "";
    const id = sink.own(named === "" ? `#${traces}` : named);
    if (named === "")
      sink.problem(line, `a trace without a name; its events are kept as case ${id}`);
    else if (caseIds.has(id))
      sink.problem(line, "a second trace of the same name; its events join it");
    if (named === "" || caseIds.has(id)) sink.report.unclearCases += 1;
    caseIds.add(id);
    for (const event of events) emitEvent(id, event);
  }

  function emitEvent(id: string, { values, line }: PendingEvent): void {
    const transition = values.get("lifecycle:transition")?.toLowerCase();
    if (transition !== undefined && notDone.has(transition)) {
      sink.report.otherTransitions += 1;
      return;
    }
    const classified = classifier.map((key) => values.get(key)?.trim() ?? "");
    const activity = values.get("concept:name")?.trim() || classified.filter(Boolean).join("+");
    const time = readLogTime(values.get("time:timestamp") ?? "", zone);
    if (!activity || !time) {
      const missing = [!activity && "name", !time && "time"].filter(Boolean);
      sink.problem(line, `an event with no ${missing.join(" and no ")}`);
      return;
    }
    if (!time.zoned) sink.report.withoutZone += 1;
    const group = groupKeys
      .map((key) => valueOrNull(values.get(key)))
      .find((value) => value !== null);
    sink.event({
      case: id,
      activity: sink.own(activity),
      at: time.at,
      resource: sink.own(valueOrNull(values.get("org:resource"))),
      role: sink.own(valueOrNull(values.get("org:role"))),
      group: sink.own(group ?? null),
      attributes: otherAttributes(values),
    });
  }
}

const canonical = new Set([
  "concept:name",
  "time:timestamp",
  "org:resource",
  "org:role",
  "org:group",
  "lifecycle:transition",
]);

const otherAttributes = (values: ReadonlyMap<string, string>): LogEvent["attributes"] =>
  Object.fromEntries([...values].filter(([key]) => !canonical.has(key)));

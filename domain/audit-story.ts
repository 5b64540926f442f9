import { z } from "zod";
import type { AuditEvent, Opening } from "./audit-event.ts";
import { contentHash } from "./canonical-json.ts";
import { commitmentOf } from "./commitment.ts";
import type { Evidence } from "./evidence.ts";
import { formatMoney, Money } from "./money.ts";
import { plainText } from "./plain-text.ts";
import { Payload, payloadHash } from "./proposal.ts";
import { formatRef } from "./record.ts";

/** What the lines of an audit point at, as far as it is at hand. */
export type StoryFacts = {
  readonly openings: readonly Opening[];
  readonly evidence: readonly Evidence[];
};

const Body = z.object({
  kind: z.string(),
  actor: z.string(),
  subject: z.string(),
  detail: z.record(z.string(), z.unknown()),
  commitments: z.record(z.string(), z.string()).default({}),
});
type Body = z.infer<typeof Body>;

/** Those lines of an audit that are about a proposal, in any version. */
export const linesAbout = (events: Iterable<AuditEvent>, proposal: string): AuditEvent[] =>
  [...events].filter(({ body }) => {
    const { subject } = bodyOf(body) ?? { subject: "" };
    return subject === `proposal:${proposal}` || subject.startsWith(`proposal:${proposal}:`);
  });

/**
 * Who saw what, who decided what under which policy, and what ran: from audit lines alone, with
 * evidence and personal values where they are still kept. Plain lines for a terminal.
 */
export function auditStory(events: readonly AuditEvent[], facts: StoryFacts): string[] {
  return events.flatMap((event) => {
    const head = `#${event.seq}  ${event.at.slice(0, 19).replace("T", " ")} UTC  `;
    const body = bodyOf(event.body);
    if (!body) return [`${head}cannot be read`];
    const opened = openedOf(event, body, facts.openings);
    const [first = body.kind, ...rest] = [
      ...told(body, opened),
      ...(body.kind === "proposal.submitted" ? seen(body, facts.evidence) : []),
    ];
    return [`${head}${first}`, ...rest.map((line) => `      ${line}`)];
  });
}

function bodyOf(text: string): Body | null {
  try {
    return Body.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

type Opened = (name: string) => unknown;
const notKept = Symbol("not kept");

/** Values behind the commitments. What does not fit its commitment is no value. */
const openedOf =
  ({ seq }: AuditEvent, { commitments }: Body, openings: readonly Opening[]): Opened =>
  (name) => {
    const kept = openings.find((each) => each.seq === seq && each.name === name);
    if (!kept?.salt || kept.value === null) return notKept;
    return commitmentOf(kept.salt, kept.value) === commitments[name]
      ? (JSON.parse(kept.value) as unknown)
      : notKept;
  };

const text = (value: unknown, most = 200): string =>
  plainText(typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing"), most);
const short = (hash: unknown): string => text(hash).slice(0, 12);
const list = (value: unknown): string =>
  Array.isArray(value) && value.length > 0 ? value.map((each) => text(each)).join(", ") : "none";

const words = (opened: Opened, name: string): string => {
  const value = opened(name);
  return value === notKept ? "[not kept, only its commitment]" : `“${text(value, 600)}”`;
};

function told(body: Body, opened: Opened): string[] {
  const { actor, detail, commitments } = body;
  const who = text(actor);
  switch (body.kind) {
    case "proposal.submitted":
      return [
        `${who} proposed ${text(detail["action"])} on ${text(detail["target"])}${amount(detail["amount"])}, ${text(body.subject)}`,
        `because of ${list(detail["causes"])}; written by ${mind(detail["producedBy"])}; payload ${short(detail["payloadHash"])}`,
        ...change(opened("payload"), detail),
        policy(detail["decision"]),
      ];
    case "card.shown":
      return [
        `a card was shown to ${text(detail["person"])} in ${text(detail["channel"])} (${text(detail["anchor"])})`,
      ];
    case "vote.refused":
      return [
        `the vote of ${who} (${text(detail["verdict"])}, via ${text(detail["channel"])}) was refused: ${reasons(detail["reasons"])}`,
      ];
    case "vote.recorded":
    case "proposal.approved":
    case "proposal.rejected":
      return [
        `${who} voted ${text(detail["verdict"])} as ${text(detail["as"])} via ${text(detail["channel"])}, having seen payload ${short(detail["shownHash"])}${detail["channelTrusted"] === true ? ", with a second factor" : ""}`,
        `policy set ${short(detail["policySetHash"])}; votes now ${text(detail["have"])}, still needed ${text(detail["need"])}${moved(detail)}`,
        ...("reason" in commitments ? [`reason: ${words(opened, "reason")}`] : []),
      ];
    case "effect.attempted":
      return [
        `${who} called the target: ${text(detail["step"])}, attempt ${text(detail["attempt"])}`,
      ];
    case "effect.verified":
      return [
        `${who} read back ${reference(detail["record"])}: ${text(detail["externalId"])}, fields ${list(detail["fields"])}`,
        ...("observed" in commitments ? [`observed: ${words(opened, "observed")}`] : []),
      ];
    case "run.started":
    case "run.stopped":
    case "proposal.expired":
      return [
        `${who}: ${body.kind.replace(".", " ")}${detail["reason"] ? `, ${text(detail["reason"], 400)}` : ""}${moved(detail)}`,
        ...(detail["decision"] === undefined
          ? []
          : [
              policy(detail["decision"]),
              `votes counted ${list(detail["votesCounted"])}; dropped ${list(detail["votesDropped"])}`,
            ]),
      ];
    default:
      return [
        `${who}: ${text(body.kind).replace(".", " ")}${detail["reason"] ? `, ${text(detail["reason"], 400)}` : ""}${moved(detail)}`,
      ];
  }
}

const amount = (value: unknown): string => {
  const money = Money.safeParse(value).data;
  return money ? `, ${formatMoney(money)}` : "";
};

const mind = (value: unknown): string => {
  const found = z.object({ mind: z.string(), promptHash: z.string().nullable() }).safeParse(value);
  if (!found.success) return "nobody named";
  const { mind: name, promptHash } = found.data;
  return `${text(name)}${promptHash ? ` (prompt ${short(promptHash)})` : ""}`;
};

/** The payload is only believed when it has the hash that was voted on. */
function change(value: unknown, detail: Body["detail"]): string[] {
  const payload = Payload.safeParse(value === notKept ? null : value).data;
  if (!payload || payloadHash(payload) !== detail["payloadHash"])
    return [`changes ${list(detail["fields"])} [values not kept, only their commitment]`];
  return payload.effects.map(
    ({ record, field, before, after }) =>
      `changes ${text(formatRef(record))} ${text(field)}: ${text(before)} → ${text(after)}`,
  );
}

const PolicySaid = z.object({
  effect: z.string(),
  need: z.record(z.string(), z.number()).optional(),
  policies: z.array(z.object({ id: z.string(), reason: z.string() })),
  policySetHash: z.string(),
});

function policy(value: unknown): string {
  const found = PolicySaid.safeParse(value).data;
  if (!found) return "policy: nothing recorded";
  const need = Object.entries(found.need ?? {}).map(([kind, count]) => `${count} ${text(kind)}`);
  return `policy: ${text(found.effect)}${need.length > 0 ? ` ${need.join(", ")}` : ""} (${reasons(found.policies)}), set ${short(found.policySetHash)}`;
}

const reasons = (value: unknown): string => {
  const found = z.array(z.object({ id: z.string(), reason: z.string() })).safeParse(value).data;
  return found && found.length > 0
    ? found.map(({ id, reason }) => `${text(id)}: ${text(reason)}`).join("; ")
    : "no policy named";
};

const moved = (detail: Body["detail"]): string =>
  detail["to"] === undefined ? "" : `; ${text(detail["from"])} → ${text(detail["to"])}`;

const reference = (value: unknown): string => {
  const found = z
    .object({ system: z.string(), type: z.string(), id: z.string() })
    .safeParse(value).data;
  return found ? text(`${found.system}:${found.type}:${found.id}`) : "the target";
};

function seen({ detail }: Body, evidence: readonly Evidence[]): string[] {
  const ids = z.array(z.string()).catch([]).parse(detail["evidence"]);
  return ids.map((id) => {
    const fact = evidence.find((each) => each.id === id);
    if (!fact) return `seen: ${text(id)}`;
    const { record, connection, field, value, label } = fact;
    const digest = contentHash({ record, connection, field, value, label });
    if (id !== `ev_${digest.slice(0, 16)}`)
      return `seen: ${text(id)}, but what is kept under it is another fact`;
    return `seen: ${text(formatRef(record))} ${text(field)} = ${text(value)} (${label}, read ${text(fact.retrievedAt)}, ${text(id)})`;
  });
}

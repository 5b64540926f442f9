/** Who has to act on it. Decides at the door: reply, alert, retry or report. */
export type Blame = "user" | "operator" | "upstream" | "bug";

/**
 * Every error we throw on purpose: the sentence says what to do next.
 * `{name}` is filled from the details. Generated into docs/errors.md.
 */
export const errorCatalogue = {
  UNKNOWN_PROJECT: {
    blame: "user",
    fix: "No project matches “{project}”. Ask for the project list, then use a name or id from it.",
  },
  UNKNOWN_INVOICE: {
    blame: "user",
    fix: "No invoice matches “{invoice}”. Ask which invoices are late, then use a number from that list.",
  },
  UNKNOWN_APPROVAL: {
    blame: "user",
    fix: "No request for approval matches “{approval}”. Ask which approvals are late, then use an id from that list.",
  },
  AMBIGUOUS_NAME: {
    blame: "user",
    fix: "“{name}” matches more than one record: {candidates}. Use the id.",
  },
  UNKNOWN_RECORD: {
    blame: "user",
    fix: "No {kind} matches “{name}”. Ask for the list, then use a name or id from it.",
  },
  NO_OPERATING_PICTURE: {
    blame: "user",
    fix: "This connection has no change feed, so nothing is known of the firm as a whole. Ask about single invoices, or have an administrator connect a system with a change feed.",
  },
  UNKNOWN_ACTION: {
    blame: "user",
    fix: "There is no action “{action}” in the catalogue. Choose one of: {known}.",
  },
  UNKNOWN_PROPOSAL: {
    blame: "user",
    fix: "No proposal {proposal} that you may see. List the proposals, then use an id from that list.",
  },
  NOT_A_CANDIDATE: {
    blame: "user",
    fix: "{action} on {target} is not a candidate for this case. Candidates: {candidates}.",
  },
  INVALID_ARGUMENTS: {
    blame: "user",
    fix: "The arguments are not valid: {problems}. Correct them.",
  },
  PRECONDITION_FAILED: {
    blame: "user",
    fix: "{action} cannot be proposed now: {reason}. Clear that first, then ask again.",
  },
  CONFLICTING_KEY: {
    blame: "user",
    fix: "The idempotency key {key} was used for a different request. Use a new key for a new request.",
  },
  UNKNOWN_EVIDENCE: {
    blame: "user",
    fix: "Evidence {evidence} does not exist. Cite ids returned by the tools of this conversation.",
  },
  POLICY_DENIES: { blame: "user", fix: "Policy does not allow this: {reasons}." },
  FORBIDDEN: {
    blame: "user",
    fix: "{who} may not {what}. Ask an administrator for the {needed} right.",
  },
  WEBHOOK_UNKNOWN: {
    blame: "operator",
    fix: "No connection named {connection}. Send webhooks to /webhooks/<connection>.",
  },
  WEBHOOK_SIGNATURE: {
    blame: "operator",
    fix: "The signature does not match. Check the signing secret of connection {connection}.",
  },
  WEBHOOK_STALE: {
    blame: "operator",
    fix: "The timestamp is more than five minutes from now. Check the sender's clock, then send again.",
  },
  WEBHOOK_MALFORMED: {
    blame: "operator",
    fix: "The body is not a valid event: {problems}. Nothing was stored; send a corrected event.",
  },
  WEBHOOK_TOO_LARGE: {
    blame: "operator",
    fix: "The body is larger than {limit} bytes. Send ids, not documents.",
  },
  CONFIG_INVALID: { blame: "operator", fix: "Cannot start:\n{problems}" },
  FOLDER_IN_USE: {
    blame: "operator",
    fix: "{folder} is already open in another Countersign process. Stop it, or set COUNTERSIGN_HOME to another folder.",
  },
  AUDIT_BROKEN: {
    blame: "operator",
    fix: "The audit of {tenant} does not hold by itself: {problem}. Restore the database from a backup that does, then reconcile.",
  },
  AUDIT_NOT_INTACT: {
    blame: "operator",
    fix: "The audit of {tenant} is not the one that was signed, so nothing runs. Compare it with its checkpoints, then run: countersign audit reconcile.",
  },
  MIGRATION_CHANGED: {
    blame: "operator",
    fix: "Migration {name} was changed after it ran. Restore the file; put the change in a new migration.",
  },
  DATABASE_UNREACHABLE: {
    blame: "operator",
    fix: "The database does not answer. Check DATABASE_URL and that the server is up.",
  },
  CONNECTOR_AUTH: {
    blame: "operator",
    fix: "{system} refused our credentials. Renew them in the configuration; reads stay marked as stale until then.",
  },
  CONNECTOR_UNAVAILABLE: {
    blame: "upstream",
    fix: "{system} did not give a usable answer. We retry; if it lasts, check the system's status.",
  },
  SYSTEM_RESTING: {
    blame: "upstream",
    fix: "{system} has failed since {since}, so nothing is sent to it. One call tries it again at {again}; if it lasts, check the system's status.",
  },
  SOURCE_STALE: {
    blame: "upstream",
    fix: "Nothing is proposed on facts that may be out of date: {sources}. Ask again once it answers; if it lasts, check the system's status.",
  },
  CONNECTOR_SHAPE: {
    blame: "upstream",
    fix: "{system} sent {record} in a shape we do not know: {problems}. Compare the connector with the system's version.",
  },
  FIELD_NOT_WRITABLE: {
    blame: "bug",
    fix: "{operation} tried to send the field {field}, which is not on its list. Fix the connector; nothing was sent.",
  },
  TRANSACTION_NESTED: {
    blame: "bug",
    fix: "The pool was used inside a transaction. Use the transaction's own client.",
  },
  ILLEGAL_MOVE: {
    blame: "bug",
    fix: "A {noun} cannot go from {from} to {to}. See the table of legal moves.",
  },
  NOT_CANONICAL: {
    blame: "bug",
    fix: "A value cannot be written as canonical JSON: {why}. Use strings, safe integers, booleans, null, arrays and objects.",
  },
  POLICY_SET_INVALID: {
    blame: "operator",
    fix: "The policy set is refused: {problems}. Correct it; the active set stays in force.",
  },
  CARD_INVALID: {
    blame: "bug",
    fix: "A card does not fit Slack's limits: {problems}. Decide in the console meanwhile; shorten the card.",
  },
  MODEL_OUTPUT_INVALID: {
    blame: "upstream",
    fix: "The model's answer did not fit the schema. The rules answer instead.",
  },
} as const satisfies Record<string, { blame: Blame; fix: string }>;

export type ErrorCode = keyof typeof errorCatalogue;
export type ErrorDetails = Readonly<Record<string, string | number>>;

/**
 * The only error class of the house. `message` is our own sentence, safe to show to a person or a
 * model as long as the details are ours; text from upstream goes into `cause`, and so to the log.
 */
export class CountersignError extends Error {
  override name = "CountersignError";
  readonly code: ErrorCode;
  readonly blame: Blame;
  readonly details: ErrorDetails;
  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(
      errorCatalogue[code].fix.replace(/\{(\w+)\}/g, (_, name: string) =>
        String(details[name] ?? "?"),
      ),
      options,
    );
    this.code = code;
    this.blame = errorCatalogue[code].blame;
    this.details = details;
  }
}

/** By name, not by class: an error that was stored and replayed has lost its class. */
export const isCountersignError = (error: unknown): error is CountersignError =>
  error instanceof Error && error.name === "CountersignError" && "code" in error;

import { CountersignError } from "#/domain/errors.ts";
import { type RefusalCode, Refused } from "#/domain/run.ts";

/**
 * What went wrong in one call. All but `lost`, `busy` and `defect` say that nothing was written:
 * the server rolled its transaction back.
 */
export type FaultKind =
  | "credentials"
  | "not-allowed"
  | "rule"
  | "warning"
  | "stale"
  | "locked"
  | "busy"
  | "defect"
  | "lost";

/** Upstream words are only in `cause`, and so only in the log. */
export class TrytonFault extends Error {
  override name = "TrytonFault";
  readonly kind: FaultKind;
  /** The key of a warning that asks for an acknowledgement, e.g. `invoice_payment_term_7`. */
  readonly warning: string | null;
  constructor(
    kind: FaultKind,
    options: { cause?: unknown; warning?: string | null; method: string },
  ) {
    super(`Tryton: ${kind} in ${options.method}`, { cause: options.cause });
    this.kind = kind;
    this.warning = options.warning ?? null;
  }
}

export const isTrytonFault = (error: unknown): error is TrytonFault => error instanceof TrytonFault;

/** An error answer `[KIND, ARGUMENTS]`. Kinds are no closed set: anything unknown is a defect. */
export function faultOfAnswer(method: string, [kind, detail]: [string, unknown]): TrytonFault {
  const words: unknown = Array.isArray(detail) ? detail[0] : detail;
  const text = typeof words === "string" ? words : "";
  const cause = new Error(`${kind}: ${text}`);
  if (kind === "ConcurrencyException") return new TrytonFault("stale", { cause, method });
  if (kind === "UserWarning")
    return new TrytonFault("warning", { cause, method, warning: text || null });
  if (kind === "UserError")
    return new TrytonFault(noRight.test(text) ? "not-allowed" : "rule", { cause, method });
  // The database's own words come as the kind. Measured: five of six parallel `post` end like this.
  if (databaseLock.test(kind)) return new TrytonFault("locked", { cause, method });
  return new TrytonFault("defect", { cause, method });
}

// The client asks for English, so the words do not depend on the user's language.
const noRight = /\bnot allowed\b/i;
const databaseLock = /could not obtain lock|could not serialize|deadlock detected/i;

/** A refusal by HTTP status. 401 and 403 come before the method runs. */
export function faultOfStatus(method: string, status: number): TrytonFault {
  const cause = new Error(`HTTP ${status}`);
  if (status === 401) return new TrytonFault("credentials", { cause, method });
  if (status === 429) return new TrytonFault("busy", { cause, method });
  if (status === 400 || status === 403) return new TrytonFault("defect", { cause, method });
  return new TrytonFault("lost", { cause, method });
}

/** A fault while reading, in the vocabulary of all connectors. */
export function readFailure(error: unknown, record: string): unknown {
  if (!isTrytonFault(error)) return error;
  const code = readCodes[error.kind];
  return code === "CONNECTOR_SHAPE"
    ? shapeFailure(record, error)
    : new CountersignError(code, { system: "Tryton" }, { cause: error });
}

const readCodes = {
  credentials: "CONNECTOR_AUTH",
  "not-allowed": "CONNECTOR_AUTH",
  lost: "CONNECTOR_UNAVAILABLE",
  busy: "CONNECTOR_UNAVAILABLE",
  locked: "CONNECTOR_UNAVAILABLE",
  stale: "CONNECTOR_UNAVAILABLE",
  rule: "CONNECTOR_SHAPE",
  warning: "CONNECTOR_SHAPE",
  defect: "CONNECTOR_SHAPE",
} as const satisfies Record<FaultKind, string>;

/**
 * A fault while writing. `Refused` only where the server provably wrote nothing; everything else
 * leaves the outcome open, and the caller looks before it tries again.
 */
export function writeFailure(error: unknown, operation: string): unknown {
  if (!isTrytonFault(error)) return error;
  const cause = error;
  const refusal = refusals[error.kind];
  if (refusal !== null) {
    const [code, sentence] = refusal;
    return new Refused(code, sentence(operation, error), { cause });
  }
  if (error.kind === "defect") return shapeFailure(operation, error);
  return new Error(`Tryton gave no usable answer to ${operation}; the outcome is not known.`, {
    cause,
  });
}

type Refusal = readonly [RefusalCode, (operation: string, fault: TrytonFault) => string];
const refusals: Readonly<Record<FaultKind, Refusal | null>> = {
  credentials: ["forbidden", () => "Tryton refused our credentials; nothing was written."],
  "not-allowed": ["forbidden", (operation) => `Our Tryton user has no right for ${operation}.`],
  rule: ["invalid", (operation) => `A business rule of Tryton refused ${operation}.`],
  warning: ["needs-acknowledgement", (_, { warning }) => warningSentence(warning)],
  stale: ["conflict", () => "The record was changed in Tryton meanwhile."],
  locked: ["conflict", () => "Tryton was busy with another change; nothing was written."],
  busy: null,
  defect: null,
  lost: null,
};

const shapeFailure = (record: string, cause: unknown) =>
  new CountersignError(
    "CONNECTOR_SHAPE",
    { system: "Tryton", record, problems: "an error of a kind the connector does not know" },
    { cause },
  );

function warningSentence(warning: string | null): string {
  const known = warning?.startsWith("invoice_payment_term_")
    ? "the payment date would lie in the past"
    : "it asks for a confirmation we do not know";
  return `Tryton wants a person to acknowledge a warning first: ${known}. Nothing was written.`;
}

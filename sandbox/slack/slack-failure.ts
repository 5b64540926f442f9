import type { Fields } from "./fields.ts";

/** An answer `{ ok: false, error }` of the Web API, sent with HTTP 200 as the real one does. */
export class SlackFailure extends Error {
  readonly error: string;
  readonly extra: Fields;

  constructor(error: string, extra: Fields = {}) {
    super(`The Web API answers ${error}`);
    this.name = "SlackFailure";
    this.error = error;
    this.extra = extra;
  }
}

/** Something a person cannot do in the client, such as pressing a button that is no longer there. */
export class NotPossible extends Error {
  /** Messages by block id, when the reason is what was typed into a form. */
  readonly errors: Readonly<Record<string, string>>;

  constructor(message: string, errors: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = "NotPossible";
    this.errors = errors;
  }
}

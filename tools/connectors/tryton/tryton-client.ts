import { z } from "zod";
import { CountersignError } from "#/domain/errors.ts";
import type { OutboundGuard } from "../guard.ts";
import { decodeValues } from "./decode-values.ts";
import {
  faultOfAnswer,
  faultOfStatus,
  isTrytonFault,
  readFailure,
  TrytonFault,
} from "./tryton-fault.ts";

export type TrytonAccess = {
  /** With the database's name and a slash at the end: `https://erp.firm.example/firm/`. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMilliseconds?: number;
  /** Without one every call goes through. */
  readonly guard?: OutboundGuard;
};

/** The fields read from one model, and the shape they must have. Dotted fields arrive nested. */
export type View<T> = {
  readonly model: string;
  readonly fields: readonly string[];
  readonly schema: z.ZodType<T>;
};

export type Domain = readonly unknown[];

export type TrytonClient = {
  /** One method, the context added as its last parameter. Throws TrytonFault. */
  call(method: string, parameters: readonly unknown[], context?: object): Promise<unknown>;
  /**
   * Every matching record, by id, in pages. Complete or it throws CONNECTOR_AUTH,
   * CONNECTOR_UNAVAILABLE or CONNECTOR_SHAPE.
   */
  read<T extends { id: number }>(view: View<T>, domain: Domain): Promise<T[]>;
  /** The company our user works for; its records are the only ones the server shows. */
  company(): Promise<number>;
};

const pageSize = 500;
const Answer = z.union([
  z.object({ error: z.tuple([z.string(), z.unknown()]) }),
  z.object({ result: z.unknown() }),
]);
const LoginResult = z.tuple([z.int(), z.string()]);
const Preferences = z.looseObject({ company: z.int().nullish() });
type Login = { readonly authorization: string; readonly context: z.infer<typeof Preferences> };

/**
 * JSON-RPC to one database of a Tryton 6.0 server. Logs in on first use, and once more when the
 * server has forgotten the login (it does after ten idle minutes).
 */
export function createTrytonClient(access: TrytonAccess): TrytonClient {
  const send = access.fetch ?? globalThis.fetch;
  let requests = 0;
  let current: Promise<Login> | null = null;

  const post = (method: string, params: readonly unknown[], authorization: string | null) => {
    const once = () => postOnce(method, params, authorization);
    return access.guard ? access.guard.call({ send: once, failedWith: noAnswer }) : once();
  };

  async function postOnce(
    method: string,
    params: readonly unknown[],
    authorization: string | null,
  ): Promise<unknown> {
    const body = JSON.stringify({ id: ++requests, method, params });
    let response: Response;
    let text: string;
    try {
      response = await send(access.url, {
        method: "POST",
        redirect: "error",
        signal: AbortSignal.timeout(access.timeoutMilliseconds ?? 30_000),
        headers: {
          "content-type": "application/json",
          ...(authorization === null ? {} : { authorization }),
        },
        body,
      });
      text = await response.text();
    } catch (cause) {
      throw new TrytonFault("lost", { cause, method });
    }
    if (!response.ok) throw faultOfStatus(method, response.status);
    const answer = Answer.safeParse(parseJson(text));
    if (!answer.success)
      throw new TrytonFault("lost", { cause: new Error("the answer is no JSON-RPC"), method });
    if ("error" in answer.data) throw faultOfAnswer(method, answer.data.error);
    return answer.data.result;
  }

  async function logIn(): Promise<Login> {
    const method = "common.db.login";
    const login = LoginResult.safeParse(
      await post(method, [access.user, { password: access.password }], null),
    );
    // A wrong password is a 401; an answer without a key is a user that may not log in.
    if (!login.success) throw new TrytonFault("credentials", { method });
    const [id, key] = login.data;
    const authorization = `Session ${Buffer.from(`${access.user}:${id}:${key}`).toString("base64")}`;
    const preferences = await post("model.res.user.get_preferences", [true, {}], authorization);
    // English, because refusals for a missing right are only told apart by their words.
    return { authorization, context: { ...Preferences.parse(preferences), language: "en" } };
  }

  function currentLogin(): Promise<Login> {
    if (current !== null) return current;
    const attempt = logIn();
    current = attempt;
    attempt.catch(() => {
      if (current === attempt) current = null;
    });
    return attempt;
  }

  async function call(method: string, parameters: readonly unknown[], context: object = {}) {
    const attempt = currentLogin();
    const run = async ({ authorization, context: own }: Login) =>
      decodeValues(await post(method, [...parameters, { ...own, ...context }], authorization));
    const first = await attempt;
    try {
      return await run(first);
    } catch (fault) {
      if (!isTrytonFault(fault) || fault.kind !== "credentials") throw fault;
      // The 401 came before the method ran, so repeating it is safe, for writes too.
      if (current === attempt) current = null;
      return run(await currentLogin());
    }
  }

  async function readPage<T>({ model, fields, schema }: View<T>, domain: Domain): Promise<T[]> {
    let rows: unknown;
    try {
      rows = await call(`model.${model}.search_read`, [
        domain,
        0,
        pageSize,
        [["id", "ASC"]],
        fields,
      ]);
    } catch (error) {
      throw readFailure(error, model);
    }
    const parsed = z.array(schema).safeParse(rows);
    if (parsed.success) return parsed.data;
    const problems = parsed.error.issues
      .slice(0, 3)
      .map(({ path, code }) => `${path.slice(1).join(".")}: ${code}`)
      .join("; ");
    throw new CountersignError(
      "CONNECTOR_SHAPE",
      { system: "Tryton", record: model, problems },
      { cause: parsed.error },
    );
  }

  return {
    call,
    async read(view, domain) {
      const found = [];
      let last = 0;
      for (;;) {
        // By the last id and not by offset: a record created meanwhile shifts no page.
        const page = await readPage(view, [...domain, ["id", ">", last]]);
        found.push(...page);
        if (page.length < pageSize) return found;
        last = page.at(-1)?.id ?? last;
      }
    },
    async company() {
      try {
        const { context } = await currentLogin();
        if (typeof context.company === "number") return context.company;
      } catch (error) {
        throw readFailure(error, "res.user");
      }
      // Without a company the server shows no records at all, and says nothing of it.
      throw new CountersignError("CONNECTOR_AUTH", { system: "Tryton" });
    },
  };
}

/** The server is what was wrong, not what we asked. */
const noAnswer = (error: unknown): boolean =>
  isTrytonFault(error) && (error.kind === "lost" || error.kind === "busy");

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A server that speaks the wire format of Tryton 6.0, with answers written down from a real one.
 * For tests: `fetch` goes to the connector, `calls` shows what was asked.
 */
export type FakeTryton = {
  readonly fetch: typeof globalThis.fetch;
  readonly calls: { method: string; params: unknown[]; authorization: string | null }[];
};

export type FakeAnswer =
  | { readonly result: unknown }
  | { readonly error: readonly [string, unknown] }
  | { readonly status: number };

const preferences = { company: 1, employee: 1, language: "fr", groups: [6, 3] };

/** `answer` gets every call but the login; `undefined` falls back to an empty list. */
export function fakeTryton(
  answer: (method: string, params: readonly unknown[]) => FakeAnswer | undefined,
): FakeTryton {
  const calls: FakeTryton["calls"] = [];
  return {
    calls,
    fetch: async (_url, init) => {
      const body = JSON.parse(typeof init?.body === "string" ? init.body : "{}") as {
        id: number;
        method: string;
        params: unknown[];
      };
      const authorization = new Headers(init?.headers).get("authorization");
      calls.push({ method: body.method, params: body.params, authorization });
      const given = answer(body.method, body.params) ?? usual(body.method);
      if ("status" in given) return new Response("no", { status: given.status });
      return Response.json({ id: body.id, ...given });
    },
  };
}

/** Answers `search_read` from tables, paged by id as the connector asks; other conditions are not applied. */
export const fromTables =
  (tables: Readonly<Record<string, readonly { id: number }[]>>) =>
  (method: string, params: readonly unknown[]): FakeAnswer | undefined => {
    const model = /^model\.(.+)\.search_read$/.exec(method)?.[1];
    if (model === undefined) return undefined;
    const [domain, , limit] = params as [unknown[][], number, number];
    const last = Number(domain.at(-1)?.[2]);
    return { result: (tables[model] ?? []).filter(({ id }) => id > last).slice(0, limit) };
  };

function usual(method: string): FakeAnswer {
  if (method === "common.db.login") return { result: [2, "93a4641700"] };
  if (method === "model.res.user.get_preferences") return { result: preferences };
  return { result: [] };
}

import { CountersignError } from "#/domain/errors.ts";

/** One element of a list at the top of the document, such as one event, counted from 1. */
export type JsonItem = { readonly list: string; readonly value: unknown; readonly number: number };

const longestItem = 16_777_216;
const space = /[\s\uFEFF]*/y;
/** Up to whatever opens, closes, quotes or parts something. */
const plain = /[^"{}[\],]*/y;

/**
 * The elements of the lists of one JSON object, in pieces: `{"events": [{…}, {…}], …}`. Memory holds one
 * element. Members that are no lists are passed over. Throws INVALID_ARGUMENTS when it is no such
 * document.
 */
export function createJsonItems(take: (item: JsonItem) => void): {
  push(text: string): void;
  end(): void;
} {
  let rest = "";
  let state: "start" | "member" | "value" | "list" | "after" | "done" = "start";
  let list = "";
  let number = 0;
  return {
    push(text) {
      rest = scan(rest + text, false);
      if (rest.length > longestItem)
        throw broken(`an element of ${list || "it"} is larger than 16 MiB`);
    },
    end() {
      rest = scan(rest, true);
      if (state !== "done" || rest.trim() !== "") throw broken("it ends before it is whole");
    },
  };

  function scan(text: string, last: boolean): string {
    let at = 0;
    for (;;) {
      at = skip(space, text, at);
      if (at >= text.length) return "";
      const next = step(text, at, last);
      if (next === null) return text.slice(at);
      at = next;
    }
  }

  /** Where to go on; null when the text ends too early. */
  function step(text: string, at: number, last: boolean): number | null {
    const sign = text[at];
    if (state === "start") {
      if (sign !== "{") throw broken("it is no JSON object");
      state = "member";
      return at + 1;
    }
    if (state === "done") throw broken("something stands after its end");
    if (state === "list") return element(text, at);
    if (state === "value") return sign === "[" ? openList(at) : pass(text, at, last);
    if (sign === "}") return finish(at);
    if (state === "member") return member(text, at);
    if (sign !== ",") throw broken("something stands after a member");
    state = "member";
    return at + 1;
  }

  function member(text: string, at: number): number | null {
    if (text[at] !== '"') throw broken("a member has no name");
    const end = endOf(text, at);
    const colon = end === null ? text.length : skip(space, text, end);
    if (end === null || colon >= text.length) return null;
    if (text[colon] !== ":") throw broken("a member has no value");
    list = String(parse(text.slice(at, end)));
    state = "value";
    return colon + 1;
  }

  function openList(at: number): number {
    state = "list";
    number = 0;
    return at + 1;
  }

  function element(text: string, at: number): number | null {
    if (text[at] === ",") return at + 1;
    if (text[at] === "]") {
      state = "after";
      return at + 1;
    }
    const end = endOf(text, at);
    if (end === null) return null;
    number += 1;
    take({ list, value: parse(text.slice(at, end)), number });
    return end;
  }

  function finish(at: number): number {
    state = "done";
    return at + 1;
  }

  function pass(text: string, at: number, last: boolean): number | null {
    const end = endOf(text, at);
    if (end === null || (end >= text.length && !last)) return null;
    parse(text.slice(at, end));
    state = "after";
    return end;
  }

  function parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw broken(`element ${number} of ${list || "it"} is not JSON`, cause);
    }
  }
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  pattern.test(text);
  return pattern.lastIndex;
}

/** One past the end of the value that begins at `start`; null when the text ends before. */
function endOf(text: string, start: number): number | null {
  let depth = 0;
  let at = start;
  for (;;) {
    if (text[at] === '"') {
      const end = endOfText(text, at);
      if (end === null || depth === 0) return end;
      at = end;
    }
    at = skip(plain, text, at);
    const sign = text[at];
    if (sign === undefined) return null;
    if (depth === 0 && (sign === "," || sign === "]" || sign === "}")) return at;
    if (sign === "{" || sign === "[") depth += 1;
    if (sign === "}" || sign === "]") depth -= 1;
    if (sign === '"') continue;
    at += 1;
    if (depth === 0) return at;
  }
}

/** One past the quote that closes the text; escaped quotes do not. */
function endOfText(text: string, open: number): number | null {
  for (let from = open + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return null;
    let slashes = 0;
    while (text[quote - 1 - slashes] === "\\") slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}

const broken = (what: string, cause?: unknown): CountersignError =>
  new CountersignError(
    "INVALID_ARGUMENTS",
    { problems: `the log is not valid JSON: ${what}` },
    { cause },
  );

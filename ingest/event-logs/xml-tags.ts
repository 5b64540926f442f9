import { CountersignError } from "#/domain/errors.ts";

export type XmlTag = {
  readonly kind: "open" | "close";
  /** Without a namespace prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly line: number;
};

/** One tag longer than this is refused: memory stays bounded whatever the file says. */
const longestTag = 1_048_576;
const deepest = 100;
const attributePattern = /\s+([^\s=/>"']+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')|(\s*\S)/y;
const entities: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
};

/**
 * Tags of an XML document in pieces, in order; an empty element is an open and a close. Text between
 * tags goes to `takeText`, whole or in parts, or is passed over where nobody takes it: XES has none. Document type declarations are refused, so there are no
 * entities but the five of XML and character references, and nothing outside is ever fetched.
 * Throws INVALID_ARGUMENTS with the line when the document is not well formed.
 */
export function createXmlTags(
  take: (tag: XmlTag) => void,
  takeText?: (text: string) => void,
): {
  push(text: string): void;
  end(): void;
} {
  const open: string[] = [];
  let rest = "";
  let line = 1;
  let roots = 0;
  return {
    push(text) {
      rest = scan(rest + text);
    },
    end() {
      if (rest.includes("<")) throw broken(line, "it ends inside a tag");
      if (open.length > 0) throw broken(line, "it ends before every element is closed");
      if (roots === 0) throw broken(line, "it has no element");
    },
  };

  function scan(text: string): string {
    let from = 0;
    for (;;) {
      const start = text.indexOf("<", from);
      if (start < 0) {
        // An entity may be cut in two: text is taken when a tag ends it.
        if (takeText && text.length - from > longestTag)
          throw broken(line, "a text is longer than 1 MiB");
        if (takeText) return text.slice(from);
        advance(text, { from, to: text.length });
        return "";
      }
      if (takeText && start > from && open.length > 0) takeText(unescape(text.slice(from, start)));
      advance(text, { from, to: start });
      from = start;
      const end = tagEnd(text, start);
      if (end === null) {
        if (text.length - start > longestTag) throw broken(line, "a tag is longer than 1 MiB");
        return text.slice(start);
      }
      readTag(text.slice(start, end));
      advance(text, { from: start, to: end });
      from = end;
    }
  }

  function advance(text: string, { from, to }: { from: number; to: number }): void {
    for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1))
      line += 1;
  }

  function readTag(tag: string): void {
    if (tag.startsWith("<![CDATA[")) takeText?.(tag.slice(9, -3));
    if (tag.startsWith("<?") || tag.startsWith("<!--") || tag.startsWith("<![CDATA[")) return;
    if (tag.startsWith("<!")) throw broken(line, "document type declarations are not read");
    if (tag.startsWith("</")) {
      const name = tag.slice(2, -1).trim();
      if (open.pop() !== name) throw broken(line, "an element is closed that is not open");
      take({ kind: "close", name: local(name), attributes: {}, line });
      return;
    }
    const empty = tag.endsWith("/>");
    const body = tag.slice(1, empty ? -2 : -1);
    const name = /^[^\s/>"'=]+/.exec(body)?.[0];
    if (name === undefined) throw broken(line, "a tag has no name");
    if (open.length === 0 && ++roots > 1) throw broken(line, "it has two documents in one");
    if (open.length >= deepest) throw broken(line, `elements are nested ${deepest} deep`);
    take({
      kind: "open",
      name: local(name),
      attributes: readAttributes(body.slice(name.length)),
      line,
    });
    if (empty) take({ kind: "close", name: local(name), attributes: {}, line });
    else open.push(name);
  }

  function readAttributes(text: string): Record<string, string> {
    const attributes: Record<string, string> = {};
    for (let at = 0; ; at = attributePattern.lastIndex) {
      attributePattern.lastIndex = at;
      const found = attributePattern.exec(text);
      if (!found) break;
      const [, name, double, single, other] = found;
      if (name === undefined || other !== undefined)
        throw broken(line, "an attribute is not quoted");
      if (Object.hasOwn(attributes, name)) throw broken(line, "an attribute is given twice");
      // By definition: a key such as `__proto__` is data like any other.
      Object.defineProperty(attributes, name, {
        value: unescape(double ?? single ?? ""),
        enumerable: true,
      });
    }
    return attributes;
  }

  function unescape(value: string): string {
    if (!value.includes("&")) return value;
    return value.replace(/&([^;&]{0,12};?)/g, (_, body: string) => {
      const name = body.endsWith(";") ? body.slice(0, -1) : "";
      const code = /^#x[0-9a-f]+$/i.test(name)
        ? Number.parseInt(name.slice(2), 16)
        : /^#\d+$/.test(name)
          ? Number(name.slice(1))
          : null;
      const text = code === null ? entities[name] : character(code);
      if (text === undefined) throw broken(line, "an entity is not one of the five of XML");
      return text;
    });
  }
}

const character = (code: number): string | undefined =>
  code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)
    ? undefined
    : String.fromCodePoint(code);

const local = (name: string): string => name.slice(name.indexOf(":") + 1);

const broken = (line: number, what: string): CountersignError =>
  new CountersignError("INVALID_ARGUMENTS", { problems: `line ${line} of the log: ${what}` });

/** Up to the first `>` outside quotes. Every part begins with another character: linear. */
const plainTag = /<[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>/y;

/** One past the end of what begins with `<` at `start`; null when the text ends before. */
function tagEnd(text: string, start: number): number | null {
  for (const [opens, closes] of [
    ["<!--", "-->"],
    ["<![CDATA[", "]]>"],
    ["<?", "?>"],
  ] as const) {
    const head = text.slice(start, start + opens.length);
    if (head !== opens.slice(0, head.length) || (head.length < opens.length && head === "<"))
      continue;
    if (head.length < opens.length) return null;
    const end = text.indexOf(closes, start + opens.length);
    return end < 0 ? null : end + closes.length;
  }
  plainTag.lastIndex = start;
  return plainTag.test(text) ? plainTag.lastIndex : null;
}

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createXmlTags, type XmlTag } from "./xml-tags.ts";

function tagsOf(...pieces: string[]): XmlTag[] {
  const found: XmlTag[] = [];
  const tags = createXmlTags((tag) => found.push(tag));
  for (const piece of pieces) tags.push(piece);
  tags.end();
  return found;
}

describe("XML tags", () => {
  test("prefixes, both quotes, empty elements, the five entities and character references", () => {
    const [open] = tagsOf(
      `<?xml version="1.0"?><x:log a='&lt;&gt;&amp;&quot;&apos;' b="&#228;&#x1F600;"/>`,
    );
    expect(open).toEqual({
      kind: "open",
      name: "log",
      attributes: { a: "<>&\"'", b: "ä😀" },
      line: 1,
    });
  });

  test("comments, instructions and character data are passed over, tags inside them too", () => {
    const text =
      "<log>\n<!-- <event> -- > -->\n<![CDATA[<event>]]>\n<?x <event> ?>text &nonsense;\n<a/></log>";
    expect(tagsOf(text).map(({ name, line }) => [name, line])).toEqual([
      ["log", 1],
      ["a", 5],
      ["a", 5],
      ["log", 5],
    ]);
  });

  test("a text cut anywhere reads the same", () => {
    const text = `<log a="1 > 0">\n<!-- c - -- -->\n<e b='"'/><![CDATA[ ]] > ]]><f>t</f>\n</log>`;
    const whole = tagsOf(text);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length - 1)), (cuts) => {
        const places = [...new Set(cuts)].sort((a, b) => a - b);
        expect(tagsOf(...[0, ...places].map((at, i) => text.slice(at, places[i])))).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['<!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>', "document type declarations"],
    ['<!DOCTYPE log [<!ENTITY a "b">]><log/>', "document type declarations"],
    ['<log a="&xxe;"/>', "an entity is not one of the five"],
    ['<log a="&#xD800;"/>', "an entity"],
    ['<log a="a & b"/>', "an entity"],
    ["<log><a></log>", "closed that is not open"],
    ["<log>", "before every element is closed"],
    ["<log/><log/>", "two documents"],
    ["<log a=1/>", "not quoted"],
    ['<log a="1"b="2"/>', "not quoted"],
    ['<log a="1" a="2"/>', "given twice"],
    ["< log/>", "no name"],
    ["<log", "inside a tag"],
    ["just text", "no element"],
    [`<a>${"<b>".repeat(101)}`, "nested 100 deep"],
  ])("%s is refused", (text, problem) => {
    expect(() => tagsOf(text)).toThrow(problem);
  });

  test("a tag that never ends is refused before it fills the memory", () => {
    const tags = createXmlTags(() => undefined);
    tags.push('<log a="');
    expect(() => {
      for (let piece = 0; piece < 100; piece += 1) tags.push("x".repeat(65_536));
    }).toThrow("longer than 1 MiB");
  });

  test("an attribute named like a part of every object is data", () => {
    const [open] = tagsOf('<log __proto__="x" constructor="y"/>');
    expect(Object.entries(open?.attributes ?? {})).toEqual([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
  });
});

import { globSync, readFileSync } from "node:fs";
import { parseSync } from "oxc-parser";
import { expect, test } from "vitest";
import { mayImport, outside, owners } from "./house-rules.ts";

type Import = { file: string; room: string; specifier: string };

const roomOf = (file: string): string => file.split("/")[0] ?? "";
const everyFile = globSync("*/**/*.ts", {
  exclude: ["node_modules/**", ".countersign/**"],
});
const files = everyFile.filter((file) => roomOf(file) in mayImport && !file.endsWith(".test.ts"));
const imports = files.flatMap(importsOf);

function importsOf(file: string): Import[] {
  const text = readFileSync(file, "utf8");
  const { module } = parseSync(file, text);
  const specifiers = [
    ...module.staticImports.map((found) => found.moduleRequest.value),
    ...module.staticExports.flatMap((found) =>
      found.entries.flatMap((entry) => entry.moduleRequest?.value ?? []),
    ),
    // The parser reports the span of a dynamic import, not its value: slice off the quotes.
    ...module.dynamicImports.map((found) =>
      text.slice(found.moduleRequest.start + 1, found.moduleRequest.end - 1),
    ),
  ];
  return specifiers.map((specifier) => ({ file, room: roomOf(file), specifier }));
}

test("there is a house to check", () => {
  expect(files.length).toBeGreaterThan(40);
  expect(imports.length).toBeGreaterThan(100);
});

test("every folder with code is on the floor plan", () => {
  const unknown = everyFile.map(roomOf).filter((r) => !(r in mayImport) && !outside.includes(r));
  expect([...new Set(unknown)]).toEqual([]);
});

test("rooms are entered by the front door: #/room/file.ts, never ../room", () => {
  const climbing = imports.filter(({ file, specifier }) => {
    const depthInsideRoom = file.split("/").length - 2;
    return specifier.split("/").filter((part) => part === "..").length > depthInsideRoom;
  });
  expect(climbing).toEqual([]);
});

test("imports point down the floor plan", () => {
  const wrong = imports.flatMap(({ file, room, specifier }) => {
    const target = /^#\/([^/]+)\//.exec(specifier)?.[1];
    if (!target || target === room || mayImport[room]?.includes(target)) return [];
    const allowed = mayImport[room]?.join(", ") || "no other room";
    return [
      `${file} imports ${specifier}: ${room}/ may use ${allowed}. Pass it in from main/compose.ts.`,
    ];
  });
  expect(wrong).toEqual([]);
});

test("each library has one owner room, and none is without an owner", () => {
  const wrong = imports.flatMap(({ file, room, specifier }) => {
    if (/^(#|\.|node:)/.test(specifier) || specifier === "zod") return [];
    const library = Object.keys(owners).find(
      (name) => specifier === name || specifier.startsWith(`${name}/`),
    );
    if (!library) return [`${file} imports ${specifier}: name its owner in tests/house-rules.ts.`];
    if (owners[library]?.includes(room)) return [];
    return [`${file} imports ${specifier}: only ${owners[library]?.join(" and ") || "tests"} may.`];
  });
  expect(wrong).toEqual([]);
});

test("P1: agents and doors cannot reach a write: nothing there names tools/act or a connector", () => {
  const closed = ["agents", "slack-app", "mcp-server", "ingest", "console", "workflows"];
  const wrong = imports.filter(
    ({ room, specifier }) => closed.includes(room) && /#\/tools\//.test(specifier),
  );
  expect(wrong).toEqual([]);
});

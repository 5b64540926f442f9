/** Text that is already HTML. Made by `html` only, so everything else is escaped. */
export type Html = { readonly markup: string };

type Part = string | number | null | Html | readonly Html[];

/** A template whose values are escaped, unless they are HTML themselves. null becomes nothing. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  markup: strings.reduce(
    (text, string, index) => text + written(parts[index - 1] ?? null) + string,
  ),
});

function written(part: Part): string {
  if (part === null) return "";
  if (typeof part === "string" || typeof part === "number") return escaped(String(part));
  if ("markup" in part) return part.markup;
  return part.map(({ markup }) => markup).join("");
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** A whole page around `body`. */
export const htmlPage = (title: string, body: Html): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${{ markup: style }}</style>
</head>
<body><main>${body}</main></body>
</html>`.markup;

const style = `
:root { color-scheme: light dark; --line: #d9dde3; --quiet: #5c6673; --card: #fff; --ground: #f4f5f7;
  --ink: #1c2330; --accent: #1f5fbf; --wait: #8a5a00; --wait-ground: #fff3d6; --good: #1d6b3a; }
@media (prefers-color-scheme: dark) { :root { --line: #39414d; --quiet: #9aa5b3; --card: #1d232c;
  --ground: #14181e; --ink: #e7ebf0; --accent: #7db0ff; --wait: #ffcf70; --wait-ground: #3a2f14; --good: #7fd6a0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { margin: 0 0 .25rem; font-size: 1.6rem; }
h2 { margin: 2.25rem 0 .75rem; font-size: 1.1rem; }
h3 { margin: 0; font-size: 1rem; }
p { margin: .25rem 0; }
a { color: var(--accent); }
.quiet { color: var(--quiet); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem; margin: 0 0 .75rem; }
.head { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; justify-content: space-between; }
.todo { list-style: none; margin: .75rem 0 0; padding: 0; }
.todo li { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; justify-content: space-between;
  padding: .45rem 0; border-top: 1px solid var(--line); }
form { display: inline-flex; gap: .4rem; margin: 0; }
button { font: inherit; color: var(--accent); background: none; border: 1px solid currentColor;
  border-radius: .4rem; padding: .2rem .7rem; cursor: pointer; }
button:hover { background: var(--accent); color: var(--card); }
.tag { border-radius: 1rem; padding: .05rem .6rem; font-size: .85rem; border: 1px solid var(--line); white-space: nowrap; }
.wait { color: var(--wait); background: var(--wait-ground); border-color: transparent; }
.good { color: var(--good); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; background: var(--card); border: 1px solid var(--line); }
th, td { text-align: left; padding: .4rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--quiet); font-size: .85rem; white-space: nowrap; }
td.amount { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code { font-size: .9em; overflow-wrap: anywhere; }
`;

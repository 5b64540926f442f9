import { blockLimits } from "./block-limits.ts";
import { blockShapes, type Surface, surfaceBlocks } from "./block-shapes.ts";
import { controlsIn, optionsOf } from "./controls.ts";
import { elementShapes } from "./element-shapes.ts";
import { asBlocks, asFields, asList, asText, type Fields } from "./fields.ts";
import type { Rule, Shape } from "./shape-rules.ts";

/**
 * Every way these blocks break Block Kit on this surface, worded as the real service words them:
 * what is wrong, then where as a JSON pointer. An empty list means they are fine.
 */
export function checkBlocks(blocks: unknown, surface: Surface): string[] {
  const problems: string[] = [];
  if (!Array.isArray(blocks)) return [problem("must be an array", "/blocks")];
  const most = surface === "message" ? blockLimits.messageBlocks : blockLimits.viewBlocks;
  if (blocks.length > most) problems.push(problem(`no more than ${most} items allowed`, "/blocks"));
  for (const [at, block] of blocks.entries()) {
    checkTyped(block, surfaceBlocks[surface], blockShapes, `/blocks/${at}`, problems);
  }
  const known = asBlocks(blocks);
  checkIds(known, problems);
  checkMarkdownTotal(known, problems);
  for (const [at, block] of known.entries()) checkBlock(block, `/blocks/${at}`, problems);
  return problems;
}

/** Problems of a modal or home view: its own fields, then its blocks. */
export function checkView(view: Fields): string[] {
  const problems: string[] = [];
  const type = view["type"];
  if (type !== "modal" && type !== "home") {
    return [problem("unsupported view type", "/view/type")];
  }
  const words: Shape = {
    private_metadata: { is: "string", max: blockLimits.privateMetadata, optional: true },
    callback_id: { is: "string", max: blockLimits.id, optional: true },
    external_id: { is: "string", max: blockLimits.id, optional: true },
  };
  const label: Rule = { is: "text", plain: true, min: 1, max: blockLimits.viewTitle };
  const shape: Shape =
    type === "home"
      ? words
      : {
          ...words,
          title: label,
          submit: { ...label, optional: true },
          close: { ...label, optional: true },
        };
  for (const [field, rule] of Object.entries(shape)) {
    checkRule(view[field], rule, `/view/${field}`, problems);
  }
  const blocks = view["blocks"];
  problems.push(...checkBlocks(blocks, type));
  const hasInput = asBlocks(blocks).some((block) => block.type === "input");
  if (type === "modal" && hasInput && !view["submit"]) {
    problems.push(problem("missing required field: submit", "/view/submit"));
  }
  return problems;
}

function problem(what: string, where: string): string {
  return `[ERROR] ${what} [json-pointer:${where}]`;
}

function checkTyped(
  value: unknown,
  allowed: readonly string[],
  shapes: Readonly<Record<string, Shape>>,
  at: string,
  problems: string[],
): void {
  const fields = asFields(value);
  const type = asText(fields["type"]);
  const shape = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
  if (!allowed.includes(type) || !shape) {
    problems.push(problem(`unsupported type: ${type.slice(0, 40) || "missing"}`, `${at}/type`));
    return;
  }
  const id: Rule = { is: "string", max: blockLimits.id, min: 1, optional: true };
  checkFields(fields, { ...shape, type: { is: "anything" }, block_id: id }, at, problems);
}

function checkFields(fields: Fields, shape: Shape, at: string, problems: string[]): void {
  for (const name of Object.keys(fields)) {
    if (!Object.hasOwn(shape, name)) {
      problems.push(problem(`invalid additional property: ${name.slice(0, 40)}`, at));
    }
  }
  for (const [name, rule] of Object.entries(shape)) {
    checkRule(fields[name], rule, `${at}/${name}`, problems);
  }
}

function checkRule(value: unknown, rule: Rule, at: string, problems: string[]): void {
  const say = (what: string): void => void problems.push(problem(what, at));
  if (value === undefined || value === null) {
    if (rule.optional !== true && rule.is !== "anything") {
      say(`missing required field: ${at.split("/").at(-1) ?? ""}`);
    }
    return;
  }
  switch (rule.is) {
    case "anything":
      return;
    case "flag":
      if (typeof value !== "boolean") say("must be a boolean");
      return;
    case "number":
      if (typeof value !== "number" || value < rule.min || value > rule.max) {
        say(`must be a number between ${rule.min} and ${rule.max}`);
      }
      return;
    case "one of":
      if (!rule.values.some((allowed) => allowed === value)) say("value not allowed");
      return;
    case "string":
      checkString(value, rule, say);
      return;
    case "text":
      checkText(value, rule, at, problems);
      return;
    case "list":
      if (!Array.isArray(value)) return say("must be an array");
      if (value.length > rule.max) say(`no more than ${rule.max} items allowed`);
      if (value.length < (rule.min ?? 0)) say(`no fewer than ${rule.min ?? 0} items allowed`);
      for (const [n, item] of value.entries()) checkRule(item, rule.of, `${at}/${n}`, problems);
      return;
    case "element":
      if (rule.types.includes("mrkdwn") && isText(value)) {
        checkText(
          value,
          { max: blockLimits.contextText, min: 1, plain: true, mrkdwn: true },
          at,
          problems,
        );
        return;
      }
      checkTyped(value, rule.types, elementShapes, at, problems);
      return;
    case "block":
      checkTyped(value, rule.types, blockShapes, at, problems);
      return;
    case "object":
      checkFields(asFields(value), rule.fields, at, problems);
  }
}

function isText(value: unknown): boolean {
  const type = asFields(value)["type"];
  return type === "mrkdwn" || type === "plain_text";
}

function checkString(
  value: unknown,
  rule: { max: number; min?: number; pattern?: RegExp },
  say: (what: string) => void,
): void {
  if (typeof value !== "string") return say("must be a string");
  if (value.length > rule.max) say(`must be less than ${rule.max + 1} characters`);
  if (value.length < (rule.min ?? 0)) say(`must be more than ${(rule.min ?? 0) - 1} characters`);
  if (rule.pattern && value !== "" && !rule.pattern.test(value)) say("has an invalid format");
}

type TextRule = { max: number; min?: number; plain?: boolean; mrkdwn?: boolean };

function checkText(value: unknown, rule: TextRule, at: string, problems: string[]): void {
  const fields = asFields(value);
  const type = fields["type"];
  const allowed = (type === "plain_text" && rule.plain) || (type === "mrkdwn" && rule.mrkdwn);
  if (!allowed) {
    problems.push(problem("unsupported text type", `${at}/type`));
    return;
  }
  const extra = type === "plain_text" ? "emoji" : "verbatim";
  checkFields(
    fields,
    {
      type: { is: "anything" },
      text: { is: "string", max: rule.max, min: rule.min ?? 0 },
      [extra]: { is: "flag", optional: true },
    },
    at,
    problems,
  );
}

function checkIds(blocks: ReturnType<typeof asBlocks>, problems: string[]): void {
  const blockIds = new Set<string>();
  const pairs = new Set<string>();
  for (const [at, block] of blocks.entries()) {
    if (block.block_id === undefined) continue;
    if (blockIds.has(block.block_id)) {
      problems.push(
        problem(`block_id already exists: ${block.block_id}`, `/blocks/${at}/block_id`),
      );
    }
    blockIds.add(block.block_id);
  }
  for (const [at, block] of blocks.entries()) {
    for (const { block: holder, element } of controlsIn([block])) {
      if (element["action_id"] === undefined) continue;
      const pair = JSON.stringify([at, holder.block_id, element["action_id"]]);
      if (pairs.has(pair)) {
        const id = asText(element["action_id"]);
        problems.push(problem(`action_id already exists: ${id}`, `/blocks/${at}`));
      }
      pairs.add(pair);
    }
  }
}

function checkMarkdownTotal(blocks: ReturnType<typeof asBlocks>, problems: string[]): void {
  const total = blocks
    .filter((block) => block.type === "markdown")
    .reduce((sum, block) => sum + asText(block["text"]).length, 0);
  if (total > blockLimits.markdown) {
    problems.push(
      problem(
        `markdown must be less than ${blockLimits.markdown + 1} characters in all`,
        "/blocks",
      ),
    );
  }
}

/** Rules that look at more than one field. */
function checkBlock(block: Fields, at: string, problems: string[]): void {
  const say = (what: string): void => void problems.push(problem(what, at));
  switch (block["type"]) {
    case "section":
      if (!block["text"] && !block["fields"]) say("either text or fields must be provided");
      break;
    case "card":
      if (!block["hero_image"] && !block["title"] && !block["body"] && !block["actions"]) {
        say("one of hero_image, title, body or actions must be provided");
      }
      break;
    case "container":
      if (!block["title"] && !block["rich_text_title"]) say("missing required field: title");
      break;
    case "data_table": {
      const size = JSON.stringify(block["rows"] ?? []).length;
      if (size > blockLimits.dataTableCharacters * 4) say("too many characters in the table");
      const letters = asList(block["rows"])
        .flatMap((row) => asList(row))
        .reduce((sum: number, cell) => sum + asText(asFields(cell)["text"]).length, 0);
      if (letters > blockLimits.dataTableCharacters) say("too many characters in the table");
      break;
    }
    default:
  }
  for (const { element } of controlsIn(asBlocks([block]))) checkOptions(element, say);
}

function checkOptions(element: Fields, say: (what: string) => void): void {
  const type = asText(element["type"]);
  if (type.endsWith("static_select") && !element["options"] === !element["option_groups"]) {
    say("exactly one of options and option_groups must be provided");
  }
  if (type === "overflow" || !("options" in element || "option_groups" in element)) return;
  const values = optionsOf(element).map((option) => option["value"]);
  if (values.some((value) => value === undefined)) say("missing required field: value");
  const preset = [element["initial_option"], ...asList(element["initial_options"])]
    .filter((option) => option !== undefined && option !== null)
    .map((option) => asFields(option)["value"]);
  if (preset.some((value) => !values.includes(value))) {
    say("initial option must be one of the options");
  }
}

import { asBlocks, asFields, asList, asText, type Block, type Fields } from "./fields.ts";

/** One interactive element and the block it stands in. */
export type Control = { block: Block; element: Fields; required: boolean };

/** Every interactive element of a message or view, in reading order, through cards and containers. */
export function controlsIn(blocks: readonly Block[]): Control[] {
  return blocks.flatMap((block) => {
    const own = elementsOf(block).map((element) => ({
      block,
      element,
      required: block.type === "input" && block["optional"] !== true,
    }));
    return [...own, ...controlsIn(childrenOf(block))];
  });
}

function elementsOf(block: Block): Fields[] {
  const list =
    block.type === "section"
      ? [block["accessory"]]
      : block.type === "input"
        ? [block["element"]]
        : block.type === "actions" || block.type === "context_actions"
          ? asList(block["elements"])
          : block.type === "card"
            ? asList(block["actions"])
            : [];
  return list.map(asFields).filter((element) => interactive.has(asText(element["type"])));
}

function childrenOf(block: Block): Block[] {
  if (block.type === "carousel") return asBlocks(block["elements"]);
  return block.type === "container" ? asBlocks(block["child_blocks"]) : [];
}

const pressed = [
  "button",
  "workflow_button",
  "icon_button",
  "feedback_buttons",
  "overflow",
] as const;

const chosen = [
  "static_select",
  "external_select",
  "users_select",
  "conversations_select",
  "channels_select",
  "multi_static_select",
  "multi_external_select",
  "multi_users_select",
  "multi_conversations_select",
  "multi_channels_select",
  "radio_buttons",
  "checkboxes",
  "datepicker",
  "timepicker",
  "datetimepicker",
  "plain_text_input",
  "email_text_input",
  "url_text_input",
  "number_input",
  "rich_text_input",
  "file_input",
] as const;

const interactive: ReadonlySet<string> = new Set([...pressed, ...chosen]);
const holdsState: ReadonlySet<string> = new Set(chosen);

/** Whether the element keeps a value that shows up in `state.values`. */
export function keepsState(element: Fields): boolean {
  return holdsState.has(asText(element["type"]));
}

/** Options of a select, also those inside groups. */
export function optionsOf(element: Fields): Fields[] {
  const grouped = asList(element["option_groups"]).flatMap((group) =>
    asList(asFields(group)["options"]),
  );
  return [...asList(element["options"]), ...grouped].map(asFields);
}

/** Gives every block and control an id, as the real service does for those sent without one. */
export function withIds(blocks: readonly Block[], nextId: () => string): Block[] {
  const copied = structuredClone([...blocks]);
  const name = (list: readonly Block[]): void => {
    for (const block of list) {
      block.block_id ??= nextId();
      name(childrenOf(block));
    }
  };
  name(copied);
  for (const { element } of controlsIn(copied)) element["action_id"] ??= nextId();
  return copied;
}

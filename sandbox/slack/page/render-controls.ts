import { withEmoji } from "./emoji.ts";
import { type Html, html, safeLink } from "./html.ts";
import { mrkdwn } from "./mrkdwn.ts";
import { type Part, part, parts, type Rendering, str } from "./rendering.ts";

/** A text object: `mrkdwn` is formatted, `plain_text` is shown as it is. */
export function textOf(value: unknown, rendering: Rendering): Html {
  const { type, text, emoji } = part(value);
  if (type === "mrkdwn") return mrkdwn(str(text), rendering);
  const lines = (emoji === false ? str(text) : withEmoji(str(text))).split("\n");
  return html`${lines.map((line, at) => (at === 0 ? html`${line}` : html`<br>${line}`))}`;
}

function confirmOf(element: Part): string {
  const confirm = part(element["confirm"]);
  return Object.keys(confirm).length === 0 ? "" : JSON.stringify(confirm);
}

function optionLabel(option: Part): string {
  return withEmoji(str(part(option["text"])["text"]));
}

/** Attributes every control carries, so the page and tests can find it. */
function marks(element: Part, block: Part): Html {
  const confirm = confirmOf(element);
  const question = confirm ? html` data-confirm="${confirm}"` : "";
  return html`data-action-id="${str(element["action_id"])}" data-block-id="${str(block["block_id"])}" data-type="${str(element["type"])}"${question}`;
}

/** An interactive element. In a form it only keeps its value; elsewhere it acts at once. */
export function control(element: Part, block: Part, rendering: Rendering): Html {
  const type = str(element["type"]);
  const placeholder = str(part(element["placeholder"])["text"]);
  switch (type) {
    case "button":
    case "workflow_button":
    case "icon_button":
      return button(element, block);
    case "feedback_buttons": {
      const side = (name: string): Html =>
        html`<button type="button" class="button quiet" ${marks(element, block)} data-choice="${name}">${textOf(part(element[`${name}_button`])["text"], rendering)}</button>`;
      return html`<span class="pair">${side("positive")}${side("negative")}</span>`;
    }
    case "overflow":
      return overflow(element, block);
    case "radio_buttons":
    case "checkboxes":
      return choices(element, block, rendering);
    case "plain_text_input":
    case "rich_text_input":
      return textInput(element, block, placeholder);
    case "image":
      return image(element);
    default:
      if (type.endsWith("_select")) return select(element, block, rendering);
      return typedInput(element, block, placeholder);
  }
}

function button(element: Part, block: Part): Html {
  const style = str(element["style"]);
  const kind = style === "primary" || style === "danger" ? style : "plain";
  const label = withEmoji(str(part(element["text"])["text"]));
  const address = safeLink(str(element["url"]));
  const title = str(element["accessibility_label"]);
  const aria = title ? html` aria-label="${title}"` : "";
  const opens = address === undefined ? "" : html` data-url="${address}"`;
  return html`<button type="button" class="button ${kind}" ${marks(element, block)} data-value="${str(element["value"])}"${opens}${aria}>${label}</button>`;
}

function overflow(element: Part, block: Part): Html {
  const options = parts(element["options"]).map(
    (option) =>
      html`<button type="button" role="menuitem" ${marks(element, block)} data-choice="${str(option["value"])}">${optionLabel(option)}</button>`,
  );
  return html`<details class="overflow"><summary aria-label="More choices">⋯</summary><div class="menu" role="menu">${options}</div></details>`;
}

function choices(element: Part, block: Part, rendering: Rendering): Html {
  const single = element["type"] === "radio_buttons";
  const preset = single ? [part(element["initial_option"])] : parts(element["initial_options"]);
  const chosen = new Set(preset.map((option) => str(option["value"])));
  const name = `${str(block["block_id"])}:${str(element["action_id"])}`;
  const rows = parts(element["options"]).map((option) => {
    const value = str(option["value"]);
    const description = option["description"]
      ? html`<small>${textOf(option["description"], rendering)}</small>`
      : "";
    const on = chosen.has(value) ? html` checked` : "";
    return html`<label class="choice"><input type="${single ? "radio" : "checkbox"}" name="${name}" value="${value}"${on}><span>${textOf(option["text"], rendering)}${description}</span></label>`;
  });
  return html`<div class="choices" role="group" ${marks(element, block)}>${rows}</div>`;
}

function textInput(element: Part, block: Part, placeholder: string): Html {
  const value = str(element["initial_value"]);
  const focus = element["focus_on_load"] === true ? html` autofocus` : "";
  if (element["multiline"] === true || element["type"] === "rich_text_input") {
    return html`<textarea rows="4" ${marks(element, block)} placeholder="${placeholder}"${focus}>${value}</textarea>`;
  }
  return html`<input type="text" ${marks(element, block)} placeholder="${placeholder}" value="${value}"${focus}>`;
}

const inputTypes: Readonly<Record<string, readonly [kind: string, preset: string]>> = {
  email_text_input: ["email", "initial_value"],
  url_text_input: ["url", "initial_value"],
  number_input: ["text", "initial_value"],
  datepicker: ["date", "initial_date"],
  timepicker: ["time", "initial_time"],
  datetimepicker: ["datetime-local", "initial_date_time"],
};

function typedInput(element: Part, block: Part, placeholder: string): Html {
  const [kind, preset] = inputTypes[str(element["type"])] ?? [];
  if (kind === undefined || preset === undefined) {
    return html`<span class="unknown">This control cannot be shown here</span>`;
  }
  const mode = element["type"] === "number_input" ? html` inputmode="decimal"` : "";
  return html`<input type="${kind}" ${marks(element, block)} placeholder="${placeholder}" value="${str(element[preset])}"${mode}>`;
}

function select(element: Part, block: Part, rendering: Rendering): Html {
  const type = str(element["type"]);
  const several = type.startsWith("multi_");
  const preset = presetValues(element);
  const option = (value: string, label: string): Html => {
    const on = preset.has(value) ? html` selected` : "";
    return html`<option value="${value}"${on}>${label}</option>`;
  };
  const rows = type.endsWith("users_select")
    ? rendering.people.map((one) => option(one.id, one.name))
    : parts(element["options"]).map((one) => option(str(one["value"]), optionLabel(one)));
  const groups = parts(element["option_groups"]).map((group) => {
    const label = str(part(group["label"])["text"]);
    const inside = parts(group["options"]).map((one) =>
      option(str(one["value"]), optionLabel(one)),
    );
    return html`<optgroup label="${label}">${inside}</optgroup>`;
  });
  const placeholder = str(part(element["placeholder"])["text"]) || "Choose…";
  const empty = several ? "" : html`<option value="">${placeholder}</option>`;
  return html`<select ${marks(element, block)}${several ? html` multiple` : ""} aria-label="${placeholder}">${empty}${rows}${groups}</select>`;
}

function presetValues(element: Part): Set<string> {
  const option = part(element["initial_option"]);
  const values = [
    str(option["value"]),
    str(element["initial_user"]),
    ...parts(element["initial_options"]).map((one) => str(one["value"])),
    ...(Array.isArray(element["initial_users"]) ? element["initial_users"].map(str) : []),
  ];
  return new Set(values.filter(Boolean));
}

export function image(element: Part): Html {
  const address = safeLink(str(element["image_url"]));
  const alt = str(element["alt_text"]);
  if (address === undefined) return html`<span class="unknown">${alt}</span>`;
  return html`<img src="${address}" alt="${alt}" loading="lazy" referrerpolicy="no-referrer">`;
}

import { withEmoji } from "./emoji.ts";
import { type Html, html, link } from "./html.ts";
import { markdown } from "./markdown.ts";
import { control, image, textOf } from "./render-controls.ts";
import { type Part, part, parts, type Rendering, str } from "./rendering.ts";
import { richText } from "./rich-text.ts";

/** Blocks of a message, modal or App Home as markup. `errors` are shown on the fields they name. */
export function renderBlocks(
  blocks: unknown,
  rendering: Rendering,
  errors: Readonly<Record<string, string>> = {},
): Html {
  return html`${parts(blocks).map((block) => renderBlock(block, rendering, errors))}`;
}

function renderBlock(
  block: Part,
  rendering: Rendering,
  errors: Readonly<Record<string, string>>,
): Html {
  const id = str(block["block_id"]);
  const error = Object.hasOwn(errors, id) ? errors[id] : undefined;
  const inner = content(block, rendering, error);
  const type = str(block["type"]).replace(/[^a-z_]/g, "");
  return html`<div class="block ${type}${error === undefined ? "" : " with-error"}" data-block="${id}">${inner}</div>`;
}

function content(block: Part, rendering: Rendering, error: string | undefined): Html {
  switch (block["type"]) {
    case "section":
      return section(block, rendering);
    case "header":
      return html`<h2>${textOf(block["text"], rendering)}</h2>`;
    case "divider":
      return html`<hr>`;
    case "context":
      return html`${parts(block["elements"]).map((one) => (one["type"] === "image" ? image(one) : html`<span>${textOf(one, rendering)}</span>`))}`;
    case "actions":
    case "context_actions":
      return html`${parts(block["elements"]).map((one) => control(one, block, rendering))}`;
    case "input":
      return input(block, rendering, error);
    case "image":
      return html`<figure>${image(block)}<figcaption>${textOf(block["title"], rendering)}</figcaption></figure>`;
    case "markdown":
      return markdown(str(block["text"]));
    case "rich_text":
      return richText(block, rendering);
    case "alert":
      return alert(block, rendering);
    case "table":
    case "data_table":
      return table(block, rendering);
    case "card":
      return card(block, rendering);
    case "carousel":
      return html`${parts(block["elements"]).map((one) => html`<div class="block card">${card(one, rendering)}</div>`)}`;
    case "container":
      return container(block, rendering);
    case "task_card":
      return task(block, rendering);
    case "plan": {
      const tasks = parts(block["tasks"]).map((one) => html`<li>${task(one, rendering)}</li>`);
      return html`<p class="plan-title">${str(block["title"])}</p><ul class="tasks">${tasks}</ul>`;
    }
    case "video":
      return html`<p>▶ ${link(str(block["title_url"]) || str(block["video_url"]), str(part(block["title"])["text"]))}</p>`;
    default:
      return html`<p class="unknown">This part cannot be shown here</p>`;
  }
}

function section(block: Part, rendering: Rendering): Html {
  const accessory = part(block["accessory"]);
  const hasAccessory = Object.keys(accessory).length > 0;
  const text = block["text"]
    ? html`<div class="text">${textOf(block["text"], rendering)}</div>`
    : "";
  const fields = parts(block["fields"]);
  const grid =
    fields.length === 0
      ? ""
      : html`<div class="fields">${fields.map((one) => html`<div>${textOf(one, rendering)}</div>`)}</div>`;
  const beside = hasAccessory
    ? html`<div class="accessory">${control(accessory, block, rendering)}</div>`
    : "";
  return html`<div class="main">${text}${grid}</div>${beside}`;
}

function input(block: Part, rendering: Rendering, error: string | undefined): Html {
  const optional = block["optional"] === true ? html` <span class="optional">optional</span>` : "";
  const hint = block["hint"] ? html`<p class="hint">${textOf(block["hint"], rendering)}</p>` : "";
  const problem = error === undefined ? "" : html`<p class="error" role="alert">${error}</p>`;
  const dispatches = block["dispatch_action"] === true ? html` data-dispatch="yes"` : "";
  return html`<div class="field"${dispatches}><p class="label">${textOf(block["label"], rendering)}${optional}</p>${control(part(block["element"]), block, rendering)}${problem}${hint}</div>`;
}

const alertSigns: Readonly<Record<string, string>> = {
  info: "i",
  warning: "!",
  error: "!",
  success: "✓",
};

function alert(block: Part, rendering: Rendering): Html {
  const level = str(block["level"]);
  const known = Object.hasOwn(alertSigns, level) ? level : "info";
  return html`<div class="notice ${known}"><span class="sign" aria-hidden="true">${alertSigns[known] ?? "i"}</span><div>${textOf(block["text"], rendering)}</div></div>`;
}

function cell(value: Part, rendering: Rendering): Html {
  return value["type"] === "rich_text" ? richText(value, rendering) : html`${str(value["text"])}`;
}

/** The first row is the head, as Slack shows it. */
function table(block: Part, rendering: Rendering): Html {
  const rows = (Array.isArray(block["rows"]) ? block["rows"] : []).map(parts);
  const settings = parts(block["column_settings"]);
  const alignment = (row: readonly Part[], at: number): string => {
    const align = str(settings[at]?.["align"]);
    if (align === "right" || align === "center") return `align-${align}`;
    return row[at]?.["type"] === "raw_number" ? "align-right" : "align-left";
  };
  const cells = (row: readonly Part[], tag: "th" | "td"): Html[] =>
    row.map((value, at) =>
      tag === "th"
        ? html`<th class="${alignment(row, at)}">${cell(value, rendering)}</th>`
        : html`<td class="${alignment(row, at)}">${cell(value, rendering)}</td>`,
    );
  const [head, ...body] = rows;
  const caption = block["caption"] ? html`<caption>${str(block["caption"])}</caption>` : "";
  return html`<div class="table-scroll"><table>${caption}<thead><tr>${cells(head ?? [], "th")}</tr></thead><tbody>${body.map((row) => html`<tr>${cells(row, "td")}</tr>`)}</tbody></table></div>`;
}

function card(block: Part, rendering: Rendering): Html {
  const hero = block["hero_image"] ? image(part(block["hero_image"])) : "";
  const line = (name: string, kind: string): Html | "" =>
    block[name] ? html`<p class="${kind}">${textOf(block[name], rendering)}</p>` : "";
  const actions = parts(block["actions"]).map((one) => control(one, block, rendering));
  return html`${hero}${line("title", "card-title")}${line("subtitle", "card-subtitle")}${line("body", "card-body")}<div class="card-actions">${actions}</div>`;
}

function container(block: Part, rendering: Rendering): Html {
  const children = renderBlocks(block["child_blocks"], rendering);
  const title = block["title"]
    ? textOf(block["title"], rendering)
    : richText(part(block["rich_text_title"]), rendering);
  const subtitle = block["subtitle"]
    ? html`<p class="card-subtitle">${textOf(block["subtitle"], rendering)}</p>`
    : "";
  if (block["is_collapsible"] !== true) {
    return html`<p class="card-title">${title}</p>${subtitle}${children}`;
  }
  const open = block["default_collapsed"] === true ? "" : html` open`;
  return html`<details${open}><summary class="card-title">${title}</summary>${subtitle}${children}</details>`;
}

const taskSigns: Readonly<Record<string, string>> = {
  pending: "○",
  in_progress: "◐",
  complete: "✓",
  error: "!",
};

function task(block: Part, rendering: Rendering): Html {
  const status = str(block["status"]);
  const known = Object.hasOwn(taskSigns, status) ? status : "pending";
  const more = (name: string): Html | "" =>
    block[name] ? html`<div class="task-more">${richText(part(block[name]), rendering)}</div>` : "";
  const sources = parts(block["sources"]).map(
    (one) => html` ${link(str(one["url"]), str(one["text"]))}`,
  );
  return html`<div class="task ${known}"><span class="sign" aria-hidden="true">${taskSigns[known] ?? ""}</span><div><span>${withEmoji(str(block["title"]))}</span>${more("details")}${more("output")}${sources.length > 0 ? html`<div class="task-more">${sources}</div>` : ""}</div></div>`;
}

import { html } from "./html.ts";
import { renderBlocks } from "./render-blocks.ts";
import { textOf } from "./render-controls.ts";

/** Everything that can be pressed, chosen or filled in, in messages, App Home and modals. */
export function startForms({ $, state, rendering, act }) {
  const modal = $("modal");
  const confirmBox = $("confirm");
  let shownModal = "";

  function valueOf(node) {
    if (node.classList.contains("choices")) {
      const checked = [...node.querySelectorAll("input:checked")].map((one) => one.value);
      return node.dataset.type === "radio_buttons" ? (checked[0] ?? "") : checked;
    }
    if (node.multiple) return [...node.selectedOptions].map((one) => one.value);
    if (node.type === "datetime-local") {
      const at = Date.parse(node.value);
      return Number.isNaN(at) ? "" : String(Math.floor(at / 1000));
    }
    return node.value;
  }

  const holders =
    "select[data-action-id], input[data-action-id], textarea[data-action-id], .choices[data-action-id]";

  function valuesIn(box) {
    const values = {};
    for (const node of box.querySelectorAll(holders)) {
      const { blockId, actionId } = node.dataset;
      values[blockId] = { ...values[blockId], [actionId]: valueOf(node) };
    }
    return values;
  }

  function restore(box, values) {
    for (const node of box.querySelectorAll(holders)) {
      const value = values[node.dataset.blockId]?.[node.dataset.actionId];
      if (value === undefined || value === "") continue;
      const several = Array.isArray(value) ? value : [value];
      if (node.classList.contains("choices")) {
        for (const input of node.querySelectorAll("input"))
          input.checked = several.includes(input.value);
      } else if (node.multiple) {
        for (const option of node.options) option.selected = several.includes(option.value);
      } else if (node.type !== "datetime-local") node.value = value;
    }
  }

  function ask(question) {
    const view = rendering();
    const style = question.style === "danger" ? "danger" : "primary";
    confirmBox.innerHTML =
      html`<form method="dialog"><h2>${question.title ? textOf(question.title, view) : "Are you sure?"}</h2><div class="confirm-text">${textOf(question.text, view)}</div><div class="buttons"><button value="no" class="button plain">${question.deny ? textOf(question.deny, view) : "Cancel"}</button><button value="yes" class="button ${style}" autofocus>${question.confirm ? textOf(question.confirm, view) : "Yes"}</button></div></form>`.markup;
    confirmBox.returnValue = "";
    confirmBox.showModal();
    return new Promise((resolve) => {
      confirmBox.addEventListener("close", () => resolve(confirmBox.returnValue === "yes"), {
        once: true,
      });
    });
  }

  async function press(node, where, choice) {
    if (!where || node.ariaBusy === "true") return;
    if (node.dataset.confirm && !(await ask(JSON.parse(node.dataset.confirm)))) return;
    if (node.dataset.url) window.open(node.dataset.url, "_blank", "noopener");
    const surface = node.closest("[data-ts], #home-view, #modal");
    const values = surface ? valuesIn(surface) : {};
    node.ariaBusy = "true";
    const { actionId, blockId } = node.dataset;
    const answer = await act("press", { where, actionId, blockId, choice, values });
    node.ariaBusy = "false";
    node.classList.toggle("unanswered", !answer.ok || !answer.acked);
  }

  function onClick(event, where) {
    const node = event.target.closest("button[data-action-id]");
    if (!node) return;
    node.closest("details.overflow")?.removeAttribute("open");
    void press(node, where, node.dataset.choice);
  }

  /** Selects and choices act at once, unless they stand in an input block that only collects. */
  function onChange(event, where) {
    const node = event.target.closest("select, .choices, input[data-action-id]");
    if (!node?.dataset.actionId) return;
    const field = node.closest(".field");
    if (field && !field.dataset.dispatch) return;
    const value = valueOf(node);
    if (value === "" || (node.dataset.type ?? "").endsWith("_text_input")) return;
    void press(node, where, value);
  }

  function drawModal() {
    const top = state.desk.modals.at(-1);
    if (!top) {
      shownModal = "";
      if (modal.open) modal.close("gone");
      return;
    }
    const { view, errors } = top;
    const key = JSON.stringify([view.id, view.hash, errors]);
    if (key === shownModal) return;
    const same = modal.dataset.view === view.id;
    const kept = same ? valuesIn(modal) : {};
    const typing = same ? document.activeElement?.dataset?.blockId : undefined;
    shownModal = key;
    modal.dataset.view = view.id;
    const look = rendering();
    const back =
      state.desk.modals.length > 1
        ? html`<button type="button" class="back" data-close="yes" aria-label="Back">‹</button>`
        : "";
    const close = view.close ? textOf(view.close, look) : view.submit ? "Cancel" : "Close";
    const submit = view.submit
      ? html`<button type="submit" class="button primary">${textOf(view.submit, look)}</button>`
      : "";
    modal.innerHTML =
      html`<form><header>${back}<h2>${textOf(view.title, look)}</h2><button type="button" class="x" data-close="yes" aria-label="Close">×</button></header><div class="blocks scroll">${renderBlocks(view.blocks, look, errors)}</div><footer class="buttons"><button type="button" class="button plain" data-close="yes">${close}</button>${submit}</footer></form>`.markup;
    restore(modal, kept);
    if (!modal.open) modal.showModal();
    const wrong = modal.querySelector(".with-error :is(input, textarea, select)");
    const again = typing ? modal.querySelector(`[data-block-id="${CSS.escape(typing)}"]`) : null;
    const first = modal.querySelector(".blocks :is(input, textarea, select)");
    (wrong ?? again ?? first)?.focus();
  }

  async function submit() {
    const button = modal.querySelector("button[type=submit]");
    if (!button || button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    await act("submit", { view: modal.dataset.view, values: valuesIn(modal) });
    button.ariaBusy = "false";
  }

  modal.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  modal.addEventListener("cancel", (event) => {
    event.preventDefault();
    void act("close", { view: modal.dataset.view });
  });
  modal.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]"))
      return void act("close", { view: modal.dataset.view });
    onClick(event, modal.dataset.view);
  });
  modal.addEventListener("change", (event) => onChange(event, modal.dataset.view));
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.overflow[open]")) {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    }
  });

  return { valuesIn, restore, onClick, onChange, drawModal };
}

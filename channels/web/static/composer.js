// Where the citizen writes: grows with the text, counts, never sends while an input method is composing.

import { el } from "./dom.js";
import * as drawings from "./drawings.js";
import { LONGEST, NO_FILES } from "./words.js";

export function composer({ memory, submit }) {
  const count = el("span", { class: "count", id: "count" });
  const over = el("p", { class: "over", role: "alert" });
  const text = el("textarea", {
    id: "text", rows: 1, placeholder: "写下您的问题…", autocomplete: "off", enterkeyhint: "send",
    "aria-label": "您的问题，按回车发送，按 Shift 加回车换行", "aria-describedby": "count",
  });
  const button = el("button", { type: "submit", class: "send", "aria-label": "发送" }, drawings.send());
  const form = el("form", { class: "composer" }, over, el("div", { class: "field" }, text, count, button));

  const changed = () => {
    const length = [...text.value].length;
    const tooLong = length > LONGEST;
    form.classList.toggle("long", tooLong);
    count.textContent = length ? `${length} / ${LONGEST}` : "";
    over.textContent = tooLong ? `最多 ${LONGEST} 字，请拆成几条，或只写最想问的那一句。` : "";
    button.disabled = tooLong || !text.value.trim();
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, 168)}px`;
    memory.write("draft", text.value);
  };
  const put = (value) => { text.value = value; changed(); };
  const send = () => {
    if (button.disabled) return;
    const said = text.value.trim();
    put("");
    submit(said);
  };

  // A picture pasted or dropped would silently do nothing, or take the place of the page.
  const refuse = (event) => {
    const brought = event.clipboardData ?? event.dataTransfer;
    if (!brought?.types.includes("Files") || brought.types.includes("text/plain")) return;
    event.preventDefault();
    if (event.type !== "dragover") over.textContent = NO_FILES;
  };

  text.addEventListener("input", changed);
  text.addEventListener("paste", refuse);
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); send(); text.focus(); });
  put(memory.read("draft"));
  return { form, text, put, refuse, measure: changed };
}

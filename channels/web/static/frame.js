// The fixed parts around the talk: head, greeting, side panel, quick starts, foot.

import { el } from "./dom.js";
import * as drawings from "./drawings.js";
import { NAME, QUICK } from "./words.js";
import { walk } from "./turns.js";

export function head({ large, forget, close }) {
  const state = el("span", { class: "state" });
  const size = el("button", { type: "button", class: "plain", "aria-pressed": "false", onclick: large }, "大字版");
  const bar = el("header", { class: "head" },
    el("div", { class: "face" }, drawings.avatar()),
    el("div", { class: "who" }, el("h1", {}, NAME, el("span", { class: "demo", hidden: true, title: "演示数据，不办理真实业务" }, "演示")), state),
    el("div", { class: "tools" }, size,
      el("button", { type: "button", class: "plain icon", "aria-label": "新对话", title: "结束并清除这次对话", onclick: forget }, drawings.again(), el("span", {}, "新对话")),
      el("button", { type: "button", class: "plain icon close", "aria-label": "收起", title: "收起（Esc）", onclick: close }, drawings.close())));
  return { bar, state, size, demo: bar.querySelector(".demo") };
}

export function greeting(ask) {
  return el("div", { class: "hello" },
    el("div", { class: "face big" }, drawings.avatar()),
    el("h2", {}, "您好，我是家家"),
    el("p", {}, "缴存、提取、贷款、还款，直接问就行。"),
    quick("starts", ask));
}

export function quick(name, ask) {
  return el("div", { class: name, role: "group", "aria-label": "常见问题", onkeydown: walk },
    QUICK.map(([label, text, hint]) => el("button", { type: "button", class: "chip", onclick: () => ask(text) }, el("b", {}, label), el("span", { "aria-hidden": "true" }, hint))));
}

export function side() {
  const promise = (drawing, title, text) => el("li", {}, drawing(), el("div", {}, el("b", {}, title), el("span", {}, text)));
  return el("aside", { class: "side", "aria-label": "关于家家" },
    el("p", { class: "brand" }, "住房公积金管理中心", el("span", {}, "网上大厅")),
    el("div", { class: "face huge" }, drawings.avatar()),
    el("p", { class: "title" }, "公积金的事，", el("br"), "问家家。"),
    el("ul", {},
      promise(drawings.clock, "白天黑夜都在", "不用等上班，随问随答"),
      promise(drawings.book, "有出处、有日期", "政策回答写明依据哪份文件"),
      promise(drawings.shield, "号码自动遮盖", "身份证、手机、卡号不留在记录里")),
    el("p", { class: "line" }, drawings.phone(), el("span", {}, "想找人说？拨打 ", el("a", { href: "tel:12329" }, "12329"))));
}

export const foot = () => el("p", { class: "foot" }, "回答依据已公布的政策，办理以中心审核为准。家家不会主动打电话要密码或验证码。");

// A banner, a growing box, a keyboard: the log gets shorter at its top, never over what was read last.
export function holdPlace(log) {
  let height = 0;
  new ResizeObserver(() => {
    const now = log.clientHeight;
    if (height && now) log.scrollTop += height - now;
    height = now;
  }).observe(log);
}

// A site whose content policy keeps our styles out gets no widget rather than a broken one, and its makers a reason.
export function sheet(arrived, missing) {
  const address = new URL("./chat.css", import.meta.url);
  const link = el("link", { rel: "stylesheet", href: address });
  link.addEventListener("load", arrived);
  link.addEventListener("error", () => {
    console.error(`家家：样式没有加载。请在本站的 Content-Security-Policy 里允许 ${address.origin}（style-src、connect-src）。`);
    missing();
  });
  return link;
}

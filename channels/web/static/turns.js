// One question and its answer on the page: bubbles, tables, chips, sources, stars.

import { el } from "./dom.js";
import * as drawings from "./drawings.js";
import { typeset } from "./typeset.js";
import { NOTES } from "./words.js";

const LINKS = /(https?:\/\/[^\s，。；)）]+|(?<!\d)12329(?!\d))/g;
const PROVENANCE = /[（(](?:据公开资料)[^（()）]*[)）]\s*$/;

// 〔身份证·1〕 is how the server names what it has hidden; a citizen reads that it is hidden.
const HIDDEN = /〔([^〔〕·]+)·\d+〕/g;
const worded = (text) => text.replace(HIDDEN, (_, kind) => `〔${kind === "验证码" ? "验证码或密码" : kind}，已遮盖〕`);

export function question(item) {
  return el("div", { class: "said" }, el("span", { class: "unseen" }, "您说："), el("p", { class: "bubble mine" }, worded(item.text)), el("p", { class: "note", role: "status" }));
}

// What the server keeps instead of an ID number or a password stands on the screen too, once it has arrived.
export function cover(group, masked) {
  const mine = group.querySelector(".mine");
  if (mine && mine.textContent !== masked) mine.textContent = worded(masked);
}

export function mark(group, note, choices = []) {
  const place = group.querySelector(".said .note");
  if (!place) return;
  group.dataset.note = note;
  place.replaceChildren(NOTES[note] ?? note, ...choices.map(([label, act]) => el("button", { type: "button", onclick: act }, label)));
}

export function answer(turn, { tap, rate, again, rated }) {
  const replies = turn.replies.map((reply) => said(reply, turn, tap));
  const lost = turn.seq === 0 && turn.outcome === "failed";
  const judged = turn.seq > 0 && ["answered", "acted", "handed-off"].includes(turn.outcome);
  return el("div", { class: "answer" },
    el("div", { class: "face" }, drawings.avatar()),
    el("div", { class: "replies" },
      el("span", { class: "unseen" }, "家家说："),
      replies,
      lost && el("div", { class: "chips" }, el("button", { type: "button", class: "chip", onclick: again }, "再发一次")),
      judged && replies.length > 0 && stars(turn.seq, rated, rate)));
}

export const typing = () =>
  el("div", { class: "answer typing", "aria-label": "家家正在回答" },
    el("div", { class: "face" }, drawings.avatar()),
    el("div", { class: "bubble" }, el("i"), el("i"), el("i")));

export const divider = (moment) => el("p", { class: "moment" }, el("time", { datetime: moment.toISOString() }, dated(moment)));

// A page stays open over midnight: what was today is not any more.
export function redate(log) {
  for (const time of log.querySelectorAll(".moment time")) time.textContent = dated(new Date(time.dateTime));
}

function dated(moment) {
  const day = (date) => date.toLocaleDateString("sv");
  const clock = moment.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  const today = day(moment) === day(new Date());
  const date = today ? "今天" : moment.toLocaleDateString("zh-CN", { month: "long", day: "numeric" });
  return `${date} ${clock}`;
}

function said(reply, turn, tap) {
  return el("div", { class: "reply" },
    reply.text && el("div", { class: "bubble" }, paragraphs(reply.text)),
    reply.cards.map(card),
    reply.handoff && el("p", { class: "handoff" }, drawings.phone(), "人工热线 ", el("a", { href: "tel:12329" }, "12329")),
    reply.sources.length > 0 && sources(reply.sources),
    reply.buttons.length > 0 && chips(reply.buttons, turn.outcome === "clarified", tap));
}

function paragraphs(written) {
  const text = typeset(written);
  const provenance = text.match(PROVENANCE)?.[0] ?? "";
  const lines = text.slice(0, text.length - provenance.length).trim().split(/\n+/);
  return [
    ...lines.map((line, index) => el("p", { class: index === 0 && lines.length > 1 ? "lead" : null }, linked(line))),
    provenance && el("p", { class: "provenance" }, linked(provenance.trim())),
  ];
}

function linked(text) {
  return text.split(LINKS).map((part, index) => {
    if (index % 2 === 0) return part;
    return part === "12329" ? el("a", { href: "tel:12329" }, part) : away(part, part);
  });
}

const away = (address, ...children) => el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...children);

const safe = (address) => /^(https?:\/\/|\/(?!\/))/.test(address);

function card(shown) {
  const opens = safe(shown.link) && away(shown.link, shown.kind === "document" ? "打开文件" : "查看");
  const rows = shown.rows.map((row) => el("tr", {}, el("th", { scope: "row" }, typeset(row.label)), el("td", {}, linked(typeset(row.value)))));
  if (rows.length === 0) return el("p", { class: "card" }, el("span", {}, typeset(shown.title)), opens);
  return el("div", { class: shown.kind === "table" ? "card listing" : "card" }, el("table", {}, el("caption", {}, typeset(shown.title)), el("tbody", {}, rows)), opens);
}

function sources(all) {
  const line = (source) => [source.title, source.doc_no, source.issuer, source.date].filter(Boolean).map(typeset).join(" · ");
  const entry = (source) => (safe(source.url) ? away(source.url, line(source)) : line(source));
  if (all.length === 1) return el("p", { class: "sources" }, el("b", {}, "依据"), el("span", {}, entry(all[0])));
  return el("details", { class: "sources" },
    el("summary", {}, el("b", {}, "依据"), el("span", {}, line(all[0])), el("em", {}, `等 ${all.length} 项`)),
    el("ul", {}, all.map((source) => el("li", {}, entry(source)))));
}

export function chips(buttons, numbered, tap) {
  return el("div", { class: numbered ? "chips numbered" : "chips", role: "group", "aria-label": "可以选", onkeydown: walk },
    buttons.map((button, index) => el("button", { type: "button", class: "chip", onclick: () => tap(button) },
      numbered && el("b", { "aria-hidden": "true" }, `${index + 1}`), typeset(button.label))));
}

// Arrow keys walk along a row of chips; Tab still reaches each one.
export function walk(event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const all = [...event.currentTarget.querySelectorAll("button")];
  const next = all[(all.indexOf(event.target) + step + all.length) % all.length];
  next?.focus();
  event.preventDefault();
}

function stars(seq, rated, rate) {
  const row = el("div", { class: "stars", role: "group", "aria-label": "给这个回答打分" });
  const show = (score) => {
    row.classList.toggle("rated", score > 0);
    row.replaceChildren(
      el("span", {}, score ? "谢谢您的评价" : "这个回答有帮助吗？"),
      ...[1, 2, 3, 4, 5].map((value) => el("button", {
        type: "button", "aria-label": `${value} 星`, "aria-pressed": String(value === score), class: value <= score ? "lit" : null,
        onclick: () => {
          if (!rate(seq, value)) return;
          show(value);
          row.querySelectorAll("button")[value - 1].focus();
        },
      }, drawings.star())));
  };
  show(rated);
  row.addEventListener("keydown", walk);
  return row;
}

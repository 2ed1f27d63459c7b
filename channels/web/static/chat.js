// <jiajia-chat>: the whole conversation, as a full page (attribute `full`) or as a widget in the corner.

import { composer } from "./composer.js";
import { el } from "./dom.js";
import * as drawings from "./drawings.js";
import { foot, greeting, head, holdPlace, quick, sheet, side } from "./frame.js";
import { here, NEAREST } from "./here.js";
import { frameOf, Line, newId } from "./line.js";
import { Memory } from "./memory.js";
import * as turns from "./turns.js";
import { typeset } from "./typeset.js";
import { STATES } from "./words.js";

const AT_ONCE = 3; // messages on their way at the same time; the rest wait their turn
const UNHEARD = 8000; // milliseconds without a sign that a message arrived
const SLOW = 1500; // after which the page says that it is still sending
const PAUSE = 10 * 60 * 1000; // after which the time is shown again

class JiajiaChat extends HTMLElement {
  #memory = new Memory();
  #line; #head; #composer; #log; #dots; #banner; #panel; #launcher;
  #last = 0; #lastMoment = 0; #session = ""; #unread = 0;
  #waiting = new Map(); // message id → item, until it is answered
  #underway = new Map(); // message id → the timer that gives up on it

  connectedCallback() {
    if (this.shadowRoot) return;
    this.#session = this.#memory.read("session");
    this.#build();
    this.#enlarge(this.#memory.read("large") === "yes");
    const server = new URL(this.getAttribute("server") || location.origin, location.href);
    const address = new URL("/ws", server);
    address.protocol = server.protocol === "https:" ? "wss:" : "ws:";
    this.#line = new Line(address, () => ({ session: this.#session, seq: this.#last }));
    this.#line.addEventListener("frame", (event) => this.#heard(event.detail));
    this.#line.addEventListener("state", (event) => this.#connection(event.detail));
    this.#line.addEventListener("barred", (event) => this.#tell(typeset(event.detail), true));
    for (const item of this.#memory.unanswered()) this.#ask(item);
    if (this.#full || this.#waiting.size) this.#line.open();
  }

  get #full() { return this.hasAttribute("full"); }

  // ── building ───────────────────────────────────────────────────────────────
  #build() {
    const root = this.attachShadow({ mode: "open" });
    const ask = (text) => this.#say(text);
    this.#head = head({ large: () => this.#enlarge(!this.hasAttribute("large")), forget: () => this.#forget(), close: () => this.close() });
    this.#composer = composer({ memory: this.#memory, submit: ask });
    this.#dots = turns.typing();
    this.#banner = el("p", { class: "banner", role: "status" });
    this.#log = el("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": "对话记录", tabindex: 0 }, greeting(ask));
    const talk = el("div", { class: "talk" }, this.#head.bar, this.#banner, this.#log,
      el("div", { class: "desk" }, quick("strip", ask), this.#composer.form, foot()));
    this.#panel = el(this.#full ? "main" : "section", { class: "panel", "aria-label": "家家智能客服", role: this.#full ? null : "dialog" }, this.#full && side(), talk);
    this.#launcher = el("button", { type: "button", class: "launcher", "aria-expanded": "false", hidden: true, onclick: () => this.open() },
      drawings.avatar(), el("span", {}, "问家家"), el("b", { class: "unread", hidden: true }));
    const style = sheet(() => { this.setAttribute("ready", ""); this.#launcher.hidden = false; this.#composer.measure(); }, () => { if (!this.#full) this.remove(); });
    root.append(style, ...(this.#full ? [this.#panel] : [this.#launcher, this.#panel]));
    this.#panel.hidden = !this.#full;
    holdPlace(this.#log);
    for (const kind of ["dragover", "drop"]) this.#panel.addEventListener(kind, this.#composer.refuse);
    root.addEventListener("keydown", (event) => { if (event.key === "Escape" && !this.#full && !event.isComposing) this.close(); });
    this.#composer.text.addEventListener("focus", () => { if (this.#line.state === "asleep") this.#line.open(); });
  }

  open() {
    this.#panel.hidden = false;
    this.#launcher.hidden = true;
    this.#launcher.setAttribute("aria-expanded", "true");
    this.#count(0);
    this.#line.open();
    this.#composer.measure();
    this.#composer.text.focus();
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  close() {
    if (this.#full || this.#panel.hidden) return;
    this.#panel.hidden = true;
    this.#launcher.hidden = false;
    this.#launcher.setAttribute("aria-expanded", "false");
    this.#launcher.focus();
  }

  #enlarge(large) {
    this.toggleAttribute("large", large);
    this.#head.size.setAttribute("aria-pressed", String(large));
    this.#memory.write("large", large ? "yes" : "");
    this.#composer.measure();
    const newest = this.#log.querySelector(".turn:last-of-type");
    if (newest) requestAnimationFrame(() => this.#reveal(newest));
  }

  #forget() {
    if (!confirm("结束这次对话，并清除本机上的记录？")) return;
    this.#line.close();
    this.#memory.forget();
    for (const timer of this.#underway.values()) clearTimeout(timer);
    this.#waiting.clear();
    this.#underway.clear();
    this.#session = "";
    this.#last = this.#lastMoment = 0;
    this.#composer.put("");
    this.#log.replaceChildren(greeting((text) => this.#say(text)));
    this.#panel.classList.remove("begun");
    this.#line.open();
  }

  // ── asking ─────────────────────────────────────────────────────────────────
  #say(text) { this.#ask({ id: newId(), type: "message", text, at: Date.now() }); }

  async #tap(button) {
    const place = button.payload === NEAREST ? await here() : null;
    if (place) this.#ask({ id: newId(), type: "place", text: button.label, ...place, at: Date.now() });
    else if (button.payload === NEAREST) this.#tell("没有拿到位置。直接写您在哪个区也行，比如“城西区的网点”。");
    else this.#press(button);
  }

  #press(button) { this.#ask({ id: newId(), type: "tap", text: button.label, payload: button.payload, at: Date.now() }); }

  #ask(item) {
    this.#waiting.set(item.id, item);
    this.#memory.keep(item);
    if (!this.#group(item.id)) this.#add(el("section", { class: "turn", "data-id": item.id }, turns.question(item)), item.at);
    this.#line?.open();
    this.#pump();
  }

  // Sends what waits, oldest first, a few at a time; what is not acknowledged goes again with the same id.
  #pump() {
    for (const item of this.#waiting.values()) {
      const group = this.#group(item.id);
      if (this.#underway.has(item.id)) continue;
      if (this.#line?.state === "barred") { turns.mark(group, "failed"); continue; }
      if (this.#line?.state !== "ready") { turns.mark(group, navigator.onLine ? "sending" : "waiting"); continue; }
      if (this.#underway.size >= AT_ONCE) { turns.mark(group, "sending"); continue; }
      if (!this.#line.send(frameOf(item))) return;
      this.#underway.set(item.id, setTimeout(() => this.#line.restart(), UNHEARD));
      setTimeout(() => { if (this.#underway.has(item.id) && !("note" in group.dataset)) turns.mark(group, "sending"); }, SLOW);
    }
    this.#wait();
  }

  #settle(id) {
    clearTimeout(this.#underway.get(id));
    this.#underway.delete(id);
    this.#waiting.delete(id);
    this.#memory.drop(id);
  }

  // ── hearing ────────────────────────────────────────────────────────────────
  #heard(frame) {
    const kinds = { welcome: this.#welcomed, typing: this.#arrived, turn: this.#answered, refused: this.#refused };
    kinds[frame.type]?.call(this, frame);
  }

  #welcomed({ session, turns: missed, demo }) {
    if (session !== this.#session) this.#last = 0;
    this.#session = session;
    this.#memory.write("session", session);
    this.#head.demo.hidden = !demo;
    for (const timer of this.#underway.values()) clearTimeout(timer);
    this.#underway.clear();
    for (const turn of missed) this.#show(turn);
  }

  #arrived({ id }) {
    clearTimeout(this.#underway.get(id));
    const group = this.#group(id);
    if (group) turns.mark(group, "");
    this.#wait();
  }

  #answered({ turn }) {
    this.#show(turn);
    this.#pump();
  }

  #refused({ id, code, say, retry }) {
    clearTimeout(this.#underway.get(id));
    this.#underway.delete(id);
    const item = this.#waiting.get(id);
    if (!item) return retry ? setTimeout(() => this.#line.restart(), retry * 1000) : this.#tell(say);
    const group = this.#group(id);
    if (retry) {
      turns.mark(group, "held");
      this.#tell(say);
      this.#underway.set(id, setTimeout(() => { this.#underway.delete(id); this.#pump(); }, retry * 1000));
      return undefined;
    }
    this.#settle(id);
    turns.mark(group, say, [["改一改", () => { group.remove(); this.#composer.put(item.text); this.#composer.text.focus(); }]]);
    group.classList.add("refused");
    return this.#pump();
  }

  #show(turn) {
    if (turn.seq && turn.seq <= this.#last) return;
    this.#last = Math.max(this.#last, turn.seq);
    this.#settle(turn.message_id);
    if (turn.outcome === "erased") for (const old of this.#log.querySelectorAll(".turn[data-seq], .moment")) old.remove();
    const kept = this.#group(turn.message_id);
    if (kept?.dataset.seq === "0" && turn.text) { kept.dataset.seq = turn.seq; turns.cover(kept, turn.text); return; } // recorded only now, already shown
    const group = kept && !kept.dataset.seq ? kept : this.#newGroup(turn, Boolean(kept));
    group.dataset.seq = turn.seq;
    turns.mark(group, "");
    if (turn.seq && turn.text) turns.cover(group, turn.text);
    if (turn.replies.length) {
      group.append(turns.answer(turn, {
        tap: (button) => this.#tap(button),
        rate: (seq, score) => this.#rate(seq, score),
        rated: Number(this.#memory.read(`rated.${turn.seq}`)),
        again: () => this.#again(group, turn),
      }));
    }
    this.#wait();
    this.#reveal(group);
    if (this.#panel.hidden) this.#count(this.#unread + 1);
  }

  #newGroup(turn, follows) {
    const group = el("section", { class: "turn", "data-id": follows ? null : turn.message_id },
      turn.text && !follows && turns.question({ text: turn.text }));
    this.#add(group, Date.parse(turn.taken_at));
    return group;
  }

  #again(group, turn) {
    group.querySelector(".answer").remove();
    delete group.dataset.seq;
    this.#ask({ id: turn.message_id, type: "message", text: group.querySelector(".mine").textContent, at: Date.now() });
  }

  #rate(seq, score) {
    const sent = this.#line.send({ type: "rate", turn: seq, score });
    if (sent) this.#memory.write(`rated.${seq}`, String(score));
    else this.#tell("现在连不上，评价没有送到。连上后请再点一次。");
    return sent;
  }

  // ── showing ────────────────────────────────────────────────────────────────
  #group(id) { return this.#log.querySelector(`.turn[data-id="${CSS.escape(id)}"]`); }

  #add(group, at) {
    if (at - this.#lastMoment > PAUSE) {
      turns.redate(this.#log);
      this.#log.append(turns.divider(new Date(at)));
    }
    this.#lastMoment = Math.max(at, this.#lastMoment);
    this.#log.append(group);
    this.#panel.classList.add("begun");
    this.#reveal(group);
  }

  #wait() {
    const first = [...this.#waiting.keys()].find((id) => this.#underway.has(id) && this.#group(id)?.dataset.note === "");
    if (!first) return this.#dots.remove();
    const group = this.#group(first);
    if (this.#dots.parentNode !== group) { group.append(this.#dots); this.#reveal(group); }
    return undefined;
  }

  // A short answer is shown whole; of a long one the beginning, and of a long question no more than its end.
  #reveal(group) {
    const room = this.#log.clientHeight - 24, asked = group.querySelector(".said")?.offsetHeight ?? 0;
    const above = Math.max(0, asked - room / 3) - 12;
    this.#log.scrollTop = group.offsetHeight > room ? group.offsetTop + above : group.offsetTop + group.offsetHeight - room;
  }

  #connection(state) {
    const [label, banner] = STATES[state];
    this.#head.state.textContent = label;
    this.#head.bar.dataset.state = state;
    this.#tell(banner, true);
    if (state !== "ready") {
      for (const timer of this.#underway.values()) clearTimeout(timer);
      this.#underway.clear();
    }
    this.#pump();
  }

  #tell(text, stays = false) {
    clearTimeout(this.#banner.timer);
    this.#banner.textContent = text;
    if (text && !stays) this.#banner.timer = setTimeout(() => { this.#banner.textContent = STATES[this.#line.state][1]; }, 6000);
  }

  #count(unread) {
    this.#unread = unread;
    const badge = this.#launcher.querySelector(".unread");
    badge.hidden = unread === 0;
    badge.textContent = unread;
    this.#launcher.setAttribute("aria-label", unread ? `问家家，${unread} 条新回答` : "问家家");
  }
}

if (!customElements.get("jiajia-chat")) customElements.define("jiajia-chat", JiajiaChat);

// The WebSocket: connects, says hello with the last turn seen, notices silence, and comes back by itself.

const PAUSES = [300, 800, 1500, 3000, 6000, 12000];
const PING_EVERY = 20000;
const PATIENCE = 10000;
const ASLEEP = 4000;
const MISBEHAVED = 4008;

export class Line extends EventTarget {
  #url; #hello; #socket = null; #state = "idle"; #failures = 0; #welcomed = false; #timers = {};

  constructor(url, hello) {
    super();
    this.#url = url;
    this.#hello = hello;
    addEventListener("online", () => this.open());
    addEventListener("offline", () => { this.#drop(); this.#become("offline"); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden && this.#state === "lost") this.open(); });
  }

  get state() { return this.#state; }

  open() {
    if (this.#socket || this.#state === "barred") return;
    if (!navigator.onLine) return this.#become("offline");
    clearTimeout(this.#timers.retry);
    if (this.#state === "idle" || this.#state === "asleep") this.#become("connecting");
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#timers.greeting = setTimeout(() => this.restart(), PATIENCE);
    socket.onopen = () => this.send({ type: "hello", ...this.#hello() });
    socket.onmessage = (event) => { if (socket === this.#socket) this.#heard(JSON.parse(event.data)); };
    socket.onclose = (event) => { if (socket === this.#socket) this.#closed(event.code); };
  }

  send(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  restart() {
    this.#drop();
    this.#closed(0);
  }

  close() {
    this.#drop();
    this.#become("idle");
  }

  #heard(frame) {
    clearTimeout(this.#timers.silence);
    if (frame.type === "welcome") {
      this.#failures = 0;
      this.#welcomed = true;
      clearTimeout(this.#timers.greeting);
      clearInterval(this.#timers.ping);
      this.#timers.ping = setInterval(() => this.#ping(), PING_EVERY);
    }
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
    if (frame.type === "welcome") this.#become("ready");
  }

  #ping() {
    if (!this.send({ type: "ping" })) return;
    clearTimeout(this.#timers.silence);
    this.#timers.silence = setTimeout(() => this.restart(), PATIENCE);
  }

  #closed(code) {
    this.#drop();
    if (code === ASLEEP) return this.#become("asleep");
    this.#failures += 1;
    if (this.#failures === 1 && !this.#welcomed) this.#why();
    this.#become(!navigator.onLine ? "offline" : this.#failures > 4 ? "unreachable" : "lost");
    const pause = code === MISBEHAVED ? PAUSES.at(-1) : PAUSES[Math.min(this.#failures, PAUSES.length) - 1];
    clearTimeout(this.#timers.retry);
    this.#timers.retry = setTimeout(() => this.open(), pause * (0.75 + Math.random() / 2));
  }

  // A browser does not tell why a line was refused; the server does, when it is asked without one.
  async #why() {
    const address = new URL(this.#url);
    address.protocol = address.protocol === "wss:" ? "https:" : "http:";
    const answer = await fetch(address).catch(() => null);
    if (answer?.status !== 403) return;
    const { say } = await answer.json();
    this.#drop();
    clearTimeout(this.#timers.retry);
    this.#become("barred");
    this.dispatchEvent(new CustomEvent("barred", { detail: say }));
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    clearTimeout(this.#timers.greeting);
    clearTimeout(this.#timers.silence);
    clearInterval(this.#timers.ping);
    socket?.close();
  }

  #become(state) {
    this.#state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }
}

// What is asked, as the server reads it; the id is what makes it the same when it is sent again.
export function frameOf({ id, type, text, payload, latitude, longitude }) {
  if (type === "place") return { type, id, latitude, longitude };
  return type === "tap" ? { type, id, label: text, payload } : { type, id, text };
}

export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

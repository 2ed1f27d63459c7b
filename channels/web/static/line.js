// The WebSocket: connects, says hello with the last turn seen, notices silence, and comes back by itself.

const PAUSES = [300, 800, 1500, 3000, 6000, 12000];
const PING_EVERY = 20000;
const PATIENCE = 10000;
const ASLEEP = 4000;
const MISBEHAVED = 4008;

export class Line extends EventTarget {
  #url; #hello; #socket = null; #state = "idle"; #failures = 0; #timers = {};

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
    if (this.#socket) return;
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
    this.#become(!navigator.onLine ? "offline" : this.#failures > 4 ? "unreachable" : "lost");
    const pause = code === MISBEHAVED ? PAUSES.at(-1) : PAUSES[Math.min(this.#failures, PAUSES.length) - 1];
    clearTimeout(this.#timers.retry);
    this.#timers.retry = setTimeout(() => this.open(), pause * (0.75 + Math.random() / 2));
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

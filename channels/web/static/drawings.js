// 家家 herself, a small house with a smile, and the few signs on the buttons.

import { svg } from "./dom.js";

export const avatar = () =>
  svg("0 0 64 64", "avatar", [
    ["rect", { width: 64, height: 64, rx: 32, class: "a-sky" }],
    ["path", { d: "M43 14h6v12l-6-5z", class: "a-chimney" }],
    ["path", { d: "M14 30v17a5 5 0 0 0 5 5h26a5 5 0 0 0 5-5V30L32 15z", class: "a-wall" }],
    ["path", { d: "M9.5 32.5 32 12.5l22.5 20", class: "a-roof" }],
    ["circle", { cx: 25, cy: 35, r: 2.6, class: "a-eye" }],
    ["circle", { cx: 39, cy: 35, r: 2.6, class: "a-eye" }],
    ["path", { d: "M24.5 41.5c4 4.6 11 4.6 15 0", class: "a-smile" }],
    ["circle", { cx: 20.5, cy: 40, r: 2.4, class: "a-cheek" }],
    ["circle", { cx: 43.5, cy: 40, r: 2.4, class: "a-cheek" }],
  ].filter(([tag]) => tag !== "g"));

const sign = (d) => () => svg("0 0 24 24", "sign", [["path", { d }]]);

export const send = sign("M12 19V5M5.5 11.5 12 5l6.5 6.5");
export const close = sign("M6 6l12 12M18 6 6 18");
export const again = sign("M19 12a7 7 0 1 1-2.2-5.1M19 4v4.5h-4.5");
export const phone = sign("M6 4h3.5l1.5 4.5-2 1.5a12 12 0 0 0 5 5l1.5-2 4.5 1.5V18a2 2 0 0 1-2 2A14 14 0 0 1 4 6a2 2 0 0 1 2-2z");
export const shield = sign("M12 3.5 5 6v5.5c0 4.3 3 7.6 7 9 4-1.4 7-4.7 7-9V6zM9 12l2.2 2.2L15.5 10");
export const book = sign("M5 5.5A2 2 0 0 1 7 4h12v14H7a2 2 0 0 0-2 1.8zM5 5.5v14.3A1.8 1.8 0 0 0 7 21h12M9 8.5h6M9 12h4");
export const clock = sign("M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2");

export const star = () =>
  svg("0 0 24 24", "star", [["path", { d: "m12 3.8 2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z" }]]);

// Sets Chinese as Chinese is printed: answers are written with half-width marks, a page shows full-width ones.

const WIDE = { ",": "，", ";": "；", ":": "：", "?": "？", "!": "！" };
const AFTER = /(?<=[\p{Script=Han}》」』”）〕])[,;:?!]/gu; // 电话:0971 — but never 9:00 or 16,800
const BEFORE = /(?<=[\p{Script=Latin}\d%)])[,;:?!](?=[\p{Script=Han}《「『“（〔])/gu; // 16800 元 / 12329,周末
const ENDS = /:(?=\n|$)/g; // 年利率 2.60%: before a list
const BRACKETS = /\(([^()]*\p{Script=Han}[^()]*)\)/gu;

export function typeset(text) {
  return text.replace(BRACKETS, "（$1）").replace(AFTER, (mark) => WIDE[mark]).replace(ENDS, "：").replace(BEFORE, (mark) => WIDE[mark]);
}

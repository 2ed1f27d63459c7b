// Everything the page says by itself; what 家家 answers comes from the server.

export const NAME = "家家";
export const LONGEST = 2000;

export const QUICK = [
  ["租房能提多少", "租房一年最多能提多少？"],
  ["公积金贷款利率", "公积金贷款利率是多少？"],
  ["查余额", "查一下我的公积金余额"],
  ["提取进度", "我的提取办到哪一步了？"],
  ["找网点", "公积金中心的网点在哪里？"],
  ["转人工", "转人工"],
];

export const STATES = {
  idle: ["24 小时在线", ""],
  connecting: ["正在连接…", ""],
  ready: ["24 小时在线", ""],
  lost: ["正在重新连接…", "连接断了，正在重连。您写的内容都在，连上后自动发出。"],
  offline: ["网络已断开", "您的网络断开了。可以接着写，网络恢复后自动发出。"],
  unreachable: ["连不上", "暂时连不上家家，页面会继续尝试。着急的话请拨打 12329。"],
  asleep: ["休息中", "好一会儿没有新消息，家家先歇一下。接着写就能继续。"],
};

export const NOTES = {
  sending: "正在发送",
  waiting: "等网络恢复后发出",
  held: "稍等片刻，自动再发",
  failed: "没有发出",
};

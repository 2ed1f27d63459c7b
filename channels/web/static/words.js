// Everything the page says by itself; what 家家 answers comes from the server.

export const NAME = "家家";
export const LONGEST = 2000;
export const NO_FILES = "家家看不了图片和文件，请把想问的写成文字。";

// What the chip says, what it asks, and a hint where there is room.
export const QUICK = [
  ["租房能提多少", "租房一年最多能提多少？", "每户每年上限，怎么提"],
  ["公积金贷款利率", "公积金贷款利率是多少？", "首套、二套，几年期"],
  ["查余额", "查一下我的公积金余额", "账户里现在有多少"],
  ["提取进度", "我的提取办到哪一步了？", "申请到了哪一步"],
  ["找网点", "公积金中心的网点在哪里？", "地址、电话、上班时间"],
  ["转人工", "转人工", "请工作人员来帮您"],
];

export const STATES = {
  idle: ["24 小时在线", ""],
  connecting: ["正在连接…", ""],
  ready: ["24 小时在线", ""],
  lost: ["正在重新连接…", "连接断了，正在重连。您写的内容都在，连上后自动发出。"],
  offline: ["网络已断开", "您的网络断开了。可以接着写，网络恢复后自动发出。"],
  unreachable: ["连不上", "暂时连不上家家，页面会继续尝试。着急的话请拨打 12329。"],
  barred: ["不可用", ""],
  asleep: ["休息中", "好一会儿没有新消息，家家先歇一下。接着写就能继续。"],
};

export const NOTES = {
  sending: "正在发送",
  waiting: "等网络恢复后发出",
  held: "稍等片刻，自动再发",
  failed: "没有发出",
};

"""What the certificate pages say, as it is printed: no script sets it."""

PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>住房公积金电子证明</title><style>
body{font:18px/1.7 system-ui,sans-serif;max-width:40rem;margin:0 auto;padding:1.5rem;color:#1b1b1b;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.2rem}table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{border:1px solid #767676;padding:.5rem .7rem;text-align:left}th{width:40%;background:#f3f3f3}
button{font:inherit;padding:.6rem 1.4rem;background:#0b5cad;color:#fff;border:0;border-radius:.3rem}
input{font:inherit;padding:.5rem;max-width:100%;box-sizing:border-box}label{display:block;margin-top:1rem}
.good{border-left:.4rem solid #1a7f37;padding-left:1rem}.bad{border-left:.4rem solid #b3261e;padding-left:1rem}
.demo{color:#b3261e;font-weight:bold}:focus-visible{outline:3px solid #ffb000;outline-offset:2px}
</style></head><body><main><h1>住房公积金电子证明</h1>{body}</main></body></html>"""
FETCH = """<p>您的证明开好了。这个链接只能下载一次，请在 10 分钟内下载。</p>
<form method="post"><button>下载证明(PDF)</button></form>"""
GONE = """<p class="bad">这个下载链接已经用过，或者过了 10 分钟。</p>
<p>请回到和家家的对话，再说一次“开证明”，会给您新的链接；内容不变，不会重复开具。</p>"""
UNAVAILABLE = """<p class="bad">业务系统暂时连不上，请过几分钟再试。急用请拨打 12329。</p>"""
BUSY = '<p class="bad">从您这里查验得太频繁了，请过一分钟再试。</p>'
SAID = '<p class="bad">{}</p>'
FORM = """<h2>查验证明</h2>
<form method="get" action="/verify"><label for="code">按验证码查验（证明左下角）</label>
<input id="code" name="code" maxlength="24" autocomplete="off" required> <button>查验</button></form>
<form method="post" action="/verify" enctype="multipart/form-data">
<label for="file">或上传 PDF 文件查验（不超过 2 MB）</label>
<input id="file" name="file" type="file" accept="application/pdf" required> <button>上传查验</button></form>"""
DEMO = '<p class="demo">演示数据：这份证明不属于任何真人，不能使用。</p>'
VERDICTS = {
    "known": '<p class="good">查到了这份证明。请核对手里的证明与下面的内容是否一致；不一致的是假的。</p>',
    "intact": '<p class="good">这份文件由本系统出具，签名有效，内容没有改动。</p>',
    "altered": '<p class="bad">这份文件被改动过，签名已经失效，不能采用。请让持有人重新开具。</p>',
    "not-ours": '<p class="bad">这份文件不是本系统出具的，或已经损坏，不能采用。</p>',
    "unchecked": '<p class="bad">这份文件没能在限时内查完，不能说它是真是假。请过几分钟再传，或按验证码查验。</p>',
    "unknown": '<p class="bad">没有查到这个验证码对应的证明。请核对后再试（没有字母 I、O 和数字 0、1）。</p>',
    "unreadable": '<p class="bad">没有收到文件，或文件超过 2 MB。请选择证明的 PDF 文件再上传。</p>',
}

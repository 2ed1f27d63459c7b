// The one tag a site adds: <script src="https://…/widget.js" defer></script>. It brings <jiajia-chat> to the corner.
(() => {
  const here = new URL(document.currentScript.src);
  import(`${here.origin}/web/__VERSION__/chat.js`).then(() => {
    if (document.querySelector("jiajia-chat")) return;
    const chat = document.createElement("jiajia-chat");
    chat.setAttribute("server", here.origin);
    document.body.append(chat);
  });
})();

// desk.js - comfort alone: every page works without it.
"use strict";
(function () {
  const body = document.body;
  const view = body.dataset.view;
  const base = body.dataset.base || "";
  document.documentElement.classList.add("js");

  // Keys: j or n next, a accept, q ask. Never while somebody types, nor with Ctrl, Alt or Meta.
  function press(selector) {
    const target = document.querySelector(selector);
    if (!target || target.disabled || target.closest("fieldset:disabled")) return false;
    target.click();
    return true;
  }
  const keys = {
    message: { j: "#next", n: "#next", a: "button[value=accept]", q: "button[value=ask]" },
    queue: { j: "#queue a", n: "#queue a" },
  };
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const selector = (keys[view] || {})[event.key.toLowerCase()];
    if (selector && press(selector)) event.preventDefault();
  });

  // What was typed is still there when one goes back by the browser's own way.
  const back = document.getElementById("back");
  if (back && history.length > 1)
    back.addEventListener("click", function (event) {
      event.preventDefault();
      history.back();
    });

  // Enter sends what is shown; the page stays at its top, so that it is read first.
  const send = document.getElementById("send");
  if (send) send.focus({ preventScroll: true });

  // Sent once: a second click does nothing.
  document.querySelectorAll("form[method=post]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });

  // The live count.
  const waiting = document.getElementById("waiting");
  const title = document.title;
  function show(count) {
    if (waiting.textContent !== String(count)) waiting.textContent = count;
    if (view === "queue") document.title = "(" + count + ") " + title;
  }
  function poll() {
    if (document.hidden) return;
    fetch(base + "/count", { credentials: "same-origin", redirect: "error" })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (told) { if (told) show(told.waiting); })
      .catch(function () {});
  }
  if (waiting) setInterval(poll, 30000);
})();

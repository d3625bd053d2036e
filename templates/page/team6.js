// What pages do beyond what the server renders: they stay up to date, tell how long ago something
// was, and show in the graph what waits for what. Without it everything works, by reloading.
"use strict";
(() => {
  const body = document.body;

  // Time goes on.
  const span = (s) => s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min ${s % 60} s`
    : s < 86400 ? `${Math.floor(s / 3600)} h ${Math.floor(s % 3600 / 60)} min`
    : `${Math.floor(s / 86400)} d ${Math.floor(s % 86400 / 3600)} h`;
  const since = (text) => Math.max(0, Math.floor((Date.now() - Date.parse(text)) / 1000));
  const tick = () => {
    for (const one of document.querySelectorAll("[data-since]")) one.textContent = span(since(one.dataset.since));
    for (const one of document.querySelectorAll("time[data-ago]")) {
      const s = since(one.dateTime);
      const words = s < 10 ? "just now" : `${span(s)} ago`;
      if (one.textContent !== words) one.textContent = words;
    }
  };
  setInterval(tick, 1000);

  // The graph: what a task waits for, and what waits for it.
  const pick = (svg, task) => {
    const paths = [...svg.querySelectorAll(".arrows path")];
    const on = new Set([task]);
    const walk = (from, to) => {
      const open = [task];
      while (open.length) {
        const at = open.pop();
        for (const path of paths) if (path.dataset[from] === at) {
          path.classList.add("on");
          if (!on.has(path.dataset[to])) { on.add(path.dataset[to]); open.push(path.dataset[to]); }
        }
      }
    };
    clear(svg);
    walk("to", "from");
    const before = [...on];
    on.clear(); on.add(task);
    walk("from", "to");
    before.forEach((one) => on.add(one));
    for (const box of svg.querySelectorAll(".box")) box.classList.toggle("on", on.has(box.dataset.task));
    svg.classList.add("picked");
  };
  const clear = (svg) => {
    svg.classList.remove("picked");
    for (const one of svg.querySelectorAll(".on")) one.classList.remove("on");
  };
  for (const [enter, leave] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    document.addEventListener(enter, (event) => {
      const box = event.target.closest?.(".box");
      if (box) pick(box.closest("svg"), box.dataset.task);
    });
    document.addEventListener(leave, (event) => {
      const box = event.target.closest?.(".box");
      if (box && !box.contains(event.relatedTarget)) clear(box.closest("svg"));
    });
  }
  let zoom = 1;
  const size = () => {
    const svg = document.querySelector("svg.waves");
    if (!svg) return;
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    svg.setAttribute("width", Math.round(width * zoom));
    svg.setAttribute("height", Math.round(height * zoom));
  };
  for (const row of document.querySelectorAll(".zoom")) row.hidden = false;
  document.addEventListener("click", (event) => {
    const how = event.target.closest?.("[data-zoom]")?.dataset.zoom;
    const svg = how && document.querySelector("svg.waves");
    if (!svg) return;
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    const canvas = svg.parentElement;
    if (how === "in") zoom = Math.min(2, zoom * 1.25);
    if (how === "out") zoom = Math.max(.1, zoom / 1.25);
    if (how === "fit") zoom = Math.min(1, (canvas.clientWidth - 24) / width, Math.max(120, canvas.clientHeight - 24) / height);
    size();
  });
  let drag = null;
  document.addEventListener("pointerdown", (event) => {
    const canvas = event.pointerType === "mouse" && event.target.closest?.(".canvas");
    if (canvas && !event.target.closest(".box")) drag = { canvas, x: event.clientX + canvas.scrollLeft, y: event.clientY + canvas.scrollTop };
  });
  document.addEventListener("pointermove", (event) => {
    if (drag) { drag.canvas.scrollLeft = drag.x - event.clientX; drag.canvas.scrollTop = drag.y - event.clientY; }
  });
  document.addEventListener("pointerup", () => { drag = null; });

  // One thing at a time is open over the page, and Escape closes it.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const one of document.querySelectorAll("details.confirm[open]")) {
      one.open = false;
      one.querySelector("summary").focus();
    }
  });
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches("details.confirm[open]")) return;
    for (const one of document.querySelectorAll("details.confirm[open]")) if (one !== event.target) one.open = false;
  }, true);
  document.addEventListener("submit", (event) => {
    for (const button of event.target.querySelectorAll("button")) setTimeout(() => { button.disabled = true; }, 0);
  });
  addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("form button")) button.disabled = false;
  });

  // Notifications, for who wants them in this browser.
  const wanted = () => { try { return localStorage.getItem("notify") === "yes"; } catch { return false; } };
  const choice = document.getElementById("notify");
  if (choice && "Notification" in window) {
    const button = choice.querySelector("button");
    const show = () => {
      const on = wanted() && Notification.permission === "granted";
      button.setAttribute("aria-pressed", String(on));
      button.textContent = on ? "Notifying you here; stop" : Notification.permission === "denied" ? "Your browser does not allow it" : "Notify me here";
      button.disabled = Notification.permission === "denied";
    };
    button.addEventListener("click", async () => {
      const on = button.getAttribute("aria-pressed") !== "true" && await Notification.requestPermission() === "granted";
      localStorage.setItem("notify", on ? "yes" : "no");
      show();
    });
    choice.hidden = false;
    show();
  }
  const notify = (before, now) => {
    if (now <= before || !wanted() || !("Notification" in window) || Notification.permission !== "granted") return;
    // Of several windows one tells it.
    const told = new Notification("Team6", { body: now === 1 ? "Something waits for you." : `${now} things wait for you.`, tag: "team6-waiting", icon: "/assets/icon.svg" });
    told.onclick = () => { window.focus(); location.href = "/"; };
  };

  // News: the page reads itself again, and takes over the parts that changed.
  const written = (root) => [...root.querySelectorAll("textarea, input:not([type=hidden])")].some((one) => one.value !== one.defaultValue);
  const busy = (part) => part.querySelector("details.confirm[open]") || written(part) || (part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea"));
  const stable = (part) => part.innerHTML.replace(/name="once" value="[^"]*"/g, "").replace(/<time [^>]*>[^<]*<\/time>/g, "").replace(/(data-since="[^"]*")( [^>]*)?>[^<]*</g, "$1><").replace(/ disabled=""| class="on"| picked| on"/g, "");
  const open = (part) => [...part.querySelectorAll("details")].map((one) => one.open);
  const last = new Map();
  for (const part of document.querySelectorAll("[data-part]")) last.set(part.dataset.part, stable(part));
  const take = (fresh) => {
    document.title = fresh.title;
    notify(Number(body.dataset.waiting), Number(fresh.body.dataset.waiting));
    body.dataset.waiting = fresh.body.dataset.waiting;
    document.querySelector("link[rel=icon]").href = fresh.querySelector("link[rel=icon]").getAttribute("href");
    const nav = document.querySelector(".bar nav"), news = fresh.querySelector(".bar nav");
    if (nav && news && nav.innerHTML !== news.innerHTML && !nav.contains(document.activeElement)) nav.innerHTML = news.innerHTML;
    const parts = [...document.querySelectorAll("[data-part]")];
    const coming = [...fresh.querySelectorAll("[data-part]")];
    // A part that comes or goes changes the order of things: then the page is read as a whole.
    if (parts.length !== coming.length) { if (!written(document)) location.reload(); return; }
    for (const part of parts) {
      const next = coming.find((one) => one.dataset.part === part.dataset.part);
      if (!next || busy(part)) continue;
      const text = stable(next);
      if (text === last.get(part.dataset.part)) continue;
      last.set(part.dataset.part, text);
      const opened = open(part), focus = document.activeElement, at = part.contains(focus) ? [...part.querySelectorAll("a, button, summary, [tabindex]")].indexOf(focus) : -1;
      const { scrollLeft, scrollTop } = part;
      part.innerHTML = next.innerHTML;
      part.querySelectorAll("details:not(.confirm)").forEach((one, nth) => { if (opened.length && nth < opened.length) one.open = opened[nth] || one.open; });
      part.scrollLeft = scrollLeft; part.scrollTop = scrollTop;
      if (0 <= at) [...part.querySelectorAll("a, button, summary, [tabindex]")][at]?.focus({ preventScroll: true });
      if (part.dataset.part === "graph" && zoom !== 1) size();
    }
    tick();
  };
  let reading = false, again = false;
  const read = async () => {
    if (reading) { again = true; return; }
    reading = true;
    try {
      do {
        again = false;
        const answer = await fetch(location.href, { headers: { accept: "text/html" }, redirect: "follow" });
        if (answer.redirected || answer.status === 404) { location.reload(); return; }
        if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
        else again = await new Promise((done) => setTimeout(() => done(true), 2000));
      } while (again);
    } catch { setTimeout(read, 2000); } finally { reading = false; }
  };
  const href = body.dataset.live;
  if (href) {
    const stale = document.getElementById("stale");
    let late = 0;
    const listen = (mark) => {
      const news = new EventSource(href + (href.includes("?") ? "&" : "?") + "mark=" + encodeURIComponent(mark));
      news.onopen = () => { clearTimeout(late); late = 0; stale.hidden = true; };
      news.addEventListener("changed", (event) => { mark = event.lastEventId; body.dataset.mark = mark; read(); });
      news.onerror = () => {
        if (!late) late = setTimeout(() => { stale.hidden = false; }, 4000);
        // A browser gives up for good where the answer was no stream.
        if (news.readyState === EventSource.CLOSED) { news.close(); setTimeout(() => listen(mark), 2000); }
      };
    };
    listen(body.dataset.mark);
  }
})();

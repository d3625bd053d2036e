// Two comforts; every page works without them.
"use strict";

// A ticked box is sent at once, and the page comes back where it was.
const place = "scroll " + location.pathname;
const kept = sessionStorage.getItem(place);
if (kept !== null) {
  sessionStorage.removeItem(place);
  addEventListener("load", () => scrollTo(0, Number(kept)));
}
for (const box of document.querySelectorAll("input[data-tick]")) {
  box.addEventListener("change", () => {
    sessionStorage.setItem(place, String(scrollY));
    box.form.requestSubmit();
  });
}

// A page that has changed is loaded again, unless somebody is writing on it.
const { asks, version } = document.body.dataset;
const isWriting = () =>
  document.activeElement?.matches("input, textarea, select") ||
  document.querySelector("details[open] form") !== null ||
  [...document.querySelectorAll("textarea")].some((one) => one.value !== one.defaultValue);
const look = async () => {
  try {
    const answer = await fetch(asks);
    if (answer.ok && (await answer.text()) !== version) {
      if (!isWriting()) return location.reload();
      document.querySelector(".changed").hidden = false;
    }
  } catch {
    // The hub is restarting; it is asked again soon.
  }
  setTimeout(look, 2000);
};
if (asks) setTimeout(look, 2000);

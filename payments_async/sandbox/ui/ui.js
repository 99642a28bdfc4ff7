// Renews the chart and the list of requests. Without it, the page shows what had come in when it was loaded.
"use strict";

const live = document.getElementById("live");
const pause = document.getElementById("pause");
const EVERY = 1000;
let paused = false;

const isRead = () => live.contains(document.activeElement) || !document.getSelection().isCollapsed;

async function renew() {
  if (!paused && !document.hidden && !isRead()) {
    try {
      const answer = await fetch("/_ui/live");
      if (answer.ok) {
        const { scrollLeft = 0, scrollTop = 0 } = live.querySelector(".wide") ?? {};
        live.innerHTML = await answer.text();
        live.querySelector(".wide")?.scrollTo(scrollLeft, scrollTop);
      }
    } catch {
      // The sandbox has ended: what it had shown stays.
    }
  }
  setTimeout(renew, EVERY);
}

if (live) {
  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? "Go on" : "Pause";
  });
  setTimeout(renew, EVERY);
}

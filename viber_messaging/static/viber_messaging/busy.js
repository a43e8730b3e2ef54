"use strict";

// Shows that a long step is under way, and prevents pressing the same button twice. The server is safe without it.
document.addEventListener("submit", (event) => {
    const form = event.target;
    const said = form.dataset.busy;
    const pressed = event.submitter;
    if (!said || !pressed || event.defaultPrevented || pressed.name === "_cancel") {
        return;
    }
    if (form.getAttribute("aria-busy") === "true") {
        event.preventDefault();
        return;
    }
    form.setAttribute("aria-busy", "true");
    const note = form.querySelector(".viber-busy");
    note.querySelector("span").textContent = said;
    note.hidden = false;
});

// A page restored by the Back button is no longer busy; a newly loaded one may be.
window.addEventListener("pageshow", (event) => {
    if (!event.persisted) {
        return;
    }
    for (const form of document.querySelectorAll("form[aria-busy]")) {
        form.removeAttribute("aria-busy");
        form.querySelector(".viber-busy").hidden = true;
    }
});

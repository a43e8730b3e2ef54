"use strict";

// Updates the progress bar on a campaign's page. Without it, the page shows the progress at the time it was loaded.
(() => {
    const SECONDS_BETWEEN = 2;
    const SECONDS_AT_MOST = 60;
    const section = document.getElementById("viber-progress");
    if (!section || section.dataset.live !== "yes") {
        return;
    }
    let wait = SECONDS_BETWEEN;

    function show(figures) {
        for (const [name, text] of Object.entries(figures.texts)) {
            const place = section.querySelector(`[data-text="${name}"]`);
            if (place && place.textContent !== text) {
                place.textContent = text;
            }
        }
        for (const row of section.querySelectorAll("[data-hides-zero]")) {
            row.hidden = row.querySelector("[data-text]").textContent === "0";
        }
        section.querySelector(".viber-left-out").hidden = !figures.has_left_out;
        for (const figure of figures.large) {
            section.querySelector(`[data-large="${figure.name}"]`).textContent = figure.count;
            section.querySelector(`[data-share="${figure.name}"]`).textContent = figure.share;
        }
        for (const part of figures.bar) {
            const bar = section.querySelector(`[data-bar="${part.name}"]`);
            bar.setAttribute("x", part.x);
            bar.setAttribute("width", part.width);
        }
    }

    async function ask() {
        if (document.hidden) {
            return true;
        }
        const answer = await fetch(section.dataset.url, {credentials: "same-origin", redirect: "error"});
        if (!answer.ok) {
            throw new Error(`HTTP ${answer.status}`);
        }
        const figures = await answer.json();
        show(figures);
        if (figures.state !== section.dataset.state) {
            location.reload();  // Other buttons belong to another state.
            return false;
        }
        return figures.is_live;
    }

    async function run() {
        let goesOn = true;
        try {
            goesOn = await ask();
            wait = SECONDS_BETWEEN;
        } catch (error) {
            wait = Math.min(wait * 2, SECONDS_AT_MOST);
        }
        if (goesOn) {
            setTimeout(run, wait * 1000);
        }
    }

    setTimeout(run, wait * 1000);
})();

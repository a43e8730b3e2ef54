/* A search above the checkboxes of groups, if there are many. The checkboxes work without it. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
    const MANY = 12;

    function addSearch(box) {
        const search = document.createElement("input");
        search.type = "search";
        search.className = "vTextField viber-groups-search";
        search.placeholder = box.dataset.search;
        search.setAttribute("aria-label", box.dataset.search);
        search.addEventListener("input", (event) => {
            event.stopPropagation(); /* nothing of the form has changed */
            const words = search.value.toLowerCase().split(/\s+/);
            for (const row of box.children) {
                const name = row.textContent.toLowerCase();
                row.hidden = !row.querySelector("input").checked && !words.every((word) => name.includes(word));
            }
        });
        search.addEventListener("keydown", (event) => {
            if (event.key === "Enter") event.preventDefault(); /* it would press the form's first button */
        });
        box.before(search);
    }

    for (const box of document.querySelectorAll("div.viber-groups")) {
        if (box.children.length > MANY) addSearch(box);
    }
});

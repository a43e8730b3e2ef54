/* Live preview from the server for the form of a message or a campaign. The form works without it. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
    const box = document.getElementById("viber-preview");
    const form = box && box.closest("form");
    if (!form) return;

    const WAIT_MILLISECONDS = 250;
    const screen = box.querySelector(".viber-screen");
    const phone = form.querySelector("#id_phone");
    const suggestions = document.createElement("datalist");
    suggestions.id = "viber-recipients";
    if (phone) {
        phone.setAttribute("list", suggestions.id);
        phone.after(suggestions);
    }
    let timer = 0;
    let request = null;

    /* A field that this type of message does not use keeps its text, but is not sent. */
    function disableHidden() {
        for (const name of ["image", "image_file", "button", "url"]) {
            const row = form.querySelector(`.form-row.field-${name}`);
            const input = row && row.querySelector("input");
            if (input) input.disabled = row.offsetParent === null;
        }
    }

    /* One error for a field: the server's stays while it says the same, or while nothing was typed to be judged. */
    function isSaidByServer(row, text, level) {
        const list = row.querySelector(".errorlist");
        const isBad = level === "bad";
        const isTyped = [...row.querySelectorAll("input, textarea")].some(({ value }) => value);
        if (list && isBad && [...list.children].map((item) => item.textContent).join(" ") === text) return true;
        if (list && isTyped) list.remove();
        if (isTyped) row.classList.toggle("viber-wrong", isBad);
        if (isTyped && !isBad) row.classList.remove("errors");
        return false;
    }

    function note(name, text, level) {
        const input = form.querySelector(`#id_${name}, #id_${name}_0`);
        const row = input && input.closest(".form-row");
        if (!row) return;
        let line = row.querySelector(".viber-note");
        if (!line) {
            line = document.createElement("div");
            line.className = "help viber-note";
            line.id = `viber-note-${name}`;
            line.setAttribute("aria-live", "polite");
            (row.querySelector(".help") || row.lastElementChild).after(line);
            const described = input.getAttribute("aria-describedby");
            input.setAttribute("aria-describedby", described ? `${described} ${line.id}` : line.id);
        }
        const said = isSaidByServer(row, text, level) ? "" : text;
        if (line.textContent !== said) line.textContent = said;
        line.classList.toggle("viber-note-bad", level === "bad");
    }

    function show(answer) {
        const shown = new DOMParser().parseFromString(answer.screen, "text/html").body;
        if (screen.innerHTML !== shown.innerHTML) screen.replaceChildren(...shown.childNodes);
        for (const [name, said] of Object.entries(answer.notes)) {
            if (name !== "image" || said.level === "bad" || !screen.querySelector("img")) note(name, said.text, said.level);
        }
        if (answer.placeholders) form.dispatchEvent(new CustomEvent("viber:placeholders", { detail: answer.placeholders }));
        suggestions.replaceChildren(...answer.recipients.map(([number, name]) => new Option(name || number, number)));
    }

    async function refresh() {
        if (!box.dataset.url) return; /* A sent message cannot be edited. */
        if (request) request.abort();
        request = new AbortController();
        const body = new FormData(form);
        body.delete("image_file"); /* It is uploaded once, and not with each preview. */
        try {
            const options = { method: "POST", body, signal: request.signal };
            const response = await fetch(box.dataset.url, options);
            const isOurs = response.ok && (response.headers.get("Content-Type") || "").includes("json");
            if (isOurs) show(await response.json());
        } catch {
            /* A newer request replaced this one, or there is no network: the preview stays as it was. */
        }
    }

    function later() {
        disableHidden();
        clearTimeout(timer);
        timer = setTimeout(refresh, WAIT_MILLISECONDS);
    }

    /* Only the browser loads the picture: otherwise the server would open any URL that someone types. */
    screen.addEventListener("load", ({ target }) => {
        const { naturalWidth: width, naturalHeight: height } = target;
        const sentence = width === height ? box.dataset.square : box.dataset.notSquare;
        note("image", sentence.replace("{width}", width).replace("{height}", height), "");
    }, true);
    screen.addEventListener("error", () => note("image", box.dataset.broken, "bad"), true);

    form.addEventListener("input", later);
    form.addEventListener("change", later);
    disableHidden();
    refresh();
});

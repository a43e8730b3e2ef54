"use strict";

/* Keep what was typed across a login: only in this tab, and restored in its form if the user had to log in before it
   was saved. Nothing is stored on the server. The pages work without this too. */
document.addEventListener("DOMContentLoaded", () => {
    const box = document.getElementById("viber-typed");
    if (!box) return;

    const PREFIX = "viber_messaging:";
    const KEPT_MILLISECONDS = 3600 * 1000;
    const { user, login } = box.dataset;
    const here = `${PREFIX}form:${location.pathname}`;

    function read(key) {
        try {
            return JSON.parse(sessionStorage.getItem(key));
        } catch {
            return null;
        }
    }

    function write(key, value) {
        try {
            sessionStorage.setItem(key, JSON.stringify(value));
        } catch {
            /* The browser stores nothing, or its storage is full. */
        }
    }

    /* One of our pages under the same login means that the form was submitted. Ignore what another user typed. */
    function isOver(kept) {
        return !kept || kept.user !== user || kept.login === login || Date.now() - kept.at > KEPT_MILLISECONDS;
    }

    function forgetWhatIsOver() {
        const keys = Object.keys(sessionStorage).filter((key) => key.startsWith(`${PREFIX}form:`));
        keys.filter((key) => isOver(read(key))).forEach((key) => sessionStorage.removeItem(key));
    }

    function isOurs(form) {
        const target = new URL(form.getAttribute("action") || "", location.href);
        const isTyped = form.querySelector("textarea, input[type=text]");
        return form.method === "post" && target.pathname === location.pathname && isTyped;
    }

    function typedIn(form) {
        const entries = [...new FormData(form)].filter(([, value]) => typeof value === "string");
        return entries.filter(([name]) => name !== "csrfmiddlewaretoken");
    }

    function putBack(field, values) {
        if (field.type === "file" || field.name === "csrfmiddlewaretoken") return;
        if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
        else if (field.multiple) for (const option of field.options) option.selected = values.includes(option.value);
        else if (values.length) field.value = values[0];
    }

    function restore(kept) {
        const form = [...document.forms].find(isOurs);
        if (!form) return;
        form.dispatchEvent(new CustomEvent("viber:restore", { bubbles: true, detail: kept.typed }));
        for (const field of form.elements) {
            const values = kept.typed.filter(([name]) => name === field.name).map(([, value]) => value);
            if (field.name && field.willValidate !== undefined && !/^(submit|button)$/.test(field.type)) putBack(field, values);
        }
        box.hidden = false;
        form.dispatchEvent(new Event("change", { bubbles: true }));
    }

    document.addEventListener("submit", ({ target: form, submitter }) => {
        if (isOurs(form) && !(submitter && submitter.hasAttribute("formaction"))) {
            write(here, { user, login, at: Date.now(), typed: typedIn(form) });
        }
        for (const field of form.querySelectorAll("[data-viber-remembered]")) {
            write(`${PREFIX}${field.dataset.viberRemembered}`, { user, value: field.value });
        }
    });

    forgetWhatIsOver();
    const kept = read(here);
    if (kept) restore(kept);
    for (const field of document.querySelectorAll("[data-viber-remembered]")) {
        const remembered = read(`${PREFIX}${field.dataset.viberRemembered}`);
        if (remembered && remembered.user === user && !field.value) field.value = remembered.value;
    }
});

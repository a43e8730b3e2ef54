/* Buttons that write a placeholder into the field of a campaign that was edited last. The form works without them. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
    const NAMES = ["text", "button", "url", "image", "sms_text"];
    const text = document.querySelector(".model-campaign #id_text");
    if (!text) return;

    const form = text.form;
    const bar = document.createElement("div");
    bar.className = "viber-placeholders";
    text.after(bar);
    let target = text;
    form.addEventListener("focusin", ({ target: field }) => {
        if (NAMES.includes(field.name)) target = field;
    });

    function insert(placeholder) {
        const field = target.offsetParent ? target : text; /* a hidden field is not used by this type of message */
        field.setRangeText(placeholder, field.selectionStart, field.selectionEnd, "end");
        field.focus();
        field.dispatchEvent(new Event("input", { bubbles: true }));
    }

    function buttonFor(placeholder) {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = placeholder;
        button.addEventListener("click", () => insert(placeholder));
        return button;
    }

    form.addEventListener("viber:placeholders", ({ detail }) => {
        const shown = [...bar.children].map((button) => button.textContent);
        if (shown.join() !== detail.join()) bar.replaceChildren(...detail.map(buttonFor));
    });
});

/* Counts the parts of an SMS while it is written, and unfolds its section if it is filled in. The server counts the same
   (text/sms.py), and the form works without this. Source: 3GPP TS 23.038. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
    const BASIC = new Set(
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
        "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
    );
    const EXTENSION = new Set("^{}\\[~]|€\f");
    const LATIN = { name: "latin", alone: 160, each: 153 };
    const UNICODE = { name: "unicode", alone: 70, each: 67 };

    function measure(text) {
        const characters = Array.from(text.replace(/\r\n?/g, "\n"));
        const isLatin = characters.every((one) => BASIC.has(one) || EXTENSION.has(one));
        const encoding = isLatin ? LATIN : UNICODE;
        const sizes = characters.map((one) => (isLatin ? 1 + EXTENSION.has(one) : one.length));
        const places = sizes.reduce((sum, size) => sum + size, 0);
        return { encoding, places, parts: places > encoding.alone ? divide(sizes, encoding.each) : Math.min(places, 1) };
    }

    /* A character of two places is never divided between two parts. */
    function divide(sizes, each) {
        let parts = 1;
        let used = 0;
        for (const size of sizes) {
            if (used + size > each) {
                parts += 1;
                used = 0;
            }
            used += size;
        }
        return parts;
    }

    function show(field, line) {
        const { encoding, places, parts } = measure(field.value.trim());
        const room = parts > 1 ? parts * encoding.each : encoding.alone;
        Object.assign(line.dataset, { parts, places, encoding: encoding.name });
        line.classList.toggle("viber-note-bad", parts > Number(field.dataset.mostParts));
        /* Only the server knows the values of placeholders. */
        const isUnknown = "placeholders" in field.dataset && field.value.includes("{");
        const said = field.dataset.smsParts.replace("{parts}", parts).replace("{places}", places).replace("{room}", room);
        line.textContent = parts && !isUnknown ? said : "";
    }

    for (const field of document.querySelectorAll("[data-sms-parts]")) {
        const line = document.createElement("div");
        line.className = "help viber-sms-parts";
        line.setAttribute("aria-live", "polite");
        const row = field.closest(".form-row"); /* other themes have none */
        ((row && row.querySelector(".help")) || field).after(line);
        field.addEventListener("input", () => show(field, line));
        show(field, line);
        const section = field.closest("details");
        if (section && field.value) section.open = true;
    }
});

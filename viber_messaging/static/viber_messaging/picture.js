/* Uploads a picture as soon as it is chosen, so that the phone shows it. Without this, it is uploaded with the form. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
    const input = document.getElementById("id_image_file");
    const link = document.getElementById("id_image");
    if (!input || !link) return;

    const line = document.createElement("div");
    line.className = "help viber-note";
    line.id = "viber-note-image_file";
    line.setAttribute("aria-live", "polite");
    const row = input.closest(".form-row"); /* other themes have none */
    ((row && row.querySelector(".help")) || input).after(line);
    input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") || ""} ${line.id}`.trim());

    function say(text, isBad = false) {
        line.textContent = text;
        line.classList.toggle("viber-note-bad", isBad);
    }

    async function upload(file) {
        const data = new FormData();
        data.append(input.name, file);
        data.append("csrfmiddlewaretoken", input.form.elements.csrfmiddlewaretoken.value);
        const response = await fetch(input.dataset.url, { method: "POST", body: data });
        return response.json();
    }

    /* Another file may have been chosen meanwhile. */
    function take(file, answer) {
        if (input.files[0] !== file) return;
        say(answer.error, Boolean(answer.error));
        input.value = "";
        if (!answer.link) return;
        link.value = answer.link;
        link.dispatchEvent(new Event("input", { bubbles: true }));
    }

    input.addEventListener("change", async () => {
        const [file] = input.files;
        say(file ? input.dataset.busySentence : "");
        if (!file) return;
        try {
            take(file, await upload(file));
        } catch {
            say(""); /* There is no network, or no session: the file stays in the form and is uploaded with it. */
        }
    });
});

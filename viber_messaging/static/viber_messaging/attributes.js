/* Adds and removes rows of a recipient's attributes. Without it, there are some empty rows. */
"use strict";

(() => {
    let added = 0;

    function fieldsOf(row) {
        return row.querySelectorAll("input, textarea");
    }

    function addRow(box, number) {
        const rows = box.querySelector("tbody");
        const row = rows.lastElementChild.cloneNode(true);
        ["name", "value"].forEach((part, place) => {
            const field = fieldsOf(row)[place];
            field.name = `${box.dataset.prefix}_${part}_${number}`;
            field.value = "";
            field.readOnly = false;
        });
        rows.append(row);
        return row;
    }

    function removeRow(row) {
        const next = row.nextElementSibling || row.previousElementSibling;
        if (next) row.remove();
        else for (const field of fieldsOf(row)) field.value = "";
        fieldsOf(next || row)[0].focus();
    }

    function buttonWith(label, className) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = className;
        button.textContent = label;
        return button;
    }

    function start(box) {
        const { add, remove } = box.dataset;
        box.querySelector("thead tr").append(document.createElement("td"));
        for (const row of box.querySelectorAll("tbody tr")) {
            const cell = document.createElement("td");
            const button = buttonWith("×", "viber-remove");
            button.title = remove;
            button.setAttribute("aria-label", remove);
            cell.append(button);
            row.append(cell);
        }
        added = box.querySelectorAll("tbody tr").length;
        const more = buttonWith(add, "viber-link");
        more.addEventListener("click", () => fieldsOf(addRow(box, added++))[0].focus());
        box.append(more);
        box.addEventListener("click", ({ target }) => {
            if (target.classList.contains("viber-remove")) removeRow(target.closest("tr"));
        });
    }

    /* What was typed before a new login may need more rows than the page has. */
    document.addEventListener("viber:restore", ({ target: form, detail: typed }) => {
        const box = form.querySelector(".viber-attributes");
        for (const [name] of box ? typed : []) {
            const number = name.startsWith(`${box.dataset.prefix}_name_`) && Number(name.split("_").pop());
            if (number !== false && !form.elements.namedItem(name)) addRow(box, number);
        }
    });

    document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".viber-attributes").forEach(start));
})();

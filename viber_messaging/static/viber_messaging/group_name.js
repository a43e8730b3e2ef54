/* Proposes the name of the chosen file as the name of a new group, or the group that already has this name. */
"use strict";

(() => {
    const file = document.getElementById("id_file");
    const name = document.getElementById("id_new_group");
    const group = document.getElementById("id_group");
    if (!file || !name || !group) return;

    const proposed = { name: "", group: "" };

    function propose(title, key) {
        name.value = proposed.name = title;
        group.value = proposed.group = key;
    }

    file.addEventListener("change", () => {
        const isTouched = name.value !== proposed.name || group.value !== proposed.group;
        if (!file.files.length || isTouched) return; /* a person has chosen */
        const title = file.files[0].name.replace(/\.[^.]+$/, "").trim().slice(0, name.maxLength);
        const known = [...group.options].find((option) => option.value && option.text === title);
        if (known) propose("", known.value);
        else propose(title, "");
    });

    /* What a person chooses replaces what was proposed, because there can be only one group. */
    group.addEventListener("change", () => {
        if (group.value && name.value === proposed.name) name.value = proposed.name = "";
    });
    name.addEventListener("input", () => {
        if (name.value && group.value === proposed.group) group.value = proposed.group = "";
    });
})();

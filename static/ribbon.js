"use strict";
// Makes the time on the ribbon a slider. It stands for the list of times below, whose form brings the page up to date;
// without this script the list and the links beside it do the same.
(() => {
  let wanted = "";
  let waiting = false;
  let wasFocused = false;
  let drag = null;

  const handle = () => document.getElementById("ribbon-handle");
  const times = () => handle() && document.getElementById("id_at");
  const shownIndex = (list) => Array.from(list.options).findIndex((option) => option.defaultSelected);

  function describe(pill, list) {
    pill.setAttribute("aria-valuenow", String(list.selectedIndex));
    pill.setAttribute("aria-valuetext", list.options[list.selectedIndex].text);
  }

  function enhance() {
    const pill = handle();
    const list = times();
    if (!pill || !list || shownIndex(list) < 0) return;
    pill.removeAttribute("aria-hidden");
    pill.setAttribute("role", "slider");
    pill.setAttribute("tabindex", "0");
    pill.setAttribute("aria-valuemin", "0");
    pill.setAttribute("aria-valuemax", String(list.options.length - 1));
    describe(pill, list);
    if (wasFocused) pill.focus({ preventScroll: true });
  }

  function draw(list) {
    const by = (list.selectedIndex - shownIndex(list)) * parseFloat(list.dataset.step);
    for (const mark of document.querySelectorAll("#ribbon-handle, .axis .ax-win--slot, .strip .slot")) {
      mark.dataset.x ??= mark.getAttribute("x");
      mark.setAttribute("x", `${parseFloat(mark.dataset.x) + by}%`);
    }
  }

  function ask(list) {
    waiting = true;
    list.form.requestSubmit();
  }

  function choose(list, index) {
    list.selectedIndex = index;
    describe(handle(), list);
    draw(list);
  }

  function show(index) {
    const list = times();
    if (!list) {
      // The page came back without a ribbon.
      drag = null;
      return;
    }
    const within = Math.min(Math.max(index, 0), list.options.length - 1);
    if (within === list.selectedIndex) return;
    choose(list, within);
    wanted = list.value;
    if (!waiting) ask(list);
  }

  document.addEventListener("keydown", (event) => {
    if (event.target !== handle() || event.altKey || event.ctrlKey || event.metaKey) return;
    const list = times();
    const sideways = document.dir === "rtl" ? -1 : 1;
    const steps = {
      ArrowRight: sideways, ArrowLeft: -sideways, ArrowUp: 1, ArrowDown: -1, PageUp: 4, PageDown: -4,
      Home: -list.options.length, End: list.options.length,
    };
    if (!(event.key in steps)) return;
    event.preventDefault();
    wasFocused = true;
    const step = steps[event.key];
    const index = list.selectedIndex + step;
    if (Math.abs(step) === 1 && (index < 0 || index >= list.options.length)) {
      // Before the first and after the last time of the day another day begins.
      if (!waiting) document.getElementById(step < 0 ? "step-earlier" : "step-later")?.click();
    } else {
      show(index);
    }
  });

  document.addEventListener("focusin", (event) => {
    wasFocused = event.target === handle();
  });

  document.addEventListener("pointerdown", (event) => {
    const axis = event.target instanceof Element && event.target.closest("svg.axis");
    const pill = handle();
    if (!axis || !pill || pill.getAttribute("role") !== "slider" || event.button) return;
    event.preventDefault();
    pill.focus({ preventScroll: true });
    const list = times();
    const box = axis.getBoundingClientRect();
    const perStep = (parseFloat(list.dataset.step) / 100) * box.width;
    let index = list.selectedIndex;
    if (!pill.contains(event.target)) {
      // Beside the handle: the time there becomes the middle of the meeting.
      const at = box.left + (parseFloat(pill.getAttribute("x")) / 100) * box.width;
      index += Math.round((event.clientX - at) / perStep);
      show(index);
    }
    drag = { from: event.clientX, index, perStep };
  });

  document.addEventListener("pointermove", (event) => {
    if (drag) show(drag.index + Math.round((event.clientX - drag.from) / drag.perStep));
  });

  for (const end of ["pointerup", "pointercancel"]) {
    document.addEventListener(end, () => {
      drag = null;
    });
  }

  document.addEventListener("htmx:afterSettle", () => {
    waiting = false;
    enhance();
    const list = times();
    if (!list || !wanted) return;
    // Moved on while the page was on its way.
    const index = Array.from(list.options).findIndex((option) => option.value === wanted);
    wanted = "";
    if (index < 0 || index === shownIndex(list)) return;
    choose(list, index);
    ask(list);
  });

  for (const failure of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(failure, () => {
      waiting = false;
    });
  }

  enhance();
})();

"use strict";
// What a client's page can't know: the device's zone and clock. It says so where they differ from what the page shows.
// And a language that is chosen is taken at once; without this script there is a button.
(() => {
  for (const list of document.querySelectorAll("select[data-sends]")) {
    list.addEventListener("change", () => list.form.requestSubmit());
  }

  // By its newest name or an older one, which the server understands too.
  const device = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  for (const list of document.querySelectorAll("select[data-guess-zone]")) {
    if (!device || list.value) continue;
    if (![...list.options].some((one) => one.value === device)) list.add(new Option(device, device));
    list.value = device;
  }

  const place = document.querySelector("[data-compare]");
  if (!place) return;
  // The page leaves room for it below, so that nothing that has the focus lies under it.
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--device", `${place.offsetHeight}px`);
  }).observe(place);
  const told = new URLSearchParams({
    device_zone: device,
    device_at: new Date().toISOString(),
  });
  fetch(`${location.pathname}?${told}`, { headers: { Accept: "text/html" } })
    .then((response) => (response.status === 200 ? response.text() : ""))
    .then((part) => {
      place.innerHTML = part;
      const more = place.querySelector("details");
      if (!more) return;
      // Open where there is room for all of it beside the page, so that it covers nothing, for as long as there is.
      const room = matchMedia("(min-width: 48rem) and (min-height: 40rem)");
      const covers = () => {
        const own = place.getBoundingClientRect();
        return [...document.querySelectorAll("main :is(.card, .choice)")].some((part) => {
          const its = part.getBoundingClientRect();
          return its.left < own.right && its.right > own.left && its.top < own.bottom && its.bottom > own.top;
        });
      };
      const fold = () => {
        if (!room.matches || covers()) more.open = false;
      };
      more.open = room.matches;
      fold();
      room.addEventListener("change", fold);
      addEventListener("resize", () => room.matches && fold());
    })
    // Offline, or on the way to another page: the page says what it says.
    .catch(() => {});
})();

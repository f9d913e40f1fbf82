// Reads cases of docs/fair-slots.md as a JSON list and prints, for each, every run's milliseconds of processor time.
// The peer knows no ranking, no costs and no calendars: it gets office hours and busy times.
const { readFileSync } = require("node:fs");
const { getSlots } = require("slot-calculator");

const WEEK = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"];

function configuration({ meeting, participants }) {
  return {
    from: meeting.from,
    to: meeting.until,
    duration: meeting.duration_minutes,
    outputTimezone: "UTC",
    availability: participants.flatMap(({ id, timezone }) =>
      WEEK.map((day) => ({ day, from: "09:00", to: "17:00", timezone, metadata: { id } })),
    ),
    unavailability: participants.flatMap(({ id, busy }) => busy.map(([from, to]) => ({ from, to, metadata: { id } }))),
  };
}

const results = JSON.parse(readFileSync(0, "utf8")).map(({ runs, ...fairCase }) => {
  const config = configuration(fairCase);
  const milliseconds = [];
  for (let run = 0; run <= runs; run += 1) {
    const began = process.cpuUsage();
    getSlots(config);
    const { user, system } = process.cpuUsage(began);
    milliseconds.push((user + system) / 1000);
  }
  return milliseconds.slice(1); // the first one warms up
});
console.log(JSON.stringify(results));

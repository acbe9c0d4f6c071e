// Asks the local cloud every other second what goes on, and shows it.
import { chart } from "./chart.js";
import { cell, element, row } from "./dom.js";
import { live, show } from "./topology.js";

const EVERY_MS = 2000, MOST_ROWS = 200;
const at = (id) => document.getElementById(id);
const topology = at("topology");
let latest = 0;
const opened = new Set();

function kindOf(status) {
  if (status >= 500) return "bad";
  return status >= 400 ? "warn" : "good";
}

function showRequests(lines) {
  const body = at("requests").tBodies[0];
  for (const line of lines) {
    latest = Math.max(latest, line.number);
    const time = new Date(line.at * 1000).toLocaleTimeString();
    body.prepend(row(cell(time, "time"), cell(line.status, kindOf(line.status)),
      cell(`${line.method} ${line.path}`, "path"), cell(Math.round(line.ms), "number")));
  }
  while (body.rows.length > MOST_ROWS) body.deleteRow(-1);
}

function showFunctions(functions) {
  at("functions").tBodies[0].replaceChildren(...functions.map((each) => {
    const running = element("td", {},
      element("span", { class: "dots", "aria-hidden": "true" },
        "●".repeat(each.busy) + "○".repeat(each.idle) + "·".repeat(Math.max(0, each.most - each.busy - each.idle))),
      ` ${each.busy} at work, ${each.idle} waiting`);
    return row(cell(each.label), running, cell(each.calls, "number"),
      cell(each.errors, each.errors ? "number bad" : "number"), cell(Math.round(each.p95_ms), "number"));
  }));
  live(topology, functions);
}

function showWaiting(waiting) {
  const rows = waiting.map((each) =>
    row(cell(each.name), cell(each.kind, "quiet"), cell(each.count ?? "", "number"), cell(each.note, "quiet")));
  at("waiting").tBodies[0].replaceChildren(...(rows.length ? rows : [row(cell("This stack has neither.", "quiet"))]));
}

function showMails(mails) {
  at("mails").tBodies[0].replaceChildren(...(mails.length
    ? mails.map((mail) => row(cell(mail.to), cell(mail.subject), cell(mail.code, "code"), cell(mail.text, "quiet")))
    : [row(cell("None so far.", "quiet"))]));
}

function showAccounts(accounts) {
  at("account-list").tBodies[0].replaceChildren(...Object.entries(accounts).map(([role, account]) =>
    row(cell(role), cell(account.email), cell(account.password, "code"))));
}

function showFidelity({ resources }) {
  const kinds = { real: "good", enforced: "good", "no effect": "warn" };
  at("fidelity").tBodies[0].replaceChildren(...resources.map((each) => row(
    cell(each.fidelity, kinds[each.fidelity]), cell(each.type), cell(each.count, "number"), cell(each.note, "quiet"))));
}

function showAlarms({ alarms }) {
  const kinds = { OK: "good", ALARM: "bad", INSUFFICIENT_DATA: "warn" };
  const ranked = [...alarms].sort((one, other) => rank(one) - rank(other));
  at("alarm-list").tBodies[0].replaceChildren(...ranked.map((each) => row(
    cell(each.state, `state ${kinds[each.state] ?? "quiet"}`), cell(each.name), cell(each.rule, "quiet"),
    cell(each.why_not || each.description, each.why_not ? "quiet" : ""))));
}

function rank(alarm) {
  return ["ALARM", "INSUFFICIENT_DATA", "OK"].indexOf(alarm.state) + (alarm.why_not ? 10 : 0);
}

function showCharts(all) {
  const seconds = all.period_s * all.points;
  at("charts-now").replaceChildren(...all.now.map((each) => chart(each, seconds)));
  const list = all.dashboards.map((each) => {
    const charts = element("div", { class: "charts" }, ...each.charts.map((one) => chart(one, seconds)));
    const folded = element("details", {}, element("summary", {}, each.name), charts);
    folded.open = opened.has(each.name) || (!opened.size && each === all.dashboards.at(-2));
    folded.addEventListener("toggle", () => (folded.open ? opened.add(each.name) : opened.delete(each.name)));
    return folded;
  });
  const none = element("p", { class: "quiet" }, "This stack declares none; phase2 does.");
  at("dashboard-list").replaceChildren(...(list.length ? list : [none]));
}

async function ask(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

async function turn() {
  try {
    const [state, charts, alarms] = await Promise.all([ask(`state?after=${latest}`), ask("charts"), ask("alarms")]);
    at("stack").textContent = state.stack;
    showRequests(state.requests);
    showFunctions(state.functions);
    showWaiting(state.waiting);
    showMails(state.mails);
    showAccounts(state.accounts);
    showCharts(charts);
    showAlarms(alarms);
    at("connection").textContent = "";
  } catch {
    at("connection").textContent = "The local cloud does not answer: has it been stopped?";
  }
  setTimeout(turn, document.hidden ? EVERY_MS * 5 : EVERY_MS);
}

await show(topology);
showFidelity(await ask("fidelity"));
await turn();

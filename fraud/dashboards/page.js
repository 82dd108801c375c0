"use strict";
// Draws Grafana's dashboard JSON: lines over time and newest values, from Prometheus' own answers.

const POINTS = 240;
const PALETTE = ["#3b6fd4", "#d9822b", "#2f9e6e", "#8e5bd0", "#c2487a", "#5b8f1f", "#1f97a8", "#7a6652"];
const UNITS = {
  percentunit: (v) => `${(100 * v).toFixed(100 * v < 10 ? 2 : 1)} %`,
  s: (v) => (v >= 86400 ? `${(v / 86400).toFixed(1)} d` : v >= 120 ? `${(v / 60).toFixed(1)} min`
    : v >= 1 ? `${v.toFixed(1)} s` : `${(1000 * v).toFixed(2)} ms`),
  bytes: (v) => `${(v / 1e6).toFixed(0)} MB`,
  reqps: (v) => `${v.toFixed(v < 10 ? 2 : 0)}/s`,
  short: (v) => (Number.isInteger(v) ? v.toLocaleString("en") : v.toFixed(2)),
};
const AXES = {
  percentunit: { tickformat: ".1%" }, s: {},
  bytes: { tickformat: "~s", ticksuffix: "B" }, reqps: { ticksuffix: "/s" }, short: {},
};
// Seconds are drawn in the unit in which people would say the greatest of them.
const SPANS = [[172800, 86400, " d"], [7200, 3600, " h"], [120, 60, " min"], [1, 1, " s"], [0, 0.001, " ms"]];
const RANGES = { "5 minutes": 300, "15 minutes": 900, "1 hour": 3600, "6 hours": 21600, "1 day": 86400 };
const at = (id) => document.getElementById(id);
const chosen = {};
let dashboards = [];
let round = 0;
let seconds = null;

async function ask(path, parameters) {
  const answer = await fetch(`api/${path}?${new URLSearchParams(parameters)}`);
  const body = await answer.json();
  if (body.status !== "success") throw new Error(body.error || answer.statusText);
  return body.data;
}

function preset(dashboard) {
  const [, count, unit] = /^now-(\d+)([mh])$/.exec(dashboard.time.from);
  return Number(count) * (unit === "h" ? 3600 : 60);
}

function filledIn(expression) {
  return Object.entries(chosen).reduce((text, [name, value]) => text.replaceAll(`$${name}`, value), expression);
}

function nameOf(legend, labels) {
  return legend.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => labels[label] ?? "");
}

function isDashed(panel, legend) {
  return panel.fieldConfig.overrides.some((each) => each.matcher.options === legend);
}

function inPeoplesUnit(traces) {
  const most = Math.max(0, ...traces.flatMap((trace) => trace.y).filter((y) => y !== null));
  const [, size, suffix] = SPANS.find(([from]) => most >= from);
  for (const trace of traces) trace.y = trace.y.map((y) => (y === null ? null : y / size));
  return { ticksuffix: suffix };
}

async function drawLines(panel, box) {
  const end = Date.now() / 1000;
  const times = { start: end - seconds, end, step: Math.max(1, Math.round(seconds / POINTS)) };
  const answers = await Promise.all(panel.targets.map((target) =>
    ask("query_range", { query: filledIn(target.expr), ...times })));
  const lines = answers.flatMap((answer, index) => answer.result.map((series) => ({
    legend: panel.targets[index].legendFormat, series })));
  let color = 0;
  const traces = lines.map(({ legend, series }) => {
    const dashed = isDashed(panel, legend);
    return {
      type: "scatter", mode: "lines", name: nameOf(legend, series.metric),
      x: series.values.map(([time]) => new Date(1000 * time)),
      y: series.values.map(([, value]) => (Number.isFinite(+value) ? +value : null)),
      line: dashed ? { color: "#cc2936", dash: "dash", width: 1.5 }
        : { color: PALETTE[color++ % PALETTE.length], width: 2 },
    };
  });
  const data = traces.filter((trace) => trace.line.dash !== "dash").some((trace) => trace.y.some((y) => y !== null));
  box.classList.toggle("empty", !data);
  const { unit } = panel.fieldConfig.defaults;
  const axis = unit === "s" ? inPeoplesUnit(traces) : AXES[unit];
  await Plotly.react(box.querySelector(".plot"), traces, {
    margin: { l: 56, r: 8, t: 4, b: 36 }, showlegend: true, uirevision: panel.id,
    legend: { orientation: "h", y: -0.22, font: { size: 11 } }, hovermode: "x unified",
    xaxis: { range: [new Date(1000 * times.start), new Date(1000 * end)], gridcolor: "#eef0f3" },
    yaxis: { rangemode: "tozero", gridcolor: "#eef0f3", ...axis },
    paper_bgcolor: "#fff", plot_bgcolor: "#fff", font: { size: 11 },
  }, { displayModeBar: false, responsive: true });
  return data;
}

async function drawNumbers(panel, box) {
  const numbers = document.createElement("div");
  numbers.className = "numbers";
  for (const target of panel.targets) {
    const found = (await ask("query", { query: filledIn(target.expr) })).result;
    for (const { metric, value } of found) {
      const one = document.createElement("div");
      one.textContent = UNITS[panel.fieldConfig.defaults.unit](+value[1]);
      const name = document.createElement("small");
      name.textContent = nameOf(target.legendFormat, metric);
      one.append(name);
      numbers.append(one);
    }
  }
  const data = numbers.childElementCount > 0;
  if (!data) numbers.textContent = "no data";
  box.querySelector(".numbers").replaceWith(numbers);
  box.classList.toggle("empty", !data);
  return data;
}

function boxOf(panel) {
  const box = document.createElement("section");
  box.style.gridColumn = `span ${panel.gridPos.w}`;
  box.id = `panel-${panel.id}`;
  const title = document.createElement("h2");
  title.textContent = panel.title;
  const meaning = document.createElement("p");
  meaning.textContent = panel.description;
  const place = document.createElement("div");
  place.className = panel.type === "stat" ? "numbers" : "plot";
  box.append(title, meaning, place);
  return box;
}

async function optionsOf(variable) {
  if (variable.type === "custom") return variable.query.split(",");
  const [, metric, label] = /^label_values\((\w+),\s*(\w+)\)$/.exec(variable.query);
  return [variable.allValue, ...await ask(`label/${label}/values`, { "match[]": metric })];
}

function choice(name, label, options, value, onChoose) {
  const box = document.createElement("label");
  const select = document.createElement("select");
  select.id = `choice-${name}`;
  for (const [text, each] of options) select.add(new Option(text, each, false, each === value));
  select.onchange = () => { onChoose(select.value); refresh(); };
  box.append(`${label} `, select);
  at("choices").append(box);
}

async function showChoices(dashboard) {
  at("choices").replaceChildren();
  seconds = seconds ?? preset(dashboard);
  if (!Object.values(RANGES).includes(seconds)) seconds = RANGES["1 hour"];
  choice("range", "Last", Object.entries(RANGES), seconds, (value) => { seconds = Number(value); });
  for (const key of Object.keys(chosen)) delete chosen[key];
  for (const variable of dashboard.templating.list) {
    const options = (await optionsOf(variable)).map((value) => [value === ".*" ? "all" : value, value]);
    [[, chosen[variable.name]]] = options;
    choice(variable.name, variable.label, options, options[0][1],
      (value) => { chosen[variable.name] = value; });
  }
}

function current() {
  return dashboards.find((each) => `#${each.uid}` === location.hash) ?? dashboards[0];
}

async function refresh() {
  const mine = ++round;
  const dashboard = current();
  try {
    const drawn = await Promise.all(dashboard.panels.map((panel) => {
      const box = at(`panel-${panel.id}`);
      return panel.type === "stat" ? drawNumbers(panel, box) : drawLines(panel, box);
    }));
    at("trouble").hidden = true;
    // For whoever waits for the pictures: which have data.
    if (mine === round) Object.assign(document.body.dataset, { of: dashboard.uid, drawn: JSON.stringify(drawn) });
  } catch (error) {
    at("trouble").textContent = `No answer: ${error.message}`;
    at("trouble").hidden = false;
  }
}

async function show() {
  const dashboard = current();
  // Answers to the page before are no longer waited for, nor told as this one's.
  round += 1;
  delete document.body.dataset.drawn;
  document.title = `${dashboard.title} · Fraud platform`;
  at("title").textContent = dashboard.title;
  at("question").textContent = dashboard.description;
  at("pages").replaceChildren(...dashboards.map((each) => {
    const link = document.createElement("a");
    link.href = `#${each.uid}`;
    link.textContent = each.title;
    if (each === dashboard) link.setAttribute("aria-current", "page");
    return link;
  }));
  at("panels").replaceChildren(...dashboard.panels.map(boxOf));
  try {
    await showChoices(dashboard);
  } catch (error) {
    at("trouble").textContent = `No answer: ${error.message}`;
    at("trouble").hidden = false;
  }
  await refresh();
}

async function main() {
  dashboards = await (await fetch("api/dashboards")).json();
  window.addEventListener("hashchange", show);
  await show();
  setInterval(refresh, 5000);
}

main();

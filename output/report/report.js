/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws the charts of a report from the data in the page, and follows the choice of a scenario. */
"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  const root = document.documentElement;
  /* by role: capacity, dead, flood limit, target, reserve, need, limit, zones ... */
  const lineColours = ["#444444", "#888888", "#7b3294", "#009e73", "#d55e00", "#b58900", "#d55e00",
                       "#cc79a7", "#aa3377", "#663311", "#227733", "#000000"];
  const lineDashes = [[7, 3], [2, 3], [9, 3, 2, 3], [12, 3], null, [6, 2], [7, 3], [5, 2], [2, 2],
                      [8, 2, 2, 2], [3, 3], [1, 2]];
  const band = "#56b4e9", middle = "#0b5394", chosen = "#000000";
  const limits = [0.5, 0.75, 0.9, 0.95, 0.99];
  const charts = [];
  let picked = -1;

  function element(tag, text) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function colour(share) {
    let k = 0;
    while (k < 5 && share >= limits[k]) k++;
    return "k" + k;
  }

  function percent(share) {
    if (!isFinite(share)) return "";
    return share < 1 && share > 0.99995 ? "<100" : (100 * share).toFixed(2);
  }

  function number(value) {
    if (value === null || !isFinite(value)) return "–";
    return String(Number(value.toPrecision(4)));
  }

  function day(time) {
    const text = new Date(time).toISOString();
    return data.hourly ? text.slice(0, 16).replace("T", " ") : text.slice(0, 10);
  }

  /* ---- CSV ---- */

  function cell(value) {
    let text = value === null || value === undefined ? "" : String(value);
    if (/^[=+\-@\t\r]/.test(text) && isNaN(Number(text))) text = "'" + text; /* no formula */
    return /[",\n\r]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  }

  function csv(rows) {
    return "\ufeff" + rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
  }

  function save(name, rows) {
    const link = element("a");
    link.href = URL.createObjectURL(new Blob([csv(rows)], {type: "text/csv;charset=utf-8"}));
    link.download = name.replace(/[^\p{L}\p{N}]+/gu, "_").slice(0, 80) + ".csv";
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function tableRows(table) {
    return Array.from(table.rows, (row) => Array.from(row.cells, (one) => one.textContent));
  }

  function chartRows(chart) {
    const head = ["time", "min", "p10", "p50", "p90", "max"]
      .map((name) => (name === "time" ? name : name + " " + chart.units))
      .concat(chart.lines.map((line) => line.name));
    if (picked >= 0)
      head.push(...["least", "mean", "largest"].map((k) => data.scenario[picked] + " " + k));
    return [head].concat(data.time.map((time, b) => {
      const row = [day(time), chart.min[b], chart.p10[b], chart.p50[b], chart.p90[b], chart.max[b]]
        .concat(chart.lines.map((line) => line.value[b]));
      if (picked >= 0) row.push(...detail(chart, b));
      return row;
    }));
  }

  /* ---- charts ---- */

  function detail(chart, b) {
    const at = Math.floor(b / chart.every);
    return [chart.least[picked][at], chart.mean[picked][at], chart.largest[picked][at]];
  }

  function plotRows(chart) {
    return data.time.map((time, b) => {
      const row = [new Date(time), [chart.min[b], chart.p50[b], chart.max[b]],
                   [chart.p10[b], chart.p50[b], chart.p90[b]]];
      for (const line of chart.lines) row.push([line.value[b], line.value[b], line.value[b]]);
      row.push(picked >= 0 ? detail(chart, b) : [null, null, null]);
      return row;
    });
  }

  /* What the lines are called, and their values at a bucket (-1: none). */
  function putKey(place, chart, b) {
    const at = (value) => (b < 0 ? "" : " " + number(value));
    const parts = [[words.BAND_ALL, band, true, b < 0 ? "" : at(chart.min[b]) + " –" + at(chart.max[b])],
                   [words.BAND_80, "#2b7bba", true, b < 0 ? "" : at(chart.p10[b]) + " –" + at(chart.p90[b])],
                   [words.MEDIAN, middle, false, b < 0 ? "" : at(chart.p50[b])]];
    chart.lines.forEach((line) =>
      parts.push([line.name, lineColours[line.role % lineColours.length], false, b < 0 ? "" : at(line.value[b])]));
    if (picked >= 0)
      parts.push([words.SCENARIO, chosen, false, b < 0 ? "" : at(detail(chart, b)[1])]);
    place.replaceChildren(element("span", b < 0 ? "" : day(data.time[b])));
    for (const [name, tone, fill, values] of parts) {
      const sign = element("i");
      if (fill) {
        sign.className = "fill";
        sign.style.background = tone;
        sign.style.opacity = name === words.BAND_ALL ? 0.4 : 0.75;
      } else {
        sign.style.borderTopColor = tone;
      }
      place.append(sign, element("span", name + values));
    }
  }

  function options(chart, place) {
    const series = {
      all: {color: band, strokeWidth: 0, fillAlpha: 0.3},
      most: {color: middle, strokeWidth: 1.6, fillAlpha: 0.3},
      one: {color: chosen, strokeWidth: 1.4, fillAlpha: 0.15}
    };
    const labels = ["time", "all", "most"];
    chart.lines.forEach((line, i) => {
      labels.push("line" + i);
      series["line" + i] = {
        color: lineColours[line.role % lineColours.length], strokeWidth: 1.5,
        strokePattern: lineDashes[line.role % lineDashes.length]
      };
    });
    labels.push("one");
    return {
      labels: labels, series: series, customBars: true, labelsUTC: true, legend: "never",
      includeZero: chart.kind !== "level", rightGap: 8, drawPoints: false,
      highlightCircleSize: 3, digitsAfterDecimal: 4,
      axes: {y: {axisLabelWidth: 46, gridLineColor: "#e3e3e3"}, x: {gridLineColor: "#eeeeee"}},
      highlightCallback: (event, x, points, row) => putKey(place, chart, row),
      unhighlightCallback: () => putKey(place, chart, -1)
    };
  }

  function zoom(graph, factor, move) {
    const [low, high] = graph.xAxisRange(), [first, last] = graph.xAxisExtremes();
    const half = ((high - low) / 2) * factor, centre = (low + high) / 2 + move * (high - low);
    const from = Math.max(first, centre - half), to = Math.min(last, centre + half);
    if (to - from > 0) graph.updateOptions({dateWindow: [from, to]});
  }

  function act(graph, chart, what) {
    if (what === "in") zoom(graph, 0.5, 0);
    else if (what === "out") zoom(graph, 2, 0);
    else if (what === "left") zoom(graph, 1, -0.25);
    else if (what === "right") zoom(graph, 1, 0.25);
    else if (what === "reset") graph.resetZoom();
    else if (what === "csv") save(data.title + " " + chart.kind + " " + chart.title, chartRows(chart));
  }

  function draw(figure) {
    const chart = data.chart[Number(figure.dataset.chart)];
    const plot = figure.querySelector(".plot"), place = figure.querySelector(".key");
    const graph = new Dygraph(plot, plotRows(chart), options(chart, place));
    const keys = {"+": "in", "=": "in", "-": "out", "0": "reset", ArrowLeft: "left",
                  ArrowRight: "right"};
    charts.push({chart: chart, graph: graph, place: place});
    putKey(place, chart, -1);
    plot.title = words.CHART_KEYS;
    plot.addEventListener("keydown", (event) => {
      if (keys[event.key] === undefined) return;
      event.preventDefault();
      act(graph, chart, keys[event.key]);
    });
    for (const button of figure.querySelectorAll("button[data-act]"))
      button.addEventListener("click", () => act(graph, chart, button.dataset.act));
  }

  /* ---- the chosen scenario ---- */

  /* Share of the need of the demands of a class and a district (-1: any) that is met. */
  function metOf(scenario, group, district) {
    let need = 0, supply = 0;
    data.met[scenario].forEach((share, d) => {
      if (share === null || (group >= 0 && data.group[0][d] !== group) ||
          (district >= 0 && data.group[1][d] !== district)) return;
      need += data.need[scenario][d];
      supply += data.need[scenario][d] * share;
    });
    return need > 0 ? supply / need : NaN;
  }

  const cells = Array.from(document.querySelectorAll("td[data-class]"), (one) => ({
    cell: one, text: one.textContent, style: one.className,
    group: Number(one.dataset.class), district: Number(one.dataset.district)
  }));
  const nodes = Array.from(document.querySelectorAll("[data-demand]"), (one) => ({
    node: one, style: one.getAttribute("class"), title: one.querySelector("title"),
    text: one.querySelector("title").textContent, demand: Number(one.dataset.demand)
  }));

  function showShares() {
    for (const one of cells) {
      const share = picked < 0 ? NaN : metOf(picked, one.group, one.district);
      one.cell.textContent = picked < 0 ? one.text : percent(share);
      one.cell.className = picked < 0 ? one.style : "n " + colour(share);
    }
    for (const one of nodes) {
      const share = picked < 0 ? null : data.met[picked][one.demand];
      one.node.setAttribute("class", share === null ? one.style : "node " + colour(share));
      one.title.textContent = share === null
        ? one.text : one.text.replace(/[\d.]+ %(?!.*\d %)/, (100 * share).toFixed(1) + " %");
    }
    document.querySelectorAll("#classes tr").forEach((row, g) => {
      if (g > 0) row.cells[6].textContent = picked < 0 ? "" : percent(metOf(picked, g - 1, -1));
    });
  }

  function pick(index) {
    picked = index >= 0 && index < data.scenario.length ? index : -1;
    document.getElementById("picker").value = String(picked);
    for (const one of charts) {
      one.graph.updateOptions({file: plotRows(one.chart)});
      putKey(one.place, one.chart, -1);
    }
    showShares();
    root.dataset.scenario = picked < 0 ? "" : data.scenario[picked];
  }

  /* "#scenario=3" or "#scenario=ID" */
  function pickByHash() {
    const found = /^#scenario=(.+)$/.exec(location.hash);
    if (!found) return;
    const text = decodeURIComponent(found[1]), index = data.scenario.indexOf(text);
    pick(index >= 0 ? index : /^\d+$/.test(text) ? Number(text) : -1);
  }

  /* ---- the map ---- */

  function prepareMap() {
    const map = document.getElementById("network");
    if (!map) return;
    const whole = map.viewBox.baseVal, full = [whole.x, whole.y, whole.width, whole.height];
    let view = full.slice(), held = null;
    const show = () => map.setAttribute("viewBox", view.join(" "));
    const scale = (factor, x, y) => {
      const width = Math.min(full[2], Math.max(full[2] / 40, view[2] * factor)), by = width / view[2];
      view = [x - (x - view[0]) * by, y - (y - view[1]) * by, width, view[3] * by];
      if (width >= full[2]) view = full.slice();
      show();
    };
    const point = (event) => {
      const box = map.getBoundingClientRect();
      return [view[0] + (view[2] * (event.clientX - box.left)) / box.width,
              view[1] + (view[3] * (event.clientY - box.top)) / box.height];
    };
    const move = (dx, dy) => {
      view[0] += dx * view[2];
      view[1] += dy * view[3];
      show();
    };
    const acts = {in: () => scale(0.7, view[0] + view[2] / 2, view[1] + view[3] / 2),
                  out: () => scale(1.4, view[0] + view[2] / 2, view[1] + view[3] / 2),
                  reset: () => { view = full.slice(); show(); }};
    const keys = {"+": acts.in, "=": acts.in, "-": acts.out, "0": acts.reset,
                  ArrowLeft: () => move(-0.1, 0), ArrowRight: () => move(0.1, 0),
                  ArrowUp: () => move(0, -0.1), ArrowDown: () => move(0, 0.1)};
    map.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return; /* else the page scrolls */
      event.preventDefault();
      scale(event.deltaY > 0 ? 1.2 : 1 / 1.2, ...point(event));
    }, {passive: false});
    map.addEventListener("pointerdown", (event) => { held = point(event); });
    window.addEventListener("pointerup", () => { held = null; });
    map.addEventListener("pointermove", (event) => {
      if (!held) return;
      const now = point(event);
      view[0] += held[0] - now[0];
      view[1] += held[1] - now[1];
      show();
    });
    map.addEventListener("keydown", (event) => {
      if (!keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
    for (const button of document.querySelectorAll("button[data-map]"))
      button.addEventListener("click", acts[button.dataset.map]);
  }

  /* ---- begin ---- */

  /* ids of scenarios may break after their commas */
  for (const one of document.querySelectorAll("td, li, .lead")) {
    if (one.children.length > 0 || !/=[^,]*,\S/.test(one.textContent)) continue;
    const parts = one.textContent.split(/(?<=,)(?=\S)/);
    one.replaceChildren(...parts.flatMap((part, i) => (i > 0 ? [element("wbr"), part] : [part])));
  }
  document.querySelectorAll("figure[data-chart]").forEach(draw);
  prepareMap();
  for (const button of document.querySelectorAll("button.csv"))
    button.addEventListener("click", () => {
      const figure = button.closest("figure");
      save(data.title + " " + figure.querySelector("figcaption").textContent,
           tableRows(figure.querySelector("table")));
    });
  document.getElementById("picker").addEventListener("change", (event) =>
    pick(Number(event.target.value)));
  document.getElementById("print").addEventListener("click", () => window.print());
  window.addEventListener("hashchange", pickByHash);
  pickByHash();
  root.dataset.charts = String(charts.length);
  window.nguon = {pick: pick, chartRows: (i) => chartRows(data.chart[i]), csv: csv, charts: charts};
})();

# SPDX-License-Identifier: GPL-3.0-or-later
"""Open reports of a hostile basin in headless Chromium: check_report.py NGUON FOLDER

Looks at script errors, charts, the choice of a scenario, keys, data as CSV and print. Screenshots
are left in FOLDER. Ends with 77 (skipped) where there is no Chromium.
"""
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from browser import chromium

SKIPPED = 77
LONG = "Hồ chứa có tên rất dài " * 14
BASIN = """
nguon: 1
name: "<script>window.hacked=1</script> & \\"Sông\\" 'Một'"
description: "</script><img src=x onerror='window.hacked=2'> \\u2028 end"
run: {start: 2018-01-01, end: 2020-12-31, step: daily, seed: 3}
ranks: [domestic_floor, domestic, minimum_flow, domestic_reserve, irrigation, storage_target]
catchments:
  hills: {name: "]]><!--", area: 40 km2, to: upper_lake, subsystem: "<b>bắc</b>", at: [21.1, 107.0],
    inflow: {generate: {mean: 700 mm/year, cv: 0.3, lag1: 0.3, recession: 6 d, base: 40 %,
    region: north, region_correlation: 0.5, monthly: [2, 2, 3, 5, 8, 15, 20, 20, 13, 6, 4, 2]}}}
reservoirs:
  upper_lake: {name: "LONGNAME", district: "Đông \\"Triều\\"<i>", at: [21.05, 107.02],
    capacity: 5 hm3, dead_storage: 0.5 hm3, table: {level: [10, 20, 35], area: [0.1, 0.6, 1.4],
    storage: [0, 3, 12], units: [m, km2, hm3]}, initial: 60 %, evaporation: 3 mm/d,
    zones: [{id: low, below: 30 %, caps: {irrigation: 50 %}}], spill_to: sea}
seas: {sea: {name: "--><svg onload=window.hacked=3>", at: [20.9, 107.1]}}
demands:
  town: {name: "=HYPERLINK(\\"http://x\\")'", district: "</td></table>", at: [21.0, 107.03],
    class: domestic, population: 80000 person, norm: 150 L/person/d, floor: 60 L/person/d}
  farm: {name: "` + alert(1) + ${x}", class: irrigation, area: 1500 ha, norm: 45 m3/ha/d}
links:
  main: {kind: pipe, from: upper_lake, to: town, capacity: 0.2 m3/s, loss: 5 %}
  canal: {kind: canal, from: upper_lake, to: farm}
  river: {kind: river, from: upper_lake, to: sea, minimum_flow: 0.05 m3/s}
scenarios:
  axes:
    weather: {realisations: 3}
    inflow: {values: [100 %, 40 %], path: catchments.*.inflow, change: scale}
""".replace("LONGNAME", LONG)

TRAP = """<script>
window.seen = [];
window.onerror = (text) => { window.seen.push(String(text)); };
const say = console.error;
console.error = (...all) => { window.seen.push(all.join(" ")); say.apply(console, all); };
</script>"""

# Runs after the page's own script; what it finds is read from the dumped document.
LOOK = """<script>
(async function () {
  const found = {};
  const drawn = (canvas) => {
    const shape = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let inked = 0;
    for (let i = 3; i < shape.length; i += 4) inked += shape[i] > 0;
    return inked;
  };
  const key = (where, which) =>
    where.dispatchEvent(new KeyboardEvent("keydown", {key: which, bubbles: true, cancelable: true}));
  try {
    const figures = Array.from(document.querySelectorAll("figure[data-chart]"));
    found.figures = figures.length;
    found.drawn = figures.filter((one) =>
      Array.from(one.querySelectorAll("canvas")).some((canvas) => drawn(canvas) > 500)).length;
    found.labelled = figures.filter((one) =>
      one.querySelector(".plot").getAttribute("aria-label").length > 20).length;
    found.hash = document.documentElement.dataset.scenario || "";
    const picker = document.getElementById("picker");
    found.options = Array.from(picker.options, (one) => one.textContent);
    const cell = () => document.querySelectorAll("#classes tr")[2].cells[6].textContent;
    const ink = drawn(figures[0].querySelector("canvas"));
    picker.value = "1";
    picker.dispatchEvent(new Event("change"));
    found.picked = document.documentElement.dataset.scenario;
    found.pickedCell = cell();
    found.pickedInk = drawn(figures[0].querySelector("canvas")) !== ink;
    found.rows = window.nguon.chartRows(0).length;
    found.columns = window.nguon.chartRows(0)[0].length;
    const graph = window.nguon.charts[0].graph, whole = graph.xAxisRange();
    figures[0].querySelector("button[data-act=in]").click();
    const near = graph.xAxisRange();
    found.zoomed = (near[1] - near[0]) / (whole[1] - whole[0]);
    key(figures[0].querySelector(".plot"), "0");
    found.whole = graph.xAxisRange()[1] === whole[1];
    let kept = null;
    URL.createObjectURL = (blob) => { kept = blob; return "about:blank#"; };
    HTMLAnchorElement.prototype.click = () => {};
    figures[0].querySelector("button[data-act=csv]").click();
    found.csv = (await kept.text()).split("\\r\\n").slice(0, 2);
    document.querySelector("#headline button.csv").click();
    found.tableCsv = (await kept.text()).split("\\r\\n").length;
    found.quoted = window.nguon.csv([["=1+1()", "-3", 'a"b,c']]);
    const map = document.getElementById("network"), box = map.getAttribute("viewBox");
    key(map, "+");
    found.mapZoomed = map.getAttribute("viewBox") !== box;
    picker.value = "-1";
    picker.dispatchEvent(new Event("change"));
    found.unpicked = document.documentElement.dataset.scenario === "" && cell() === "";
    found.hacked = window.hacked === undefined ? 0 : window.hacked;
    found.strange = document.querySelectorAll("img, i:not(.key i), h1 script, td b, svg svg").length;
    found.heading = document.querySelector("h1").textContent;
  } catch (error) {
    window.seen.push(String(error.stack || error));
  }
  found.errors = window.seen;
  document.documentElement.dataset.found = JSON.stringify(found);
})();
</script>"""


def look(binary, folder, page, fragment=""):
    """What the script LOOK finds in a page."""
    with open(page, encoding="utf-8") as file:
        text = file.read()
    text = text.replace('<meta charset="utf-8">', '<meta charset="utf-8">' + TRAP, 1)
    end = text.rindex("</body>")
    probe = os.path.join(folder, "probe.html")
    with open(probe, "w", encoding="utf-8") as file:
        file.write(text[:end] + LOOK + text[end:])
    dumped = chromium(binary, folder, "--dump-dom", "file://" + probe + fragment)
    found = re.search(r'<html[^>]* data-found="([^"]*)"', dumped)
    assert found, "the page's script did not come to its end"
    return json.loads(html.unescape(found.group(1)))


def check(found, hashed):
    assert found["errors"] == [], found["errors"]
    assert found["hacked"] == 0 and found["strange"] == 0, found
    assert found["figures"] == 5, found["figures"]  # one lake, two classes twice
    assert found["drawn"] == found["labelled"] == found["figures"], found
    assert len(found["options"]) == 1 + 6, found["options"]
    assert found["hash"] == (found["options"][4] if hashed else ""), found["hash"]
    assert found["picked"] == found["options"][2], found["picked"]
    assert re.fullmatch(r"<?\d+(\.\d+)?", found["pickedCell"]), found["pickedCell"]
    assert found["pickedInk"] and found["unpicked"] and found["mapZoomed"], found
    assert abs(found["zoomed"] - 0.5) < 0.01 and found["whole"], found
    assert found["rows"] == 1 + 366 and found["columns"] >= 11, found
    assert found["csv"][0].startswith("time,min ") and found["csv"][1].startswith("2018-01-01,")
    assert found["tableCsv"] == 1 + 2 + 1, found
    assert found["quoted"] == "\ufeff'=1+1(),-3,\"a\"\"b,c\"\r\n", found["quoted"]
    assert found["heading"] == "<script>window.hacked=1</script> & \"Sông\" 'Một'", found["heading"]


def main():
    program, pictures = sys.argv[1], sys.argv[2]
    binary = shutil.which(os.environ.get("NGUON_CHROMIUM", "chromium"))
    if binary is None:
        print("skipped: there is no Chromium (Debian: chromium)")
        return SKIPPED
    os.makedirs(pictures, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.chdir(folder)
        with open("basin.yaml", "w", encoding="utf-8") as file:
            file.write(BASIN)
        subprocess.run([program, "run", "-q", "basin.yaml", "-o", "out.h5"], check=True)
        for language in ("vi", "en"):
            page = os.path.join(folder, language + ".html")
            subprocess.run([program, "report", "out.h5", "--lang", language, "-o", page], check=True)
            check(look(binary, folder, page), False)
            for name, size in (("wide", "1280,4200"), ("narrow", "420,5200")):
                picture = os.path.join(pictures, f"report-{language}-{name}.png")
                chromium(binary, folder, "--window-size=" + size, "--screenshot=" + picture,
                         "file://" + page)
                assert os.path.getsize(picture) > 30000, picture
        check(look(binary, folder, page, "#scenario=3"), True)
        printed = os.path.join(pictures, "report-vi.pdf")
        chromium(binary, folder, "--print-to-pdf=" + printed, "file://" + folder + "/vi.html")
        with open(printed, "rb") as file:
            text = file.read()
        pages = len(re.findall(rb"/Type\s*/Page\b", text))
        assert pages > 1, pages
        # a canvas that is drawn anew while printing comes out blank and leaves no image
        assert len(re.findall(rb"/Subtype\s*/Image", text)) >= 5
    print(f"reports in two languages: no script error, charts drawn, {pages} pages printed")
    return 0


sys.exit(main())

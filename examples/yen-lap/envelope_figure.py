# SPDX-License-Identifier: GPL-3.0-or-later
"""The figure of ./check: envelope of the years, analogue of 2020 and observed points, as SVG."""
import datetime
import statistics

WIDTH, HEIGHT = 820, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 34, 52
HIGHEST_HM3 = 140
YEAR = 2022  # of the envelope's calendar
ANALOGUE_COLOURS = ("#b2452f", "#d98032", "#8a3c78")
MARK_COLOUR = {"start": "#111111", "misfit": "#111111", "bound": "#8a8a8a", "unclear": "#8a8a8a"}


def x_of(date):
    day = date.timetuple().tm_yday - 1
    return LEFT + (WIDTH - LEFT - RIGHT) * day / 365.0


def y_of(volume_hm3):
    return TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - volume_hm3 / HIGHEST_HM3)


def points_of(pairs):
    return " ".join(f"{x_of(date):.1f},{y_of(volume):.1f}" for date, volume in pairs)


def text(x, y, words, anchor="start", colour="#222222", size=12):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" '
            f'font-size="{size}" stroke="#ffffff" stroke-width="3" paint-order="stroke">'
            f'{words}</text>')


def axes():
    parts = []
    for volume in range(0, HIGHEST_HM3 + 1, 20):
        y = y_of(volume)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" '
                     'stroke="#e2e2e2"/>')
        parts.append(text(LEFT - 8, y + 4, f"{volume}", "end"))
    for month in range(1, 13):
        middle = datetime.date(YEAR, month, 15)
        parts.append(text(x_of(middle), HEIGHT - BOTTOM + 18, f"{middle:%b}", "middle"))
        x = x_of(datetime.date(YEAR, month, 1))
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{HEIGHT - BOTTOM}" '
                     f'y2="{HEIGHT - BOTTOM + 5}" stroke="#888888"/>')
    parts.append(text(14, TOP - 14, "Volume of Hồ Yên Lập, hm³, by day of year"))
    return parts


def envelope(storage):
    days = [datetime.date(YEAR, 1, 1) + datetime.timedelta(days=i) for i in range(365)]
    values = [[year[day] / 1e6 for year in storage.values()] for day in days]
    around = ([(day, max(v)) for day, v in zip(days, values)] +
              [(day, min(v)) for day, v in zip(days, values)][::-1])
    middle = [(day, statistics.median(v)) for day, v in zip(days, values)]
    return [f'<polygon points="{points_of(around)}" fill="#cfe0ee"/>',
            f'<polyline points="{points_of(middle)}" fill="none" stroke="#2f6690" '
            'stroke-width="1.8"/>']


def analogue(drought):
    """Each member of the drought run by day of year, its months of 2019 dashed."""
    parts = []
    for (name, values), colour in zip(drought.items(), ANALOGUE_COLOURS):
        for year in (2019, 2020):
            days = [day for day in sorted(values) if day.year == year]
            pairs = [(day, values[day] / 1e6) for day in days]
            dash = ' stroke-dasharray="5 3"' if year == 2019 else ""
            parts.append(f'<polyline points="{points_of(pairs)}" fill="none" stroke="{colour}" '
                         f'stroke-width="1.3"{dash}/>')
    return parts


def marks(points):
    parts = []
    for point in points:
        date = datetime.date.fromisoformat(point["date"])
        if point["volume_hm3"] == "" or point["use"] not in MARK_COLOUR:
            continue
        colour = MARK_COLOUR[point["use"]]
        x, y = x_of(date), y_of(float(point["volume_hm3"]))
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>')
        left = x > LEFT + 80
        parts.append(text(x - 7 if left else x + 7, y + 4, f"{date:%d/%m/%Y}",
                          "end" if left else "start", colour, 11))
    return parts


def legend(drought):
    y = HEIGHT - 10
    parts = [f'<rect x="{LEFT}" y="{y - 9}" width="22" height="10" fill="#cfe0ee"/>',
             text(LEFT + 27, y, "five years, median"),
             f'<circle cx="{LEFT + 158}" cy="{y - 4}" r="4" fill="#111111"/>',
             text(LEFT + 167, y, "observed"),
             f'<circle cx="{LEFT + 240}" cy="{y - 4}" r="4" fill="#8a8a8a"/>',
             text(LEFT + 249, y, "unclear or bound"),
             text(LEFT + 366, y, "2019-20, weather of")]
    x = LEFT + 500
    for name, colour in zip(drought, ANALOGUE_COLOURS):
        parts.append(f'<line x1="{x}" x2="{x + 18}" y1="{y - 4}" y2="{y - 4}" stroke="{colour}" '
                     'stroke-width="2"/>')
        parts.append(text(x + 22, y, name.replace("_", "/")))
        x += 84
    return parts


def draw(path, storage, drought, points):
    """storage: {year: {date: m3}} in YEAR; drought: {weather: {date: m3}}; points: observed rows."""
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
             f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>']
    parts += axes() + envelope(storage) + analogue(drought) + marks(points) + legend(drought)
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(parts) + "\n</svg>\n")

#!/usr/bin/env python3
"""Draws decision-cost.svg of decision-cost.csv, which PlacementBench writes; see docs/measurements.md."""

import csv
import math
import pathlib

HERE = pathlib.Path(__file__).parent
LEFT, TOP, WIDTH, HEIGHT = 60, 20, 460, 260
HOSTS = (10, 1000)
MILLIS = (0.1, 1000)
LINES = {
    "true": ("#1f6fb2", "room for three of five tasks"),
    "false": ("#b2431f", "no room: every host is looked at"),
}


def across(hosts):
    low, high = map(math.log10, HOSTS)
    return LEFT + WIDTH * (math.log10(hosts) - low) / (high - low)


def up(millis):
    low, high = map(math.log10, MILLIS)
    return TOP + HEIGHT * (high - math.log10(millis)) / (high - low)


def text(x, y, words, anchor="middle", colour="#333"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{words}</text>'


def draw(rows):
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="560" height="340" font-family="sans-serif"'
        ' font-size="12">',
        '<rect width="560" height="340" fill="white"/>',
        "<title>Processor time of one decision of the scheduler, simulated</title>",
    ]
    for hosts in (10, 100, 1000):
        x = across(hosts)
        parts.append(f'<path d="M{x:.1f} {TOP}V{TOP + HEIGHT}" stroke="#ddd"/>')
        parts.append(text(x, TOP + HEIGHT + 18, f"{hosts} hosts"))
    for millis in (0.1, 1, 10, 100, 1000):
        y = up(millis)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{LEFT + WIDTH}" stroke="#ddd"/>')
        parts.append(text(LEFT - 6, y + 4, f"{millis:g} ms", "end"))
    for number, (room, (colour, words)) in enumerate(LINES.items()):
        points = [(across(int(r["hosts"])), r) for r in rows if r["room"] == room]
        line = " ".join(f"{x:.1f},{up(float(r['median_ms'])):.1f}" for x, r in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for x, r in points:
            median, worst = up(float(r["median_ms"])), up(float(r["p99_ms"]))
            parts.append(f'<circle cx="{x:.1f}" cy="{median:.1f}" r="3" fill="{colour}"/>')
            parts.append(f'<path d="M{x:.1f} {median:.1f}V{worst:.1f}" stroke="{colour}"/>')
        parts.append(text(LEFT + 12, TOP + 18 + 16 * number, words, "start", colour))
    x, y = across(200), up(130)
    parts.append(f'<path d="M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8" stroke="#333"/>')
    parts.append(text(x, y - 8, "Lotus, its own benchmark"))
    parts.append(text(LEFT + WIDTH / 2, 330, "two waiting tasks a host; median, bar up to 99 %"))
    return "\n".join(parts + ["</svg>\n"])


with open(HERE / "decision-cost.csv", newline="") as file:
    figure = draw(list(csv.DictReader(file)))
(HERE / "decision-cost.svg").write_text(figure)

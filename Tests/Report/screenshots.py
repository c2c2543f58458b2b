"""Takes the README's screenshots: the charts of a report page and one of its images, light and dark.

Usage: screenshots.py REPORT.html FOLDER
"""

import os
import pathlib
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import browser  # noqa: E402

# The limit per picture, because they are in git.
MAX_BYTES = 100_000
WIDTH = 1200


def save(page, path):
    for quality in range(90, 40, -5):
        page.screenshot(path, webp_quality=quality)
        if path.stat().st_size <= MAX_BYTES:
            print(f"{path}: {path.stat().st_size:,} bytes, quality {quality}")
            return
    sys.exit(f"{path} is larger than {MAX_BYTES:,} bytes")


def take(page, report, scheme, folder):
    page.look(WIDTH, 900, scheme)
    page.open(report.as_uri())
    page.run("Promise.all([...document.images].map(i => { i.loading = 'eager'; return i.decode(); })).then(() => 1)")
    # From the top to the end of the charts.
    end = page.run("document.querySelector('.charts').getBoundingClientRect().bottom")
    page.look(WIDTH, int(end) + 24, scheme)
    save(page, folder / f"report-{scheme}.webp")
    page.look(WIDTH, 790, scheme)
    page.run("document.querySelector('button.name').click()")
    page.run("document.querySelector('.tools').scrollIntoView()")
    save(page, folder / f"report-image-{scheme}.webp")


def main():
    report, folder = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    program = browser.find() or sys.exit("there is no Chromium here (Debian: apt-get install chromium)")
    folder.mkdir(parents=True, exist_ok=True)
    with browser.Browser(program) as page:
        for scheme in ("light", "dark"):
            take(page, report, scheme, folder)
        if page.problems:
            sys.exit("\n".join(page.problems))


main()

"""Ordinary small pictures under awkward names. Names that are not UTF-8 are made by the tests themselves."""

from . import encode
from .limits import gradient


def make(record):
    """The group names/."""

    heights = {}

    def add(name, shows, kind="png", copy_of=None):
        # Another height for each, so that no two are duplicates unless they are meant to be.
        image = gradient(240, heights.setdefault(copy_of or name, 200 + len(heights)))
        data = encode.pillow(image, {"png": "PNG", "jpeg": "JPEG"}[kind])
        record.add(f"names/{name}", data, shows, format=kind, width=image.width, height=image.height)

    add("photo[1].jpg", "brackets as browsers write them; a pattern for a shell", "jpeg")
    add("photo[page=2].png", "brackets that libvips would take for options if they stood at the end")
    add("trailing.png[page=2]", "a name that ends in libvips options: opening it by name fails")
    add("scan.jpg[shrink=8].jpg", "options in the middle", "jpeg")
    add("two  spaces and more.png", "two spaces in a row")
    add(" leading space.png", "a space at the start")
    add("🐜 ant — photo.jpg", "emoji and a dash outside of ASCII", "jpeg")
    add("cafe\u0301.png", "a letter with a combining accent (NFD)")
    add("写真.png", "Chinese and Japanese characters, which are two columns wide")
    add("صورة.png", "a name written from right to left")
    add("-leading-dash.png", "looks like an option")
    add("--output=x.png", "looks like a long option")
    add(".hidden.png", "hidden: only walked with --hidden")
    add(".hidden-folder/inside.png", "inside a hidden folder")
    add("UPPER.JPG", "extension in capitals", "jpeg")
    add("photo.jpeg", "the long extension", "jpeg")
    add("no-extension", "no extension at all")
    add("several.dots.in.png", "several dots")
    add("100%25 sure.png", "percent signs: not a URL, not a format string")
    add("comma,semicolon;.png", "separators of CSV")
    add("=1+1.png", "a formula, should a spreadsheet read the CSV")
    add("it's $HOME `ls`.png", "quotes and things that a shell expands")
    add("same.png", "the same stem as same.jpg: two outputs must not meet")
    add("same.jpg", "the same stem as same.png", "jpeg")
    add("n" * 180 + ".png", "a long name")
    add("deep/er/and/deep/er/still/inside.png", "many folders down")
    add("twice-a.png", "the same bytes as twice-b.png", copy_of="twice")
    add("twice-b.png", "the same bytes as twice-a.png", copy_of="twice")

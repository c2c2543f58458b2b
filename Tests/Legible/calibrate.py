"""Makes pages of text, measures and prepares them with the command, and reads them with OCR at several sizes.

Usage: [PAGES="FOLDER ..."] calibrate.py IMAGE_PREFLIGHT OUT [FOLDER ...]

Prints the basis for the defaults of `--fit legible` and I306: how many words are read by x-height, what text costs by
font size, how far off the measure is, where I306 is right, and which photos are mistaken for text. The folders hold
photos without text; those in PAGES hold any images, whose text is read. An OCR program stands in for the model.
"""

import collections
import concurrent.futures
import io
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONTS = "/usr/share/fonts/truetype/"
LATIN = {
    "DejaVu Sans": FONTS + "dejavu/DejaVuSans.ttf",
    "DejaVu Sans Mono": FONTS + "dejavu/DejaVuSansMono.ttf",
    "Liberation Serif": FONTS + "liberation/LiberationSerif-Regular.ttf",
    "Liberation Sans": FONTS + "liberation/LiberationSans-Regular.ttf",
}
CJK = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
WORDS = (
    "invoice total amount payment customer address street number order delivery please review account balance "
    "monthly statement transfer received department manager telephone quantity product description discount "
    "shipping warehouse return policy warranty contract signature document reference section paragraph figure "
    "example result method measure window button setting network memory process version release history"
).split()
# OCR language, font, words, and whether single characters are counted.
SCRIPTS = {
    "Cyrillic": ("rus", LATIN["DejaVu Sans"], "счет сумма оплата клиент адрес улица номер заказ доставка проверка баланс "
                 "выписка перевод отдел менеджер телефон количество товар описание скидка склад возврат договор".split(), False),
    "Greek": ("ell", LATIN["DejaVu Sans"], "λογαριασμός σύνολο ποσό πληρωμή πελάτης διεύθυνση οδός αριθμός παραγγελία "
              "παράδοση υπόλοιπο μεταφορά τμήμα τηλέφωνο ποσότητα προϊόν περιγραφή έκπτωση αποθήκη".split(), False),
    "Chinese": ("chi_sim", CJK, "发票总额付款客户地址街道号码订单交付请查看账户余额每月对账单转账部门经理电话数量产品说明折扣运输仓库退货政策保修合同签名".strip(), True),
    "Japanese": ("jpn", CJK, "請求書の合計金額を支払う顧客住所電話番号注文配送確認口座残高月次明細書部門管理者数量商品説明割引倉庫返品契約署名", True),
    "Arabic": ("ara", FONTS + "noto/NotoSansArabic-Regular.ttf", "فاتورة المجموع المبلغ الدفع العميل العنوان الشارع رقم الطلب "
               "التسليم الرصيد كشف تحويل قسم المدير الهاتف الكمية المنتج الوصف الخصم المخزن العقد".split(), False),
    "Devanagari": ("hin", FONTS + "noto/NotoSansDevanagari-Regular.ttf", "चालान कुल राशि भुगतान ग्राहक पता सड़क संख्या आदेश वितरण "
                   "शेष विवरण विभाग प्रबंधक दूरभाष मात्रा उत्पाद छूट गोदाम वापसी अनुबंध हस्ताक्षर".split(), False),
}
HEIGHTS = (3, 4, 5, 6, 8)


class Page:
    """A page of random words, and its contents."""

    def __init__(self, name, font, size, words=WORDS, language="eng", characters=False, width=1280, height=720,
                 ink=0, paper=255, jpeg=None, skew=0, noise=0, tables=False, headlines=False, caption=None, filled=1.0):
        self.name, self.language, self.characters = name, language, characters
        chooser = random.Random(f"{name} {size}")
        face = ImageFont.truetype(font, size)
        self.font_size = size
        box = face.getbbox("x")
        self.x_height = box[3] - box[1]
        page = Image.new("L", (width, height), paper)
        draw = ImageDraw.Draw(page)
        self.words = []
        first = size
        if caption:
            # Two lines on a band below a photo.
            first = height - int(size * 4.5)
            page.paste(Image.open(caption).convert("L").resize((width, height), Image.Resampling.LANCZOS))
            draw.rectangle((0, first - size // 2, width, height), fill=paper)
        columns = 3 if tables else 1
        step = width // columns
        body = face
        for row, top in enumerate(range(first, int((height - 2 * size) * filled), int(size * 1.5))):
            # Every sixth line is twice as large, and leaves the next one empty.
            if headlines and row % 6 == 1:
                continue
            face = ImageFont.truetype(font, size * 2) if headlines and row % 6 == 0 else body
            for column in range(columns):
                line, left = [], column * step + max(size, 12)
                while True:
                    longer = line + [chooser.choice(words)]
                    text = "".join(longer) if characters else " ".join(longer)
                    if draw.textlength(text, font=face) > step - 2 * max(size, 12):
                        break
                    line = longer
                draw.text((left, top), "".join(line) if characters else " ".join(line), font=face, fill=ink)
                self.words += line
                if tables:
                    draw.line((column * step, top - size // 4, column * step + step, top - size // 4), fill=(ink + paper) // 2)
        if noise:
            grain = Image.effect_noise(page.size, noise)
            page = Image.blend(page, grain, 0.15)
        if skew:
            page = page.rotate(skew, Image.Resampling.BICUBIC, fillcolor=paper)
        self.jpeg, self.image = jpeg, page
        if jpeg:
            data = io.BytesIO()
            page.save(data, "JPEG", quality=jpeg)
            self.image = Image.open(io.BytesIO(data.getvalue())).convert("L")

    def save(self, folder, number):
        """Writes the page; returns its path."""
        path = folder / f"{number:04}.{'jpg' if self.jpeg else 'png'}"
        self.image.save(path, **({"quality": self.jpeg} if self.jpeg else {}))
        return path


class Reader:
    """The OCR program."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    def words(self, image, language="eng", characters=False, height=20):
        """The words it finds; small text is enlarged first, because it works best on large letters."""
        self.count += 1
        path = self.folder / f"ocr-{random.getrandbits(48)}.png"
        scale = max(1, min(4, round(24 / max(height, 1))))
        image.convert("L").resize(
            (image.width * scale, image.height * scale), Image.Resampling.BICUBIC).save(path, compress_level=1)
        run = subprocess.run(
            ["tesseract", str(path), "-", "--psm", "6", "-l", language], capture_output=True, text=True,
            env={"OMP_THREAD_LIMIT": "1", "PATH": "/usr/local/bin:/usr/bin:/bin"})
        path.unlink()
        if characters:
            return [letter for letter in run.stdout if not letter.isspace()]
        # Devanagari marks belong to their words.
        words = re.sub(r"[!-/:-@\[-`{-~।،“”‘’|]", " ", run.stdout).lower().split()
        return [word for word in words if len(word) > 1]


def share(words, expected):
    """The share of the expected words that were read; each occurrence counts once."""
    left = collections.Counter(words)
    found = 0
    for word in expected:
        if left[word.lower()] > 0:
            left[word.lower()] -= 1
            found += 1
    return found / len(expected) if expected else 1.0


def run(tool, *arguments):
    """The records of a command."""
    result = subprocess.run([tool, *map(str, arguments), "--format", "ndjson", "-q"], capture_output=True, text=True)
    if result.returncode > 1:
        sys.exit(f"{arguments}: {result.stderr}")
    return [json.loads(line) for line in result.stdout.splitlines()]


def median(values):
    values = sorted(values)
    return values[len(values) // 2] if values else float("nan")


def table(title, header, rows):
    print(f"\n{title}\n")
    widths = [max(len(str(row[column])) for row in [header, *rows]) for column in range(len(header))]
    for row in [header, *rows]:
        print("  " + "  ".join(str(cell).rjust(width) for cell, width in zip(row, widths)))
    sys.stdout.flush()


class Calibration:
    def __init__(self, tool, out, folders):
        self.tool, self.out, self.folders = tool, out, folders
        shutil.rmtree(out / "pages", ignore_errors=True)
        (out / "pages").mkdir(parents=True)
        self.reader = Reader(out)
        self.pool = concurrent.futures.ThreadPoolExecutor(2)

    def at_height(self, page, height, now):
        """The share of words read at a given letter height."""
        scale = height / now
        image = page.image if scale >= 1 else page.image.resize(
            (max(round(page.image.width * scale), 1), max(round(page.image.height * scale), 1)), Image.Resampling.LANCZOS)
        return share(self.reader.words(image, page.language, page.characters, height), page.words)

    def by_height(self):
        """Words read by x-height."""
        pages = [
            Page(name, font, size, ink=ink, paper=paper, jpeg=jpeg)
            for (name, font), size, (ink, paper, jpeg) in zip(
                [*LATIN.items()] * 2, (20, 24, 22, 28, 32, 20, 30, 24),
                ((0, 255, None), (230, 25, None), (30, 245, 85), (0, 255, 75), (60, 250, None), (20, 255, 60),
                 (225, 30, 90), (0, 240, None)))
        ]
        jobs = {(page, height): self.pool.submit(self.at_height, page, height, page.x_height)
                for page in pages for height in (*HEIGHTS, 99)}
        reads = {key: job.result() for key, job in jobs.items()}
        rows = []
        for height in HEIGHTS:
            shares = [reads[page, height] / max(reads[page, 99], 0.01) for page in pages]
            rows.append((f"{height} px", f"{median(shares):.0%}", f"{min(shares):.0%}"))
        table(f"Words read by x-height, of those read at full size ({len(pages)} Latin pages)",
              ("x-height", "median", "worst"), rows)
        rows = []
        for name, (language, font, words, characters) in SCRIPTS.items():
            if not pathlib.Path(font).exists():
                print(f"{name}: {font} is missing")
                continue
            page = Page(name, font, 32, list(words), language, characters, height=480)
            path = page.save(self.out / "pages", 9000 + len(rows))
            record = run(self.tool, "check", "--deep", path)[0]
            measured = record.get("text_x_height")
            if measured is None:
                rows.append((name, "none", *[""] * (len(HEIGHTS) + 1)))
                continue
            full = self.at_height(page, 1, 1)
            jobs = [self.pool.submit(self.at_height, page, height, measured) for height in HEIGHTS]
            rows.append((name, measured, f"{full:.0%}", *[f"{job.result() / max(full, 0.01):.0%}" for job in jobs]))
        table("Words, or characters of Chinese and Japanese, by the x-height that is measured, of those read at full size "
              "(font of 32 px)", ("script", "measured", "read", *[f"{height} px" for height in HEIGHTS]), rows)

    def by_font_size(self):
        """Tokens and words by font size."""
        rows, lost = [], []
        for size in (14, 16, 24, 32, 48):
            pages = [Page(name, font, size, width=2200, height=1400, ink=ink, paper=paper, tables=tables, filled=0.5)
                     for (name, font), ink, paper, tables in (
                         (("DejaVu Sans", LATIN["DejaVu Sans"]), 0, 255, False),
                         (("Liberation Serif", LATIN["Liberation Serif"]), 230, 30, False),
                         (("Liberation Sans", LATIN["Liberation Sans"]), 20, 250, True))]
            folder = self.out / "pages" / f"size-{size}"
            folder.mkdir()
            paths = [page.save(folder, number) for number, page in enumerate(pages)]
            full = [self.pool.submit(self.at_height, page, 1, 1) for page in pages]
            row = [f"{size} px"]
            for fit in ("recommended", "native", "legible"):
                ready = self.out / f"ready-{size}-{fit}"
                shutil.rmtree(ready, ignore_errors=True)
                made = run(self.tool, "prepare", *paths, "-o", ready, "--fit", fit)
                outputs = [record["output"] for record in made]
                heights = [page.x_height * output["width"] / page.image.width for page, output in zip(pages, outputs)]
                row.append(f"{median([output['tokens'] for output in outputs]):,}, {median(heights):.1f} px")
                if fit != "legible":
                    continue
                reads = [
                    self.pool.submit(self.reader.words, Image.open(ready / output["path"]), height=height)
                    for output, height in zip(outputs, heights)]
                shares = [share(read.result(), page.words) / max(whole.result(), 0.01)
                          for read, page, whole in zip(reads, pages, full)]
                row.append(f"{min(shares):.1%}")
                lost += [shares]
            rows.append(row)
        table("Tokens and x-height by font size (pages of 2200x1400 px, median), and the words that the worst page keeps",
              ("font", "recommended", "native", "legible", "words kept"), rows)

    def errors(self):
        """How far off the measure is."""
        kinds = {
            "dark on light": {}, "light on dark": {"ink": 230, "paper": 30}, "gray on gray": {"ink": 110, "paper": 200},
            "JPEG 60": {"jpeg": 60}, "JPEG 95": {"jpeg": 95}, "noise": {"noise": 40, "jpeg": 80},
            "1 degree skew": {"skew": 1}, "tables": {"tables": True}, "two sizes": {"headlines": True},
            "caption": {"caption": "testdata/photos/sea-1920x1080.jpg", "ink": 250, "paper": 10},
        }
        folder = self.out / "pages" / "errors"
        folder.mkdir()
        pages = [(kind, Page(name, font, size, **options)) for kind, options in kinds.items()
                 for name, font in LATIN.items() for size in (10, 12, 14, 16, 24, 40, 64)]
        paths = [page.save(folder, number) for number, (_, page) in enumerate(pages)]
        records = {pathlib.Path(record["path"]).name: record for record in run(self.tool, "check", "--deep", folder)}
        rows, wrong = [], collections.Counter()
        for kind in kinds:
            off = []
            for (other, page), path in zip(pages, paths):
                if other != kind:
                    continue
                measured = records[path.name].get("text_x_height", 0)
                error = measured - page.x_height
                off.append(error / page.x_height)
                if abs(error) > max(1, 0.15 * page.x_height):
                    wrong[kind] += 1
            rows.append((kind, len(off), f"{median(off):+.0%}", f"{min(off):+.0%}", f"{max(off):+.0%}", wrong[kind]))
        table("The measure against the font's x-height", ("kind", "pages", "median", "least", "most", "off by over 15 % and 1 px"), rows)

    def rule(self):
        """Where I306 is right."""
        folder = self.out / "pages" / "rule"
        folder.mkdir()
        pages = [Page(name, font, size, width=width, height=width * 5 // 8, filled=0.3)
                 for (name, font), width in zip(LATIN.items(), (1600, 2200, 2400, 2800)) for size in (13, 18, 28)]
        paths = [page.save(folder, number) for number, page in enumerate(pages)]
        full = dict(zip(pages, self.pool.map(lambda page: self.at_height(page, 1, 1), pages)))
        counts = collections.Counter()
        for model in ("claude-opus-4-6", "claude-opus-5-5"):
            records = {pathlib.Path(record["path"]).name: record
                       for record in run(self.tool, "check", "--deep", folder, "--model", model)}

            def judge(page, record):
                width, height = record["sees_width"], record["sees_height"]
                seen = page.image.resize((width, height), Image.Resampling.LANCZOS)
                x_height = page.x_height * width / page.image.width
                kept = share(self.reader.words(seen, height=x_height), page.words) / max(full[page], 0.01)
                return kept < 0.98, any(finding["code"] == "I306" for finding in record["findings"])

            counts.update(self.pool.map(judge, pages, [records[path.name] for path in paths]))
        rows = [("words are lost", counts[True, True], counts[True, False]), ("words are kept", counts[False, True], counts[False, False])]
        table("I306 against the OCR program, which loses words where it reads less than 98 %", ("", "warned", "not warned"), rows)

    def screenshots(self, folder):
        """Words kept in images whose text is unknown."""
        rows = []
        ready = self.out / "screenshots"
        shutil.rmtree(ready, ignore_errors=True)
        for record in run(self.tool, "prepare", folder, "-o", ready, "--fit", "legible"):
            if "text_x_height" not in record["source"] or "output" not in record:
                continue
            height = record["source"]["text_x_height"]
            original = Image.open(record["source"]["path"]).convert("L")
            output = Image.open(ready / record["output"]["path"])
            before = [word for word in self.reader.words(original, height=height) if len(word) > 2 and word.isalpha()]
            after = self.reader.words(output, height=height * output.width / original.width)
            # How far the program agrees with itself on the same picture, a little smaller.
            slightly = original.resize(
                (round(original.width * 0.96), round(original.height * 0.96)), Image.Resampling.LANCZOS)
            again = self.reader.words(slightly, height=height)
            rows.append((pathlib.Path(record["source"]["path"]).name, height, record["source"]["tokens"],
                         record["output"]["tokens"], len(before), f"{share(after, before):.1%}",
                         f"{share(again, before):.1%}"))
        table(f"{folder} after --fit legible, and the same at 96 % of its size",
              ("file", "x-height", "tokens", "legible", "words", "kept", "at 96 %"), rows)

    def photos(self):
        """Which photos are mistaken for text."""
        if not self.folders:
            return
        records = run(self.tool, "check", "--deep", *self.folders)
        measured = [record for record in records if "text_letters" in record]
        taken = [record for record in measured if record["text_letters"] > 0]
        print(f"\nPhotos mistaken for text: {len(taken)} of {len(measured)}")
        for record in taken:
            print(f"  {record['path']}: {record['text_letters']} letters of {record['text_x_height']} px")


def main():
    tool, out = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    if not shutil.which("tesseract"):
        print("skipped: tesseract is missing")
        return
    calibration = Calibration(tool, out, sys.argv[3:])
    pages = os.environ.get("PAGES", "").split()
    calibration.errors()
    calibration.photos()
    calibration.by_height()
    calibration.by_font_size()
    calibration.rule()
    for folder in ["testdata/screenshots", *pages]:
        calibration.screenshots(folder)
    print(f"\n{calibration.reader.count} pages were read; an OCR program stood in for the model.")


main()

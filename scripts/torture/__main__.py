"""Attacks the built command and reports the result of each attack in one line.

  python3 scripts/torture                              every attack, in less than ten minutes on two cores
  python3 scripts/torture kills 100 mutations 10000    these, the given number of times
  python3 scripts/torture --table                      as the Markdown table of the article “Nothing breaks it”

Exits with 1 when an attack succeeds. Works only on Linux, because it reads /proc.
"""

import argparse
import os
import pathlib
import sys
import time

# Keep the scripts folder clean.
sys.dont_write_bytecode = True

import bombs  # noqa: E402
import circles  # noqa: E402
import crashes  # noqa: E402
import descriptors  # noqa: E402
import kills  # noqa: E402
import memory  # noqa: E402
import mutations  # noqa: E402
import races  # noqa: E402
import scans  # noqa: E402
import streams  # noqa: E402
from product import Product  # noqa: E402

# What runs, in this order; each module says what it does and how often.
ATTACKS = {
    "mutations": (mutations, [mutations.attack]),
    "kills": (kills, [kills.attack]),
    "crashes": (crashes, [crashes.attack]),
    "races": (races, [races.changing, races.pairs]),
    "descriptors": (descriptors, [descriptors.attack]),
    "memory": (memory, [memory.photos, memory.logs, memory.rows]),
    "streams": (streams, [streams.mcp, streams.worker, streams.hooks]),
    "circles": (circles, [circles.attack]),
    "scans": (scans, [scans.attack]),
    "bombs": (bombs, [bombs.attack]),
}


def arguments():
    listing = "\n".join(f"  {name:<12} {module.COUNT:>7,}  {module.__doc__.splitlines()[0]}"
                        for name, (module, _) in ATTACKS.items())
    parser = argparse.ArgumentParser(
        prog="torture", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"attacks, and their default COUNT:\n{listing}")
    parser.add_argument("attacks", nargs="*", metavar="ATTACK [COUNT]", help="an attack, and how often")
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--program", default=root / ".build/release/image-preflight", help="the command under attack")
    parser.add_argument("--decoder", default=root / ".build/debug/FaultyDecoder", help="the decoder that crashes")
    parser.add_argument("--table", action="store_true", help="print Markdown tables; the lines go to standard error")
    parsed = parser.parse_args()
    wanted = []
    for word in parsed.attacks:
        if word in ATTACKS:
            wanted.append([word, ATTACKS[word][0].COUNT])
        elif word.isdigit() and int(word) > 0 and wanted:
            wanted[-1][1] = int(word)
        else:
            parser.error(f"{word} is neither an attack nor its count; attacks: {', '.join(ATTACKS)}")
    if not os.access(parsed.program, os.X_OK):
        parser.error(f"there is no command at {parsed.program}; build it with `make release`")
    parsed.attacks = wanted or [[name, module.COUNT] for name, (module, _) in ATTACKS.items()]
    return parsed, Product(parsed.program, parsed.decoder, root / "testdata")


def markdown(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |" for cells in lines)


def main():
    if not sys.platform.startswith("linux"):
        sys.exit("torture reads /proc, so it works only on Linux")
    options, product = arguments()
    results = []
    for name, count in options.attacks:
        for attack in ATTACKS[name][1]:
            start = time.monotonic()
            result = attack(product, count)
            results.append(result)
            print(f"{name:<12} {'FAILED' if result.failures else 'ok    '} {time.monotonic() - start:5.0f} s  "
                  f"{result.what}: {result.how_many}: {result.outcome}",
                  file=sys.stderr if options.table else sys.stdout, flush=True)
            for failure in result.failures[:20]:
                print(f"  {failure}", file=sys.stderr, flush=True)
    if options.table:
        print(markdown(["what", "how many", "outcome"],
                       [[result.what, result.how_many, "; ".join(["FAILED"] * bool(result.failures) + result.failures[:3]
                                                                 + [result.outcome])] for result in results]))
        for result in results:
            if result.table:
                print("\n" + markdown(*result.table))
    failed = sum(bool(result.failures) for result in results)
    if failed:
        sys.exit(f"{failed} of {len(results)} attacks succeeded")


main()

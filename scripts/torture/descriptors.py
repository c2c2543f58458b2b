"""COUNT good and bad images with at most 64 open files: leaked descriptors would soon exceed that.

`check`, `check --deep` and `prepare` must report the same on every image as without that limit. An `mcp` server calls
its tools COUNT / 10 times and must have as many files open at the end as after the first tenth.
"""

import json
import os
import shutil

from product import Product, Result, descriptor_count
from streams import INITIALIZE, Server

COUNT = 2000
LIMIT = 64


def attack(product, count):
    calls = max(count // 10, 10)
    result = Result(f"{LIMIT} open files at most: `check`, `check --deep`, `prepare`; open files of `mcp`",
                    f"{count:,} images, {calls:,} calls", "")
    most = {}
    with product.scratch() as folder:
        (folder / "in").mkdir()
        # Copied first: hard links do not cross file systems.
        shutil.copytree(product.testdata, folder / "testdata", symlinks=True)
        seeds = Product(product.program, product.decoder, folder / "testdata").images(max_bytes=50_000)
        for index in range(count):
            seed = seeds[index % len(seeds)]
            os.link(seed, folder / "in" / f"{index:06}{seed.suffix}")
        for name, arguments in [
            ("check", ["check"]), ("check --deep", ["check", "--deep"]), ("prepare", ["prepare", "-o", folder / "out"]),
        ]:
            peak = [0]

            def look(processes):
                peak[0] = max(peak[0], *map(descriptor_count, processes), 0)

            arguments += [folder / "in", "--quiet", "--format", "ndjson", "--jobs", "2"]
            free = product.run(*arguments)
            if name == "prepare":
                arguments.append("--overwrite")
            limited = product.run(*arguments, descriptors=LIMIT, watch=look)
            result.expect(free.status == limited.status == 1, f"{name}: status {free.status}, {limited.status} limited")
            result.expect(len(free.rows()) == count, f"{name}: {len(free.rows())} rows instead of {count}")
            differing = sum(one != other for one, other in zip(free.rows(), limited.rows()))
            result.expect(free.output == limited.output, f"{name}: {differing} rows differ: {limited.errors[:300]}")
            most[name] = peak[0]
        before, after = mcp(product, folder, calls, result)
    result.outcome = ("every row is the same; most open in a process: "
                      + ", ".join(f"{name} {number}" for name, number in most.items())
                      + f"; `mcp` {before} at first, {after} at the end")
    return result


def mcp(product, folder, calls, result):
    photo = str(product.testdata / "orientation/jpeg-portrait-6-big-endian.jpg")
    damaged = str(product.testdata / "bad/truncated/half-baseline.jpg")
    tools = [
        ("check", {"paths": [photo, damaged, "/nowhere.jpg"], "deep": True}),
        ("prepare", {"paths": [photo, damaged], "output_folder": str(folder / "mcp"), "overwrite": True}),
        ("lint", {"files": [str(product.testdata / "requests"), photo]}),
        ("locate", {"manifest": "/nowhere.jsonl", "file": "a.jpg", "coordinates": [1, 2]}),
        ("estimate", {"inputs": ["1920x1080", photo]}),
    ]
    before = after = 0
    with Server(product, "mcp") as server:
        server.ask(INITIALIZE)
        for index in range(calls):
            name, arguments = tools[index % len(tools)]
            answer = server.ask(json.dumps({"jsonrpc": "2.0", "id": index, "method": "tools/call",
                                            "params": {"name": name, "arguments": arguments}}).encode())
            result.expect(answer.get("id") == index, f"mcp: call {index} was answered with {str(answer)[:200]}")
            if index == calls // 10:
                before = descriptor_count(server.pid)
        after = descriptor_count(server.pid)
    result.expect(server.status == 0, f"mcp: status {server.status}")
    result.expect(before == after, f"mcp: {before} descriptors after a tenth of the calls, {after} at the end")
    return before, after

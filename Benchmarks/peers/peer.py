"""Shared by the Python peers: the protocol of README.md and a pool of worker processes."""

import multiprocessing
import os
import sys


def sources():
    with open(os.environ["LIST"], "rb") as listing:
        return [os.fsdecode(path) for path in listing.read().split(b"\0") if path]


def target(source):
    stem = os.path.splitext(os.path.basename(source))[0]
    return os.path.join(os.environ["OUT"], f"{stem}.{os.environ['FORMAT']}")


def size():
    return int(os.environ["WIDTH"]), int(os.environ["HEIGHT"])


def quality():
    return int(os.environ["QUALITY"])


def describe(*variants):
    """Each variant: ID, title, version, kinds of job, inputs, outputs, flags."""
    for variant in variants:
        print("\t".join(variant))


def run(jobs, start=None):
    """`jobs` maps "KIND ID" to a function of one path; `start` prepares each worker process."""
    job = jobs[f"{sys.argv[1]} {sys.argv[2]}"]
    paths = sources()
    # Headers take microseconds, so they are handed out in batches; images one by one, so that no worker idles.
    bundle = 64 if sys.argv[1] == "check" else 1
    with multiprocessing.Pool(int(os.environ["WORKERS"]), start) as pool:
        for _ in pool.imap_unordered(job, paths, bundle):
            pass

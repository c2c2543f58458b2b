"""Preflights images on a Spark cluster: checks, estimates, prepares and packs them.

    spark-submit --py-files preflight_worker.py preflight_job.py \
        --paths lists/*.txt --output-folder /shared/ready --table /shared/tables/run-7 \
        -- --model claude-opus-5-5

Every partition goes through an `image-preflight worker`. The rows become a Parquet table; the totals come last, as
one line of JSON on standard output. Rerunning it, or a part of it, makes the same files: an output's path
depends on its source's path, its bytes on its source's bytes and the options, and it appears by rename.
"""

import argparse
import base64
import glob
import json
import os
import shutil
import subprocess
import sys
import uuid
from decimal import Decimal
from urllib.parse import urlsplit

from pyspark.sql import Row, SparkSession
from pyspark.sql import functions as f
from pyspark.sql import types as t

from preflight_worker import answers

#: USD, to the micro-dollar, as in each row.
USD = t.DecimalType(20, 6)

SIDE = [
    ("path", t.StringType()), ("format", t.StringType()), ("bytes", t.LongType()),
    ("width", t.IntegerType()), ("height", t.IntegerType()), ("tokens", t.LongType()), ("cost_usd", USD),
]
COLUMNS = [
    *SIDE, ("verdict", t.StringType()), ("action", t.StringType()),
    *((f"output_{name}", kind) for name, kind in SIDE), ("output_sha256", t.StringType()),
    ("findings", t.ArrayType(t.StringType())), ("error", t.StringType()), ("problem", t.BooleanType()),
    # The whole row as the worker wrote it: nothing is lost, and for `prepare` it is a manifest line.
    ("row", t.StringType()),
]
SCHEMA = t.StructType([t.StructField(name, kind) for name, kind in COLUMNS])


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog="Arguments after -- are passed to the worker.")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--paths", help="text files of paths that every node can open, one per line")
    source.add_argument("--binary-files", help="a folder that Spark reads, for storage that nodes do not mount")
    parser.add_argument("--do", choices=["check", "estimate", "prepare"], default="prepare")
    parser.add_argument("--table", required=True, help="the Parquet table; replaced if it exists")
    parser.add_argument("--output-folder", help="prepare: the root of the mirrored tree, on shared storage")
    parser.add_argument("--root", default="", help="what is cut off the paths before they are mirrored")
    parser.add_argument("--pack-folder", help="prepare: where each partition's batches go")
    parser.add_argument("--prompt", default="Describe each image.", help="what the batches ask")
    parser.add_argument("--partitions", type=int, default=200)
    parser.add_argument("--command", default="image-preflight", help="the command on each node")
    own, worker = sys.argv[1:], []
    if "--" in own:
        own, worker = own[: own.index("--")], own[own.index("--") + 1:]
    options = parser.parse_args(own)
    if options.do == "prepare" and not options.output_folder:
        parser.error("prepare needs --output-folder")
    if options.pack_folder and options.do != "prepare":
        parser.error("--pack-folder goes with --do prepare")
    options.worker = worker
    return options


def sources(spark, options):
    """Paths, with or without contents, in partitions that depend only on the paths.

    A rerun partition has the same images in the same order, so its batches are also the same.
    """
    if options.paths:
        files = spark.read.text(options.paths.split(",")).where("value != ''").select(
            f.col("value").alias("path"), f.lit(None).cast("binary").alias("content")).distinct()
    else:
        files = spark.read.format("binaryFile").option("recursiveFileLookup", True).load(
            options.binary_files).select("path", "content")
    return files.repartition(options.partitions, "path").sortWithinPartitions("path")


def task(source, options):
    """The task for one image."""
    path = source.path if source.content is None else urlsplit(source.path).path
    result = {"task": options.do}
    if source.content is None:
        result["path"] = path
    else:
        result["name"] = path
        result["bytes_base64"] = base64.b64encode(source.content).decode()
    if options.do == "prepare":
        result["output_folder"] = options.output_folder
        result["relative_path"] = path.removeprefix(options.root)
        # As in a list of paths: other files next to the image are unknown.
        result["shares_stem"] = True
        # An earlier attempt may have written it: the bytes are the same.
        result["overwrite"] = True
    return result


def table_row(line):
    """A worker's line as a row of the table."""
    record = json.loads(line, parse_float=Decimal)
    source = record.get("source", record)
    output = record.get("output", {})

    def side(values):
        row = {name: values.get(name) for name, _ in SIDE}
        row["cost_usd"] = None if row["cost_usd"] is None else Decimal(row["cost_usd"])
        return row

    findings = record.get("findings", []) + (source.get("findings", []) if source is not record else [])
    return Row(**{
        **side(source), "verdict": source.get("verdict"), "action": record.get("action"),
        **{f"output_{name}": value for name, value in side(output).items()},
        "output_sha256": output.get("sha256"), "findings": sorted({item["code"] for item in findings}),
        "error": record.get("error"), "problem": record.get("problem", False), "row": line,
    })


def pack(paths, index, options):
    """Packs what a partition has prepared. The folder appears complete; an earlier attempt's folder is equivalent."""
    target = os.path.join(options.pack_folder, f"part-{index:05d}")
    if not paths or os.path.exists(target):
        return
    os.makedirs(options.pack_folder, exist_ok=True)
    temporary = os.path.join(options.pack_folder, f".part-{index:05d}-{uuid.uuid4()}")
    try:
        run = subprocess.run(
            [options.command, "pack", "--files-from", "-", "-o", temporary, "--as", "batch", "--quiet",
             "--platform", "claude-api", "--prompt", options.prompt, "--format", "ndjson"],
            input="".join(path + "\n" for path in paths).encode(), stdout=subprocess.DEVNULL, check=False)
        if run.returncode == 2:
            raise RuntimeError(f"pack failed for partition {index}")
        try:
            os.rename(temporary, target)
        except OSError:
            # Another attempt was faster.
            if not os.path.isdir(target):
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def preflight(options):
    """Processes one partition on its node."""

    def run(index, partition):
        prepared = []
        command = [options.command, "worker", *options.worker]
        for _, line in answers(command, (task(source, options) for source in partition)):
            row = table_row(line)
            if options.pack_folder and row.output_path is not None:
                prepared.append(os.path.join(options.output_folder, row.output_path))
            yield row
        if options.pack_folder:
            pack(prepared, index, options)

    return run


def totals(table, options):
    """Totals under the names that `image-preflight` uses for them."""
    def sums(prefix, suffix, condition):
        return [
            f.coalesce(f.sum(f.when(condition, f.col(f"{prefix}{name}"))), f.lit(0)).alias(alias)
            for name, alias in [
                ("bytes", f"bytes{suffix}"), ("tokens", f"tokens{suffix}"),
                ("cost_usd", f"cost{suffix}_usd"),
            ]
        ]

    counts = [f.count("*").alias("images"), f.count_if("problem").alias("problems")]
    if options.do == "prepare":
        made = f.col("output_path").isNotNull()
        counts += [
            f.count_if(f.col("action") == action).alias(action)
            for action in ["copied", "resized", "converted", "tiled", "failed"]
        ]
        counts.append(f.count_if((f.col("action") == "failed") & ~f.col("problem")).alias("refused"))
        values = sums("", "_before", made) + sums("output_", "_after", made)
    else:
        counts += [
            f.count_if(f.col("verdict") == verdict).alias(verdict)
            for verdict in ["accepted", "downsized", "rejected"]
        ]
        values = sums("", "", f.lit(True))
    return table.agg(*counts, *values).first().asDict()


def main():
    options = arguments()
    spark = SparkSession.builder.appName("image-preflight").getOrCreate()
    rows = sources(spark, options).rdd.mapPartitionsWithIndex(preflight(options))
    spark.createDataFrame(rows, SCHEMA).write.mode("overwrite").parquet(options.table)
    if options.pack_folder:
        # Leftovers of killed attempts.
        for path in glob.glob(os.path.join(glob.escape(options.pack_folder), ".part-*")):
            shutil.rmtree(path, ignore_errors=True)
    # From the table, not while processing: a failed attempt must not be counted.
    result = totals(spark.read.parquet(options.table), options)
    print(json.dumps({k: float(v) if isinstance(v, Decimal) else v for k, v in result.items()}))
    spark.stop()


if __name__ == "__main__":
    main()

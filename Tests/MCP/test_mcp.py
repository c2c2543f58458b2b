"""Calls every tool of `image-preflight mcp` with the official Python client of the Model Context Protocol.

Usage: test_mcp.py PROGRAM TESTDATA
"""

import asyncio
import sys
import tempfile

import mcp
from mcp import Client, StdioServerParameters, stdio_client

PROGRAM, TESTDATA = sys.argv[1:3]


def expect(name, actual, expected):
    if actual != expected:
        raise SystemExit(f"{name}: expected {expected!r}, got {actual!r}")


async def call(client, name, **arguments):
    result = await client.call_tool(name, arguments)
    return result.is_error, result.structured_content


async def converse(mode, version):
    server = StdioServerParameters(command=PROGRAM, args=["mcp"], cwd=TESTDATA)
    async with Client(stdio_client(server), mode=mode) as client:
        expect("version", client.protocol_version, version)
        tools = (await client.list_tools()).tools
        expect("tools", [tool.name for tool in tools], ["check", "estimate", "prepare", "lint", "locate"])

        failed, answer = await call(client, "check", paths=["photos"], max_records=3)
        expect("check", (failed, len(answer["records"]), answer["records_left_out"]), (False, 3, 10))
        failed, answer = await call(client, "estimate", inputs=["1092x1092"])
        expect("estimate", (failed, answer["records"][0]["tokens"]), (False, 1521))
        failed, answer = await call(client, "lint", files=["requests/R201-media-type-mismatch.json"])
        expect("lint", (failed, answer["summary"]["errors"]), (False, 1))
        with tempfile.TemporaryDirectory() as folder:
            photo = "photos/lake-4000x3000.jpg"
            failed, answer = await call(client, "prepare", paths=[photo], output_folder=folder)
            expect("prepare", (failed, answer["records"][0]["output"]["width"]), (False, 1268))
            failed, answer = await call(
                client, "locate", manifest=folder + "/manifest.jsonl", file=photo, coordinates=[634, 475.5]
            )
            expect("locate", (failed, answer["records"][0]["display_x"]), (False, 2000))

        failed, answer = await call(client, "check", paths=["nowhere"])
        expect("a missing file", (failed, answer["exit_status"]), (True, 2))
        try:
            await client.call_tool("nonsense", {})
        except mcp.MCPError as error:
            expect("an unknown tool", error.error.code, -32602)
        else:
            raise SystemExit("an unknown tool was called")
    print(f"{mode}: {version}, every tool answers")


for mode, version in [("auto", "2026-07-28"), ("legacy", "2025-11-25")]:
    asyncio.run(asyncio.wait_for(converse(mode, version), 300))

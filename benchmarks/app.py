"""Speed of the app under real websocket sessions: ``python benchmarks/app.py`` (no browser needed; about a minute).

Each session speaks Streamlit's own protocol: it opens the stream, asks for a page, and answers a field. Every figure is
the time from sending to "script finished", with all deltas received. Prints Markdown for results.md.
"""

from __future__ import annotations

import asyncio
import os
import platform
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from advisor import link, load_catalog, recommend  # noqa: E402
from advisor.scenario_io import load_scenario  # noqa: E402

COLD_STARTS = 3
RERUNS = 30
SESSIONS = 10
MORE_SESSIONS = 40
FIELD = "Requests per second"
KILOBYTES_PER_MB = 1024


class Session:
    """One visitor: a websocket, the page asked for, the fields seen."""

    def __init__(self, stream: ClientConnection, query: str) -> None:
        self.stream = stream
        self.query = query
        self.fields: dict[str, str] = {}
        self.errors: list[str] = []

    async def rerun(self, **values: float) -> float:
        """Ask for a run, with number fields set by the start of their label; seconds until it has finished."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        for label, value in values.items():
            state = message.rerun_script.widget_states.widgets.add()
            state.id = next(self.fields[name] for name in self.fields if name.startswith(label))
            state.double_value = value
        began = time.perf_counter()
        await self.stream.send(message.SerializeToString())
        while True:
            received = ForwardMsg()
            received.ParseFromString(await self.stream.recv())
            kind = received.WhichOneof("type")
            if kind == "delta":
                self._note(received)
            elif kind == "script_finished" and received.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return time.perf_counter() - began

    def _note(self, received: ForwardMsg) -> None:
        element = received.delta.new_element
        if element.WhichOneof("type") == "number_input":
            self.fields[element.number_input.label] = element.number_input.id
        elif element.WhichOneof("type") == "exception":
            self.errors.append(element.exception.message)


class Server:
    """The app in a process of its own."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--server.address", "127.0.0.1"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_stcore/health", timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("the app did not start")

    async def session(self, query: str) -> Session:
        """A new visitor at an address."""
        stream = await connect(f"ws://127.0.0.1:{self.port}/_stcore/stream", subprotocols=["streamlit"], max_size=None)
        return Session(stream, query)

    def resident_mb(self) -> float:
        """Memory of the process, MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / KILOBYTES_PER_MB

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait(timeout=20)


def result_query() -> str:
    """The address of the 64-H200 example's result."""
    catalog = load_catalog()
    decision = recommend(load_scenario(ROOT / "examples" / "llama-70b-64-h200.yaml", catalog), catalog)
    return f"s={link.encode(decision)}&step=result"


async def cold(query: str) -> float:
    """Seconds a first visitor waits for the verdict page on a server that has just started."""
    server = Server()
    try:
        session = await server.session(query)
        seconds = await session.rerun()
        assert not session.errors, session.errors
        return seconds
    finally:
        server.stop()


async def warm(query: str) -> list[tuple[str, str]]:
    """Rerun times of one and of several visitors, and memory a visitor."""
    server = Server()
    try:
        one = await server.session(query)
        await one.rerun()
        result = [await one.rerun() for _ in range(RERUNS)]
        step = await server.session("")
        await step.rerun()
        typed = [await step.rerun(**{FIELD: 4.0 + n / 100}) for n in range(RERUNS)]
        others = [await server.session(query) for _ in range(SESSIONS)]
        firsts = await asyncio.gather(*(session.rerun() for session in others))
        rounds = [await asyncio.gather(*(session.rerun() for session in others)) for _ in range(5)]
        before = server.resident_mb()
        crowd = [await server.session(query) for _ in range(MORE_SESSIONS)]
        for session in crowd:
            await session.rerun()
        grown = (server.resident_mb() - before) / MORE_SESSIONS
        assert not any(session.errors for session in (one, step, *others, *crowd))
        for session in (one, step, *others, *crowd):
            await session.stream.close()
        return [
            ("rerun of the result page, one visitor", _median_ms(result)),
            ("rerun of a wizard step with a changed field, one visitor", _median_ms(typed)),
            (f"first result page, {SESSIONS} visitors at once", _median_ms(firsts)),
            (f"rerun of the result page, {SESSIONS} visitors at once", _median_ms([s for found in rounds for s in found])),
            ("memory of the server with 12 sessions", f"{before:,.0f} MB"),
            ("memory an extra session", f"{grown:.2f} MB"),
        ]
    finally:
        server.stop()


def _median_ms(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    tail = ordered[min(len(ordered) - 1, round(len(ordered) * 0.95))]
    return f"{statistics.median(seconds) * 1000:,.0f} ms (P95 {tail * 1000:,.0f} ms)"


def main() -> None:
    """Measure and print."""
    query = result_query()
    colds = [asyncio.run(cold(query)) for _ in range(COLD_STARTS)]
    rows = [
        (
            "first verdict page on a cold server",
            f"{statistics.median(colds):.2f} s (worst of {COLD_STARTS}: {max(colds):.2f} s)",
        )
    ]
    rows += asyncio.run(warm(query))
    load = os.getloadavg()[0]
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{time.strftime('%Y-%m-%d')}, {machine}, load at the end {load:.1f}\n")
    print("| What | Median |\n|---|---|")
    for name, value in rows:
        print(f"| {name} | {value} |")


if __name__ == "__main__":
    main()

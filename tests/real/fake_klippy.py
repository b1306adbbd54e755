"""A FAKE Klipper host for a real Moonraker: Klipper is in no package index, so its socket interface is imitated.

It knows one printer that "prints" a file at a given number of bytes per second, and stands still while there is a
file ``held`` beside its socket. Run as a program: ``python fake_klippy.py SOCKET GCODES_DIRECTORY BYTES_PER_SECOND``.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

END = b"\x03"
ENDPOINTS = ["info", "emergency_stop", "objects/list", "objects/query", "objects/subscribe", "gcode/script"]
ENDPOINTS += ["gcode/help", "gcode/restart", "gcode/firmware_restart", "register_remote_method", "list_endpoints"]
ENDPOINTS += ["pause_resume/pause", "pause_resume/resume", "pause_resume/cancel", "gcode/subscribe_output"]


class FakeKlippy:
    def __init__(self, gcodes: Path, bytes_per_s: float, held: Path) -> None:
        self.gcodes, self.bytes_per_s, self.held = gcodes, bytes_per_s, held
        self.subscribers: list[tuple[asyncio.StreamWriter, dict[str, Any]]] = []
        self.position = 0.0
        idle = {"filename": "", "state": "standby", "message": "", "print_duration": 0.0, "total_duration": 0.0}
        heaters = ["extruder", "heater_bed"]  # Moonraker's history works only when it has sensors to subscribe to
        self.objects: dict[str, dict[str, Any]] = {
            "webhooks": {"state": "ready", "state_message": "Printer is ready"},
            "print_stats": {**idle, "filament_used": 0.0, "info": {"total_layer": None, "current_layer": None}},
            "virtual_sdcard": {"file_path": None, "progress": 0.0, "is_active": False, "file_position": 0},
            "extruder": {"temperature": 21.0, "target": 0.0},
            "heater_bed": {"temperature": 21.0, "target": 0.0},
            "display_status": {"progress": 0.0, "message": None},
            "pause_resume": {"is_paused": False},
            "configfile": {"config": {"virtual_sdcard": {"path": str(gcodes)}}, "settings": {}},
            "idle_timeout": {"state": "Idle"},
            "heaters": {"available_heaters": heaters, "available_sensors": heaters},
        }

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while message := await reader.readuntil(END):
                request = json.loads(message[:-1])
                try:
                    answer = {"result": self.answer(request["method"], request.get("params", {}), writer)}
                except ValueError as error:
                    answer = {"error": {"error": "CommandError", "message": str(error)}}
                if "id" in request:
                    self.send(writer, {"id": request["id"], **answer})
        except (asyncio.IncompleteReadError, ConnectionError):
            self.subscribers = [(other, template) for other, template in self.subscribers if other is not writer]

    def send(self, writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
        if not writer.is_closing():
            writer.write(json.dumps(message).encode() + END)

    def answer(self, method: str, params: dict[str, Any], writer: asyncio.StreamWriter) -> Any:
        if method == "info":
            hooks = self.objects["webhooks"]
            paths = {"klipper_path": "/fake", "python_path": "/fake", "software_version": "fake-klippy"}
            return {**hooks, **paths, "hostname": "fake", "cpu_info": "fake", "process_id": os.getpid()}
        if method == "list_endpoints":
            return {"endpoints": ENDPOINTS}
        if method == "objects/list":
            return {"objects": list(self.objects)}
        if method in ("objects/query", "objects/subscribe"):
            if method == "objects/subscribe":
                self.subscribers.append((writer, params.get("response_template", {})))
            status = {name: self.objects[name] for name in params["objects"] if name in self.objects}
            return {"eventtime": time.monotonic(), "status": status}
        if method == "gcode/script":
            return self.script(params["script"])
        if method == "emergency_stop":
            self.update("webhooks", state="shutdown", state_message="Shutdown due to webhooks request")
        if method.startswith("pause_resume/"):
            self.script(method.removeprefix("pause_resume/").upper())
        return {}

    def script(self, script: str) -> dict[str, Any]:
        stats = self.objects["print_stats"]
        if started := re.match(r'SDCARD_PRINT_FILE FILENAME="(.*)"', script):
            if stats["state"] in ("printing", "paused"):
                raise ValueError("SD busy")
            if not (self.gcodes / started[1]).is_file():
                raise ValueError("Unable to open file")
            self.position = 0.0
            self.update("virtual_sdcard", file_path=str(self.gcodes / started[1]), progress=0.0, is_active=True)
            self.update("extruder", target=210.0, temperature=210.0)
            self.update("print_stats", filename=started[1], state="printing", print_duration=0.0, total_duration=0.0)
        elif script in ("PAUSE", "RESUME", "CANCEL") and stats["state"] in ("printing", "paused"):
            self.update("print_stats", state={"PAUSE": "paused", "RESUME": "printing", "CANCEL": "cancelled"}[script])
        return {}

    def update(self, name: str, **values: Any) -> None:
        self.objects[name].update(values)
        for writer, template in self.subscribers:
            self.send(writer, {**template, "params": {"eventtime": time.monotonic(), "status": {name: values}}})

    async def work(self, step_s: float = 0.1) -> None:
        while True:
            await asyncio.sleep(step_s)
            stats, ready = self.objects["print_stats"], self.objects["webhooks"]["state"] == "ready"
            if stats["state"] != "printing" or not ready or self.held.exists():
                continue
            self.position += self.bytes_per_s * step_s
            progress = min(1.0, self.position / Path(self.objects["virtual_sdcard"]["file_path"]).stat().st_size)
            self.update("virtual_sdcard", progress=progress, file_position=int(self.position))
            duration = stats["print_duration"] + step_s
            done = {"state": "complete"} if progress >= 1.0 else {}
            self.update("print_stats", print_duration=duration, total_duration=duration, **done)


async def main(socket: str, gcodes: str, bytes_per_s: str) -> None:
    klippy = FakeKlippy(Path(gcodes), float(bytes_per_s), Path(socket).with_name("held"))
    server = await asyncio.start_unix_server(klippy.serve, socket)
    async with server:
        await klippy.work()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

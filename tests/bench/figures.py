"""What is found, what was aimed at, and the table that says so."""
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Aim:
    """`of` says what is compared: the value, or its ratio to the peer's."""
    of: str
    sign: str
    bound: float
    words: str

    def is_met(self, figure):
        found = figure.value if self.of == "value" else figure.ratio
        if found is None:
            return None
        return found >= self.bound if self.sign == ">=" else found <= self.bound


def at_least_half():
    return Aim("ratio", ">=", 0.5, "≥ 50 %")


@dataclass
class Figure:
    row: str
    name: str
    unit: str
    runs: list = field(default_factory=list)  # Crane's, a number each
    against: str = ""
    peer_runs: list = field(default_factory=list)
    aims: list = field(default_factory=list)
    details: list = field(default_factory=list)  # what the generator said of each run

    @property
    def value(self):
        return statistics.median(self.runs)

    @property
    def peer(self):
        return statistics.median(self.peer_runs) if self.peer_runs else None

    @property
    def ratio(self):
        return self.value / self.peer if self.peer else None

    @property
    def is_met(self):
        results = [aim.is_met(self) for aim in self.aims]
        return all(results) if results else None

    def as_json(self):
        return {"row": self.row, "figure": self.name, "unit": self.unit, "crane": self.value, "crane_runs": self.runs, "against": self.against,
                "peer": self.peer, "peer_runs": self.peer_runs, "ratio": self.ratio, "aims": [aim.words for aim in self.aims],
                "is_met": self.is_met, "details": self.details}


def number(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def spread(runs):
    return f" ({number(min(runs))} to {number(max(runs))})" if len(runs) > 1 else ""


def ratio_text(figure):
    if figure.ratio is None:
        return ""
    return f"{figure.ratio:.2f} ×" if any(aim.of == "ratio" and aim.sign == "<=" for aim in figure.aims) else f"{figure.ratio * 100:.0f} %"


def markdown(machine, figures, remarks):
    lines = ["# Measured", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in machine.items()]
    lines += ["", "| figure | Crane (runs) | against (runs) | ratio | aim | met |", "|---|---|---|---|---|---|"]
    for each in figures:
        peer = f"{each.against}: {number(each.peer)}{spread(each.peer_runs)}" if each.peer_runs else each.against
        met = {True: "yes", False: "no", None: ""}[each.is_met]
        aims = "; ".join(aim.words for aim in each.aims)
        lines.append(f"| {each.name} | {number(each.value)} {each.unit}{spread(each.runs)} | {peer} | {ratio_text(each)} | {aims} | {met} |")
    lines += [""] + [f"- {remark}" for remark in remarks]
    return "\n".join(lines) + "\n"


def write(folder, machine, figures, remarks):
    folder.mkdir(parents=True, exist_ok=True)
    text = markdown(machine, figures, remarks)
    (folder / "bench.md").write_text(text, encoding="utf-8")
    content = {"machine": machine, "figures": [each.as_json() for each in figures], "remarks": remarks}
    (folder / "bench.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return text


def first_line(*command):
    """Of what a program says of its version; empty if it is not there."""
    if shutil.which(command[0]) is None:
        return ""
    done = subprocess.run(command, text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout.splitlines()[0].strip() if done.stdout else ""


def revision(root):
    def git(*words):
        done = subprocess.run(["git", "-C", str(root), *words], text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return done.stdout.strip()
    return (git("rev-parse", "--short", "HEAD") or "no git revision") + (" and changes" if git("status", "--porcelain", "--untracked-files=no") else "")


def busy_share(seconds=2.0):
    """How busy the processors are with other people's work, before this run adds its own."""
    def ticks():
        values = [int(value) for value in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return sum(values), values[3] + values[4]
    all_before, idle_before = ticks()
    time.sleep(seconds)
    all_after, idle_after = ticks()
    return 1 - (idle_after - idle_before) / (all_after - all_before)


def machine(root):
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    model = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text()).group(1)) / 2**20
    system = re.search(r'PRETTY_NAME="(.*)"', Path("/etc/os-release").read_text())
    return {
        "processors": f"{os.cpu_count()} × {model.group(1) if model else platform.machine()}",
        "memory": f"{memory:.0f} GiB",
        "system": f"{system.group(1) if system else platform.system()}, Linux {platform.release()}",
        "Crane": revision(root),
        "compiler": first_line("c++", "--version"),
        "MariaDB": first_line("mariadbd", "--version"),
        "Redis": first_line("redis-server", "--version"),
        "nginx": first_line("nginx", "-v"),
        "at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "busy before it began": f"{busy_share() * 100:.0f} %",
    }

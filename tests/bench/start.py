"""How long a handler takes from exec to its first reply."""
import os
import socket
import struct
import subprocess
import time

from figures import Aim, Figure

BEGIN, END, PARAMS, STDIN = 1, 3, 4, 5


def record(kind, content=b""):
    return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def length(text):
    return struct.pack(">I", len(text) | 1 << 31) if len(text) > 127 else bytes([len(text)])


def fastcgi_request(parameters):
    """A whole FastCGI request without a body (the FastCGI specification, sections 3 to 5)."""
    pairs = b"".join(length(name) + length(value) + name + value for name, value in ((a.encode(), b.encode()) for a, b in parameters.items()))
    return record(BEGIN, struct.pack(">HB5x", 1, 0)) + record(PARAMS, pairs) + record(PARAMS) + record(STDIN)


def read_reply(connection):
    """The reply's text, when its end has come."""
    stream, text = connection.makefile("rb"), b""
    while True:
        _, kind, _, size, padding, _ = struct.unpack(">BBHHBB", stream.read(8))
        content = stream.read(size + padding)[:size]
        if kind == END:
            return text
        text += content


def start_once(installation, number):
    path = installation.run_folder / f"bench-start-{number}.sock"
    target = installation.path(f"/accounts/{installation.accounts[0]}")
    request = fastcgi_request({"REQUEST_METHOD": "GET", "DOCUMENT_URI": target, "QUERY_STRING": "", "REMOTE_ADDR": "127.0.0.1",
                               "CRANE_REQUEST_ID": "req_start", "HTTP_AUTHORIZATION": f"Bearer {installation.key}"})
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(8)
        began = time.perf_counter()
        program = subprocess.Popen([str(installation.data / "bin/crane-accounts")], stdin=listener, stderr=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, env={**os.environ, "CRANE_CONFIG": str(installation.data / "crane.conf")})
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(path))
                connection.sendall(request)
                reply = read_reply(connection)
                taken = time.perf_counter() - began
        finally:
            program.terminate()
            program.wait(30)
            path.unlink()
    if not reply.startswith(b"Status: 200"):
        raise RuntimeError(f"A new handler's first reply is {reply[:300]!r}")
    return taken * 1000


def start(bench):
    runs = [start_once(bench.installation, number) for number in range(5 if bench.is_quick else 15)]
    return [Figure("start", "start of a handler, exec to first reply", "ms", runs, aims=[Aim("value", "<=", 20, "≤ 20 ms")])]

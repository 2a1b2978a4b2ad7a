"""FastCGI 1.0 by hand, as a web server speaks it on a connection that it keeps (FCGI_KEEP_CONN).

    connection = RawConnection(path_of_the_socket)
    status, body = connection.ask("GET", "/organizations/org_…/transactions", key)
"""
import socket
import struct

BEGIN_REQUEST, END_REQUEST, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6
RESPONDER, KEEP_CONNECTION = 1, 1
SECONDS = 20


def record(kind, content=b""):
    return struct.pack("!BBHHBx", 1, kind, 1, len(content), 0) + content


def pair(name, value):
    sizes = b"".join(struct.pack("!B", len(text)) if len(text) < 128 else struct.pack("!I", len(text) | 1 << 31) for text in (name, value))
    return sizes + name + value


class RawConnection:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(SECONDS)
        self.socket.connect(str(path))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def begin(self, method, path, key, body=b"", content_length=None):
        """The request but for the record that closes its body."""
        parameters = {"REQUEST_METHOD": method, "DOCUMENT_URI": path, "QUERY_STRING": "", "CONTENT_TYPE": "application/json" if body else "",
                      "CONTENT_LENGTH": str(len(body) if content_length is None else content_length) if body else "",
                      "REMOTE_ADDR": "127.0.0.1", "CRANE_REQUEST_ID": "req_raw", "HTTP_AUTHORIZATION": f"Bearer {key}"}
        content = b"".join(pair(name.encode(), value.encode()) for name, value in parameters.items())
        message = record(BEGIN_REQUEST, struct.pack("!HB5x", RESPONDER, KEEP_CONNECTION)) + record(PARAMS, content) + record(PARAMS)
        self.socket.sendall(message + b"".join(record(STDIN, body[at:at + 32768]) for at in range(0, len(body), 32768)))

    def end(self):
        self.socket.sendall(record(STDIN))

    def ask(self, method, path, key, body=b""):
        self.begin(method, path, key, body)
        self.end()
        return self.answer()

    def read(self, size):
        content = b""
        while len(content) < size:
            more = self.socket.recv(size - len(content))
            assert more, f"the program closed the connection after {len(content)} of {size} bytes"
            content += more
        return content

    def answer(self):
        """(status, body) of one request; the connection stays open."""
        output = b""
        while True:
            _, kind, _, length, padding = struct.unpack("!BBHHBx", self.read(8))
            content = self.read(length + padding)[:length]
            if kind == STDOUT:
                output += content
            if kind == END_REQUEST:
                break
        head, _, body = output.partition(b"\r\n\r\n")
        status = next(line for line in head.split(b"\r\n") if line.startswith(b"Status: "))
        return int(status.split()[1]), body

    def is_readable(self, seconds):
        self.socket.settimeout(seconds)
        try:
            return len(self.socket.recv(1, socket.MSG_PEEK)) > 0
        except TimeoutError:
            return False
        finally:
            self.socket.settimeout(SECONDS)

"""A registry's rule about tags: passes every request on, and refuses to move tags that exist in the registry's own words."""
import http.client
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What registries answer to the move of a tag that a rule of theirs keeps: Harbor, Amazon ECR, JFrog Artifactory, GitLab, Quay.
ANSWERS = {
    "harbor": (412, "PRECONDITION", "Failed to process request due to 'payments:{tag}' configured as immutable."),
    "ecr": (400, "TAG_INVALID", "The image tag '{tag}' already exists in the 'payments' repository and cannot be overwritten because "
                                "the repository is immutable."),
    "artifactory": (403, "MANIFEST_INVALID", "manifest invalid: HTTP 403 Forbidden"),
    "gitlab": (403, "DENIED", "requested access to the resource is denied"),
    "quay": (409, "TAG_IMMUTABLE", "tag is immutable and cannot be overwritten"),
}
DOCUMENTS = ", ".join([
    "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.docker.distribution.manifest.v2+json"])
# Fields of one connection, and those that the server writes itself (RFC 9110, section 7.6.1).
OWN = ("connection", "keep-alive", "transfer-encoding", "content-length", "expect", "date", "server")


class Guard:
    def __init__(self, address, kind, *tags):
        """A way to the registry at an address; moves of these tags are refused as one of `ANSWERS` does it."""
        self.server, self.kind, self.tags, self.refused = address, kind, set(tags), 0
        guard = self

        class Gate(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def any(self):
                try:
                    guard.pass_on(self)
                except OSError:
                    # The registry is gone, as at the end of a case, or the other side is.
                    self.close_connection = True

            do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = any

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Gate)
        self.address = f"127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def open(self):
        """Lifts the rule."""
        self.tags = set()

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    def ask(self, method, path, fields, body=None):
        there = http.client.HTTPConnection(self.server, timeout=30)
        there.request(method, path, body=body, headers=fields)
        answer = there.getresponse()
        data = answer.read()
        there.close()
        return answer.status, answer.getheaders(), data

    def pass_on(self, gate):
        fields = {name: value for name, value in gate.headers.items() if name.lower() not in OWN}
        body = read_body(gate)
        moved = re.search(r"/manifests/([^:/?]+)$", gate.path) if gate.command == "PUT" else None
        if moved and moved[1] in self.tags and self.ask("HEAD", gate.path, {**fields, "Accept": DOCUMENTS})[0] == 200:
            self.refused += 1
            status, code, message = ANSWERS[self.kind]
            text = json.dumps({"errors": [{"code": code, "message": message.format(tag=moved[1])}]}).encode()
            return give(gate, status, [("Content-Type", "application/json")], text)
        status, answered, data = self.ask(gate.command, gate.path, fields, body)
        back = [(name, value.replace(f"http://{self.server}", f"http://{self.address}")) for name, value in answered]
        length = next((value for name, value in answered if name.lower() == "content-length"), None)
        give(gate, status, back, data, length if gate.command == "HEAD" else None)


def give(gate, status, fields, body, length=None):
    gate.send_response(status)
    for name, value in fields:
        if name.lower() not in OWN:
            gate.send_header(name, value)
    gate.send_header("Content-Length", length or str(len(body)))
    gate.end_headers()
    if gate.command != "HEAD":
        gate.wfile.write(body)


def read_body(gate):
    if "100-continue" in gate.headers.get("Expect", "").lower():
        gate.send_response_only(100)
        gate.end_headers()
    if "chunked" not in gate.headers.get("Transfer-Encoding", ""):
        length = int(gate.headers.get("Content-Length") or 0)
        return gate.rfile.read(length) if length else None
    data = b""
    while size := int(gate.rfile.readline().split(b";")[0], 16):
        data += gate.rfile.read(size)
        gate.rfile.readline()
    gate.rfile.readline()
    return data

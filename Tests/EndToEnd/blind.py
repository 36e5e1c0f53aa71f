"""A registry that cannot be read whole: passes every request on, and spoils the answers to some looks."""
import json
import re

from guard import OWN, Guard, give, read_body


class Blind(Guard):
    """A way to the registry at an address. The habit says what of it cannot be read:

    list      its list of tags says that the next page is one of another repository
    tag       the tag `name` answers 403
    document  the document of the digest `name` comes with other bytes
    """

    def __init__(self, address, habit, name=None):
        self.habit, self.name = habit, name
        super().__init__(address, None)

    def open(self):
        """From now on everything can be read."""
        self.habit = None

    def pass_on(self, gate):
        fields = {name: value for name, value in gate.headers.items() if name.lower() not in OWN}
        body = read_body(gate)
        if self.habit == "tag" and gate.path.endswith(f"/manifests/{self.name}"):
            text = json.dumps({"errors": [{"code": "DENIED", "message": "a scan is due"}]}).encode()
            return give(gate, 403, [("Content-Type", "application/json")], text)
        try:
            status, answered, data = self.ask(gate.command, gate.path, fields, body)
        except OSError:
            # The registry behind has ended; whoever asks sees a connection that ends.
            gate.close_connection = True
            return None
        back = [(name, value.replace(f"http://{self.server}", f"http://{self.address}")) for name, value in answered]
        if self.habit == "list" and re.search(r"/tags/list(\?|$)", gate.path):
            back = [pair for pair in back if pair[0].lower() != "link"]
            back.append(("Link", '</v2/payments/tags/list?n=50&last=v2.30.1>; rel="next"'))
        if self.habit == "document" and gate.path.endswith(f"/manifests/{self.name}") and gate.command == "GET":
            data = data.replace(b"payments", b"payment5")
        length = next((value for name, value in answered if name.lower() == "content-length"), None)
        give(gate, status, back, data, length if gate.command == "HEAD" else None)

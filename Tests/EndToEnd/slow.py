"""A slow way to a server: what a registry at the other end of a long line is like."""
import socket
import threading
import time


class SlowWay:
    """Passes bytes on to another address, each piece after a pause."""

    def __init__(self, address, pause):
        host, port = address.split(":")
        self.server, self.pause = (host, int(port)), pause
        self.door = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.door.getsockname()[1]}"
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            try:
                near, _ = self.door.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self.server)
            except OSError:
                near.close()
                continue
            for left, right, pause in ((near, far, self.pause), (far, near, 0)):
                threading.Thread(target=self.carry, args=(left, right, pause), daemon=True).start()

    def carry(self, left, right, pause):
        try:
            while piece := left.recv(1 << 16):
                time.sleep(pause if self.pause else 0)
                right.sendall(piece)
        except OSError:
            pass
        for end in (left, right):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def hurry(self):
        """From now on as quick as any other way."""
        self.pause = 0

    def close(self):
        self.door.close()

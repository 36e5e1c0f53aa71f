"""Signs images and reads passports with openssl alone: nothing here knows Baton's own code."""
import base64
import hashlib
import json
import os
import subprocess

from case import Failed

SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def openssl(*words):
    done = subprocess.run(["openssl", *words], capture_output=True)
    if done.returncode:
        raise Failed(f"openssl {' '.join(words)}: {done.stderr.decode(errors='replace')[-500:]}")
    return done.stdout


def make_key(path):
    """A P-256 key and its public half beside it."""
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path)
    openssl("pkey", "-in", path, "-pubout", "-out", path + ".pub")
    return path


def sign(key, message):
    file = key + ".message"
    with open(file, "wb") as out:
        out.write(message)
    return openssl("dgst", "-sha256", "-sign", key, file)


def verifies(public, signature, message):
    for name, data in (("signature", signature), ("message", message)):
        with open(f"{public}.{name}", "wb") as out:
            out.write(data)
    done = subprocess.run(
        ["openssl", "dgst", "-sha256", "-verify", public, "-signature", f"{public}.signature", f"{public}.message"], capture_output=True)
    return done.returncode == 0


class Layout:
    """An image layout directory, written and read by hand."""

    def __init__(self, path):
        self.path = path

    def add(self, data, media_type, **more):
        digest = hashlib.sha256(data).hexdigest()
        with open(f"{self.path}/blobs/sha256/{digest}", "wb") as file:
            file.write(data)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data), **more}

    def read(self, digest):
        with open(f"{self.path}/blobs/sha256/{digest.split(':')[1]}", "rb") as file:
            data = file.read()
        if hashlib.sha256(data).hexdigest() != digest.split(":")[1]:
            raise Failed(f"the blob {digest} has another digest")
        return data

    def name(self, tag, descriptor):
        """Makes a tag name a document."""
        path = self.path + "/index.json"
        with open(path) as file:
            index = json.load(file)
        key = "org.opencontainers.image.ref.name"
        index["manifests"] = [entry for entry in index["manifests"] if entry.get("annotations", {}).get(key) != tag]
        index["manifests"].append({**descriptor, "annotations": {key: tag}})
        with open(path + ".new", "w") as file:
            json.dump(index, file)
        os.rename(path + ".new", path)

    def cosign(self, digest, *signatures):
        """What `cosign sign` leaves in the registry: one manifest under the image's .sig tag, a layer for each signature."""
        layers = []
        for key, of in signatures:
            payload = json.dumps({
                "critical": {
                    "identity": {"docker-reference": "shop/payments"}, "image": {"docker-manifest-digest": of},
                    "type": "cosign container image signature"},
                "optional": None}).encode()
            annotation = {"dev.cosignproject.cosign/signature": base64.b64encode(sign(key, payload)).decode()}
            layers.append(self.add(payload, SIMPLE_SIGNING, annotations=annotation))
        config = self.add(b'{"architecture":"","os":"","config":{},"rootfs":{"type":"layers","diff_ids":[]}}',
                          "application/vnd.oci.image.config.v1+json")
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers}
        self.name(f"sha256-{digest.split(':')[1]}.sig", self.add(json.dumps(manifest).encode(), MANIFEST))


def statement(envelope, public):
    """The statement of a DSSE envelope whose signature openssl has verified."""
    payload = base64.b64decode(envelope["payload"])
    kind = envelope["payloadType"].encode()
    message = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    if not any(verifies(public, base64.b64decode(one["sig"]), message) for one in envelope["signatures"]):
        raise Failed("openssl does not verify the envelope")
    return json.loads(payload)

"""Signs images, attests them and reads passports with openssl alone: nothing here knows Baton's own code."""
import base64
import hashlib
import json
import os
import subprocess
import urllib.error
import urllib.request

from case import Failed
from registry import NAME, PASSWORD

STATEMENT = "application/vnd.in-toto+json"
ENVELOPE = "application/vnd.dsse.envelope.v1+json"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
INDEX = "application/vnd.oci.image.index.v1+json"
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
    message = authenticated(envelope["payloadType"], payload)
    if not any(verifies(public, base64.b64decode(one["sig"]), message) for one in envelope["signatures"]):
        raise Failed("openssl does not verify the envelope")
    return json.loads(payload)


def authenticated(kind, payload):
    """What is signed of an envelope (DSSE, "PAE")."""
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


def envelope(predicate_type, predicate, digest, *keys):
    """A signed in-toto statement about a digest, as `cosign attest --key` makes it."""
    payload = json.dumps({
        "_type": "https://in-toto.io/Statement/v1", "predicateType": predicate_type, "predicate": predicate,
        "subject": [{"name": "shop/payments", "digest": {"sha256": digest.split(":")[1]}}]}).encode()
    signatures = [{"sig": base64.b64encode(sign(key, authenticated(STATEMENT, payload))).decode()} for key in keys]
    return {"payloadType": STATEMENT, "payload": base64.b64encode(payload).decode(), "signatures": signatures}


class Shelf:
    """A registry's repository, written by plain HTTP requests of the distribution specification."""

    def __init__(self, registry):
        self.registry = registry
        self.root = f"http://{registry.address}/v2/{registry.repository}"
        self.account = base64.b64encode(f"{NAME}:{PASSWORD}".encode()).decode()

    def send(self, method, url, data=None, kind=None, accept=None):
        """The answer's status, header and body; a refusal too is an answer."""
        headers = {"Authorization": "Basic " + self.account}
        headers |= {"Content-Type": kind} if kind else {}
        headers |= {"Accept": accept} if accept else {}
        request = urllib.request.Request(url, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def blob(self, data, media_type, **more):
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        _, headers, _ = self.send("POST", self.root + "/blobs/uploads/", b"")
        place = headers["Location"]
        status, _, body = self.send(
            "PUT", f"{place}{'&' if '?' in place else '?'}digest={digest}", data, "application/octet-stream")
        if status != 201:
            raise Failed(f"the registry stores no blob: {status} {body[:200]}")
        return {"mediaType": media_type, "digest": digest, "size": len(data), **more}

    def manifest(self, document, name=None):
        data = json.dumps(document).encode()
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        status, _, body = self.send("PUT", f"{self.root}/manifests/{name or digest}", data, document["mediaType"])
        if status != 201:
            raise Failed(f"the registry stores no manifest: {status} {body[:200]}")
        return {"mediaType": document["mediaType"], "digest": digest, "size": len(data)}

    def read(self, name):
        status, _, body = self.send("GET", f"{self.root}/manifests/{name}", accept=f"{INDEX}, {MANIFEST}")
        return json.loads(body) if status == 200 else None

    def attest(self, digest, *envelopes):
        """What `cosign attest` leaves: one manifest under the image's .att tag, a layer for each envelope."""
        layers = [self.blob(json.dumps(one).encode(), ENVELOPE, annotations={"dev.cosignproject.cosign/signature": ""})
                  for one in envelopes]
        config = self.blob(b'{"architecture":"","os":"","config":{},"rootfs":{"type":"layers","diff_ids":[]}}',
                           "application/vnd.oci.image.config.v1+json")
        self.manifest({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers},
                      f"sha256-{digest.split(':')[1]}.att")

    def refer(self, digest, one):
        """What cosign 3 leaves: a bundle in an artifact that names the image as its subject, listed under the fallback tag."""
        bundle = {"mediaType": BUNDLE, "verificationMaterial": {"publicKey": {"hint": "ci"}}, "dsseEnvelope": one}
        top = self.read(digest)
        subject = {"mediaType": top["mediaType"], "digest": digest, "size": len(self.send(
            "GET", f"{self.root}/manifests/{digest}", accept=top["mediaType"])[2])}
        entry = self.manifest({
            "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": BUNDLE, "subject": subject,
            "config": self.blob(b"{}", "application/vnd.oci.empty.v1+json"),
            "layers": [self.blob(json.dumps(bundle).encode(), BUNDLE)]})
        tag = "sha256-" + digest.split(":")[1]
        index = self.read(tag) or {"schemaVersion": 2, "mediaType": INDEX, "manifests": []}
        index["manifests"].append({**entry, "artifactType": BUNDLE})
        self.manifest(index, tag)

"""Makes Tests/PromotionCoreTests/PaperVectors.swift: signatures and attestations by openssl, independent of Baton's own code.

python3 Tests/Vectors/papers.py > Tests/PromotionCoreTests/PaperVectors.swift
"""
import base64, hashlib, json, os, subprocess, tempfile

work = tempfile.mkdtemp()
IMAGE = "sha256:" + hashlib.sha256(b"image A").hexdigest()
OTHER = "sha256:" + hashlib.sha256(b"image B").hexdigest()


def run(*words, data=None):
    return subprocess.run(words, input=data, check=True, capture_output=True).stdout


def key(name, *options):
    path = os.path.join(work, name)
    run("openssl", "genpkey", *options, "-out", path)
    return path


def public(path):
    return run("openssl", "pkey", "-in", path, "-pubout").decode()


def sign(path, message):
    file = os.path.join(work, "message")
    with open(file, "wb") as out:
        out.write(message)
    if "ed" in os.path.basename(path):
        return run("openssl", "pkeyutl", "-sign", "-inkey", path, "-rawin", "-in", file)
    return run("openssl", "dgst", "-sha256", "-sign", path, file)


def b64(data):
    return base64.b64encode(data).decode()


release = key("release", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
second = key("second", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
stranger = key("stranger", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
ed = key("ed", "-algorithm", "ED25519")
p384 = key("p384", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384")
rsa = key("rsa", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")


def simple(digest, kind="cosign container image signature"):
    return json.dumps({"critical": {"identity": {"docker-reference": "registry.example/shop/payments"},
                                    "image": {"docker-manifest-digest": digest}, "type": kind}, "optional": None}).encode()


def statement(digest, predicate_type, predicate=None, kind="https://in-toto.io/Statement/v1"):
    return json.dumps({"_type": kind, "subject": [{"name": "payments", "digest": {"sha256": digest[7:]}}],
                       "predicateType": predicate_type, "predicate": predicate or {}}).encode()


def envelope(payload, *keys, payload_type="application/vnd.in-toto+json"):
    pae = b"DSSEv1 %d %s %d %s" % (len(payload_type), payload_type.encode(), len(payload), payload)
    return json.dumps({"payloadType": payload_type, "payload": b64(payload),
                       "signatures": [{"keyid": "a hint that lies", "sig": b64(sign(k, pae))} for k in keys]})


def bundle(inner, **material):
    return json.dumps({"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
                       "verificationMaterial": material or {"publicKey": {"hint": "x"}}, "dsseEnvelope": json.loads(inner)})


SLSA = "https://slsa.dev/provenance/v1"
TESTS = "https://in-toto.io/attestation/test-result/v0.1"
SIGN = "https://sigstore.dev/cosign/sign/v1"
texts = {
    "image": IMAGE, "otherImage": OTHER,
    "releaseKey": public(release), "secondKey": public(second), "strangerKey": public(stranger), "edKey": public(ed),
    "p384Key": public(p384), "rsaKey": public(rsa),
    "simple": simple(IMAGE).decode(), "simpleOfOther": simple(OTHER).decode(),
    "simpleOfAnotherType": simple(IMAGE, "a birthday card").decode(),
    "simpleByRelease": b64(sign(release, simple(IMAGE))), "simpleBySecond": b64(sign(second, simple(IMAGE))),
    "simpleByStranger": b64(sign(stranger, simple(IMAGE))), "simpleByEd": b64(sign(ed, simple(IMAGE))),
    "otherByRelease": b64(sign(release, simple(OTHER))),
    "anotherTypeByRelease": b64(sign(release, simple(IMAGE, "a birthday card"))),
    "signByRelease": envelope(statement(IMAGE, SIGN), release),
    "signByEd": envelope(statement(IMAGE, SIGN), ed),
    "signByBoth": envelope(statement(IMAGE, SIGN), release, second),
    "signByReleaseTwice": envelope(statement(IMAGE, SIGN), release, release),
    "signByStranger": envelope(statement(IMAGE, SIGN), stranger),
    "signOfOther": envelope(statement(OTHER, SIGN), release),
    "slsaByRelease": envelope(statement(IMAGE, SLSA, {"buildDefinition": {}}), release),
    "slsaOldStatement": envelope(statement(IMAGE, SLSA, kind="https://in-toto.io/Statement/v0.1"), release),
    "slsaStrangeStatement": envelope(statement(IMAGE, SLSA, kind="https://example.com/Statement/v9"), release),
    "slsaOfOtherType": envelope(statement(IMAGE, SLSA), release, payload_type="application/json"),
    "testsPassed": envelope(statement(IMAGE, TESTS, {"result": "PASSED", "passedTests": ["a", "b", "c"], "failedTests": []}), release),
    "testsFailed": envelope(statement(IMAGE, TESTS, {"result": "FAILED", "passedTests": ["a"], "failedTests": ["b"]}), release),
}
texts["bundleByRelease"] = bundle(texts["signByRelease"])
texts["bundleKeyless"] = bundle(texts["signByStranger"], certificate={"rawBytes": "MIIB"})
texts["bundleOfMessage"] = json.dumps({"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": {},
                                       "messageSignature": {"signature": "AA=="}})
texts["bundleOfLater"] = bundle(texts["signByRelease"]).replace("bundle.v0.3", "bundle.v9.9")

print("/// Keys, signatures and attestations made by openssl; `Tests/Vectors/papers.py` makes this file.")
print("enum PaperVectors {")
for name, text in texts.items():
    print(f'    static let {name} = #"""')
    for line in text.strip().split("\n"):
        print("        " + line)
    print('        """#')
print("}")

/// Keys, signatures and attestations made by openssl; `Tests/Vectors/papers.py` makes this file.
enum PaperVectors {
    static let image = #"""
        sha256:bd85b149e5e3e62b4c3eaa27a1fb9e9229bd45c7dbab1fd1616d7b0a4d517fa2
        """#
    static let otherImage = #"""
        sha256:77c97e0d994853b5fda1eed9a50a60edfb7ea30639756d74c9794fcdf1dd1ecf
        """#
    static let releaseKey = #"""
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMmdBRlMRdduAhX5ld/VatbhKozmO
        x0msuYYXYbX/igPb6dP0at2YSbvrPBvepIei/T2Vx+Nk4Dm78BhyDmLApw==
        -----END PUBLIC KEY-----
        """#
    static let secondKey = #"""
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE245fchVckvjakxiNrfDxfJKO7gMw
        fbLmnDA7IDWHsyBacXv7EzfhSbXFYO0W7yocVTqNPbK2LXs0rGeLtl5T0A==
        -----END PUBLIC KEY-----
        """#
    static let strangerKey = #"""
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEwZxLFAZX3cxB06jc4LQGw5Y9VfPn
        tsdbTp788UOhsuyYZbHnxlk5BxPofTrftWLjE73z9fEZx9fasOu/3kKU1Q==
        -----END PUBLIC KEY-----
        """#
    static let edKey = #"""
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAHh/yLrun/6H/BcFMyTTpCSDv69Rikiw33TPWyoh9md4=
        -----END PUBLIC KEY-----
        """#
    static let p384Key = #"""
        -----BEGIN PUBLIC KEY-----
        MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEXFQuT3qNslwvco1K31ra2kP6wLBoZVgp
        +V91EaMkl2YdsXgqEF5pPHE718gy0/t3v9yFv1XN5rp+oA/IdXyPOomOk/QDqBhi
        XN2VQP6oLXA5zdlhjX+U4sNi6yi+sRpk
        -----END PUBLIC KEY-----
        """#
    static let rsaKey = #"""
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoDAcbfqpWrB2xh1WxpEi
        eio8PV+0UOH5EOQc+jZ9gz20xceZzDdaUIFsCNX2TE/9VipSdSlQs8gvgl4RLNX9
        erwQ7/Owu383VaYpGIKSyj/kyVOtdWO7Hd4rhV37NZM/XGhAHENXimUgoeZ8ErZz
        OWIwU6vnonrCyZ4G6SzPcm3HBAEH9MQwe/OgUm1Sg9WyHU4mlChi8L93s53ABifZ
        uHnYEhiBScTCtRdJQ0qIMVHUgcD3J3JeaFN6L1tvcLPr9GCzAzeIWxU6SWQ7s3vs
        DgZHNeGDMhfBwsYlbiZzHCC5LRBmczZh26Yn0MXV2B2ISd/LPEPDDQ9vGzp3a396
        4QIDAQAB
        -----END PUBLIC KEY-----
        """#
    static let simple = #"""
        {"critical": {"identity": {"docker-reference": "registry.example/shop/payments"}, "image": {"docker-manifest-digest": "sha256:bd85b149e5e3e62b4c3eaa27a1fb9e9229bd45c7dbab1fd1616d7b0a4d517fa2"}, "type": "cosign container image signature"}, "optional": null}
        """#
    static let simpleOfOther = #"""
        {"critical": {"identity": {"docker-reference": "registry.example/shop/payments"}, "image": {"docker-manifest-digest": "sha256:77c97e0d994853b5fda1eed9a50a60edfb7ea30639756d74c9794fcdf1dd1ecf"}, "type": "cosign container image signature"}, "optional": null}
        """#
    static let simpleOfAnotherType = #"""
        {"critical": {"identity": {"docker-reference": "registry.example/shop/payments"}, "image": {"docker-manifest-digest": "sha256:bd85b149e5e3e62b4c3eaa27a1fb9e9229bd45c7dbab1fd1616d7b0a4d517fa2"}, "type": "a birthday card"}, "optional": null}
        """#
    static let simpleByRelease = #"""
        MEQCIHqSY5kpBxCsc6jWW1gVKxfslRVy29vkVDgl21Ol2HISAiBVGRMg3zb+ETbAvHHiQHvq3y4d6waIREM4tT3F7MUkFg==
        """#
    static let simpleBySecond = #"""
        MEQCICzZ9oabD1jCEZ2R/47+DSPvrLRzD9S1Sth+hplTol32AiA05OsB2ReR+1izU2xiO4oEaG94MQQg6Y68A50f4bixqg==
        """#
    static let simpleByStranger = #"""
        MEQCICjWllpK3VKnJQqv7074ZBTZQkBJTtK1i74bjGBQmgiYAiAEep1Sk8S47N8+QENnYofYaJqmCASFwViVsJUnJco3xA==
        """#
    static let simpleByEd = #"""
        RaLPifnpj9KqnVxeuAT0KqWzKhsAdM8aWPZcEznYfU7Mxi47GZYsMKB2Z/s8757KNX99zCFkFD12TO35MdUgDw==
        """#
    static let otherByRelease = #"""
        MEQCIHR0ujTdI//E8xAoi4yFidhk3gxFX7DkdnfXEW9mACUAAiA4SHRJFUAiqYSIpt/vjPNsNMDv3M2HXEMl3nRT3SPQKQ==
        """#
    static let anotherTypeByRelease = #"""
        MEYCIQC4lHdK62EQGUCVQx40oSLsftuSkxE4QyQbc9LVvsA1qQIhALk8/pYVBGl3S+AAmIqJ+nFfTfZlZLWYd4XXPtE2faIC
        """#
    static let signByRelease = #"""
        {"payloadType": "application/vnd.in-toto+json", "payload": "eyJfdHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vU3RhdGVtZW50L3YxIiwgInN1YmplY3QiOiBbeyJuYW1lIjogInBheW1lbnRzIiwgImRpZ2VzdCI6IHsic2hhMjU2IjogImJkODViMTQ5ZTVlM2U2MmI0YzNlYWEyN2ExZmI5ZTkyMjliZDQ1YzdkYmFiMWZkMTYxNmQ3YjBhNGQ1MTdmYTIifX1dLCAicHJlZGljYXRlVHlwZSI6ICJodHRwczovL3NpZ3N0b3JlLmRldi9jb3NpZ24vc2lnbi92MSIsICJwcmVkaWNhdGUiOiB7fX0=", "signatures": [{"keyid": "a hint that lies", "sig": "MEQCIHECoi54XEUul7zj11G7gISWNcvUAxclZIjEKsNnTybEAiAdcY38CXVyHdNeV5Q+yD0S1KR8EIHkrhkREAK7S53fBA=="}]}
        """#
    static let signByEd = #"""
        {"payloadType": "application/vnd.in-toto+json", "payload": "eyJfdHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vU3RhdGVtZW50L3YxIiwgInN1YmplY3QiOiBbeyJuYW1lIjogInBheW1lbnRzIiwgImRpZ2VzdCI6IHsic2hhMjU2IjogImJkODViMTQ5ZTVlM2U2MmI0YzNlYWEyN2ExZmI5ZTkyMjliZDQ1YzdkYmFiMWZkMTYxNmQ3YjBhNGQ1MTdmYTIifX1dLCAicHJlZGljYXRlVHlwZSI6ICJodHRwczovL3NpZ3N0b3JlLmRldi9jb3NpZ24vc2lnbi92MSIsICJwcmVkaWNhdGUiOiB7fX0=", "signatures": [{"keyid": "a hint that lies", "sig": "bmzHgdbuuCPOg+r1rcnfKZk72U7cvRxCX5HEmR+1NuUI0BIi8+7dTl2inyUtmd8dEHS024cgkhwC2ZUnunOoBw=="}]}
        """#
    static let signByBoth = #"""
        {"payloadType": "application/vnd.in-toto+json", "payload": "eyJfdHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vU3RhdGVtZW50L3YxIiwgInN1YmplY3QiOiBbeyJuYW1lIjogInBheW1lbnRzIiwgImRpZ2VzdCI6IHsic2hhMjU2IjogImJkODViMTQ5ZTVlM2U2MmI0YzNlYWEyN2ExZmI5ZTkyMjliZDQ1YzdkYmFiMWZkMTYxNmQ3YjBhNGQ1MTdmYTIifX1dLCAicHJlZGljYXRlVHlwZSI6ICJodHRwczovL3NpZ3N0b3JlLmRldi9jb3NpZ24vc2lnbi92MSIsICJwcmVkaWNhdGUiOiB7fX0=", "signatures": [{"keyid": "a hint that lies", "sig": "MEYCIQCwD46OuL2ZiQv+n3Z03fAxs0EpQ6nWkYxSMqZw/Pf1/wIhAMRBOaiuhslMSjsxySXl9u2j8ib8nhOpCd3sVuzD+yIQ"}, {"keyid": "a hint that lies", "sig": "MEQCIF08qS5JK7XQA0W+X+Vj/5SVD97u1IbvtwHxEzYImK61AiBa80SHS1XTk/TMkXsl1As8XbTv2eUTx9R+ZgMweZvejg=="}]}
        """#
    static let signByReleaseTwice = #"""
        {"payloadType": "application/vnd.in-toto+json", "payload": "eyJfdHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vU3RhdGVtZW50L3YxIiwgInN1YmplY3QiOiBbeyJuYW1lIjogInBheW1lbnRzIiwgImRpZ2VzdCI6IHsic2hhMjU2IjogImJkODViMTQ5ZTVlM2U2MmI0YzNlYWEyN2ExZmI5ZTkyMjliZDQ1YzdkYmFiMWZkMTYxNmQ3YjBhNGQ1MTdmYTIifX1dLCAicHJlZGljYXRlVHlwZSI6ICJodHRwczovL3NpZ3N0b3JlLmRldi9jb3NpZ24vc2lnbi92MSIsICJwcmVkaWNhdGUiOiB7fX0=", "signatures": [{"keyid": "a hint that lies", "sig": "MEYCIQCOLPY6jjuXb8v2p1IY8nWTvKLE+dqi8n6c0Asg0C4T5wIhAIsXOyoMsw3X4pYnfz3hDo9UyJ+THbUWrq9Wu2NrfxRZ"}, {"keyid": "a hint that lies", "sig": "MEYCIQCtC1nUYY6eTL0/qEjKex43u/p6wNK7DlMUDFuqRJeC1wIhAIa8lr8t1KuSE2aDWUGtJj91x+R2hY3yNAqXOxYCv2ss"}]}
        """#
    static let signByStranger = #"""
        {"payloadType": "application/vnd.in-toto+json", "payload": "eyJfdHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vU3RhdGVtZW50L3YxIiwgInN1YmplY3QiOiBbeyJuYW1lIjogInBheW1lbnRzIiwgImRpZ2VzdCI6IHsic2hhMjU2IjogImJkODViMTQ5ZTVlM2U2MmI0YzNlYWEyN2ExZmI5ZTkyMjliZDQ1YzdkYmFiMWZkMTYxNmQ3YjBhNGQ1MTdmYTIifX1dLCAicHJlZGljYXRlVHlwZSI6ICJodHRwczovL3NpZ3N0b3JlLmRldi9jb3NpZ24vc2lnbi92MSIsICJwcmVkaWNhdGUiOiB7fX0=", "signatures": [{"keyid": "a hint that lies", "sig": "MEUCIQDPyWZN1HkX4zQzfofOAHi2ZyRUpfBf5vl2kUQ+yH8kAQIgHj//MLLh7q1npsWNKGUYLTRJtjjeMLop5zefl7gVCAo="}]}
        """#
    static let signOfOther = #"""
        {"payloadType": "application/vnd.in-toto+json", "payload": "eyJfdHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vU3RhdGVtZW50L3YxIiwgInN1YmplY3QiOiBbeyJuYW1lIjogInBheW1lbnRzIiwgImRpZ2VzdCI6IHsic2hhMjU2IjogIjc3Yzk3ZTBkOTk0ODUzYjVmZGExZWVkOWE1MGE2MGVkZmI3ZWEzMDYzOTc1NmQ3NGM5Nzk0ZmNkZjFkZDFlY2YifX1dLCAicHJlZGljYXRlVHlwZSI6ICJodHRwczovL3NpZ3N0b3JlLmRldi9jb3NpZ24vc2lnbi92MSIsICJwcmVkaWNhdGUiOiB7fX0=", "signatures": [{"keyid": "a hint that lies", "sig": "MEYCIQD303sOpHfyABLdU+Pb1gkZG65OE+U6aee0YtRv1m3o/QIhAM3ogtwPlSRDQMFntj8quZkn356o7USN5FeHWDP9ehUZ"}]}
        """#
    static let slsaByRelease = #"""
        {"payloadType": "application/vnd.in-toto+json", "payload": "eyJfdHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vU3RhdGVtZW50L3YxIiwgInN1YmplY3QiOiBbeyJuYW1lIjogInBheW1lbnRzIiwgImRpZ2VzdCI6IHsic2hhMjU2IjogImJkODViMTQ5ZTVlM2U2MmI0YzNlYWEyN2ExZmI5ZTkyMjliZDQ1YzdkYmFiMWZkMTYxNmQ3YjBhNGQ1MTdmYTIifX1dLCAicHJlZGljYXRlVHlwZSI6ICJodHRwczovL3Nsc2EuZGV2L3Byb3ZlbmFuY2UvdjEiLCAicHJlZGljYXRlIjogeyJidWlsZERlZmluaXRpb24iOiB7fX19", "signatures": [{"keyid": "a hint that lies", "sig": "MEUCIQCY4a8nJ7pkGxJy6scM172S/PSXtaXhlR+c1RtEkgfKrAIgOYI3r+4YfLDGRjV7Px5LQBfwaZnEaPEfsGLUb61/T0o="}]}
        """#
    static let slsaOldStatement = #"""
        {"payloadType": "application/vnd.in-toto+json", "payload": "eyJfdHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vU3RhdGVtZW50L3YwLjEiLCAic3ViamVjdCI6IFt7Im5hbWUiOiAicGF5bWVudHMiLCAiZGlnZXN0IjogeyJzaGEyNTYiOiAiYmQ4NWIxNDllNWUzZTYyYjRjM2VhYTI3YTFmYjllOTIyOWJkNDVjN2RiYWIxZmQxNjE2ZDdiMGE0ZDUxN2ZhMiJ9fV0sICJwcmVkaWNhdGVUeXBlIjogImh0dHBzOi8vc2xzYS5kZXYvcHJvdmVuYW5jZS92MSIsICJwcmVkaWNhdGUiOiB7fX0=", "signatures": [{"keyid": "a hint that lies", "sig": "MEYCIQDZgiZu9hDfjcr8ifZkMSE974DvYtctUPpO+fA3/etC3wIhAImFPD51HDKBMtJ1J9Uu9VuJpkXCh2cZTGH6dhVtAW84"}]}
        """#
    static let slsaStrangeStatement = #"""
        {"payloadType": "application/vnd.in-toto+json", "payload": "eyJfdHlwZSI6ICJodHRwczovL2V4YW1wbGUuY29tL1N0YXRlbWVudC92OSIsICJzdWJqZWN0IjogW3sibmFtZSI6ICJwYXltZW50cyIsICJkaWdlc3QiOiB7InNoYTI1NiI6ICJiZDg1YjE0OWU1ZTNlNjJiNGMzZWFhMjdhMWZiOWU5MjI5YmQ0NWM3ZGJhYjFmZDE2MTZkN2IwYTRkNTE3ZmEyIn19XSwgInByZWRpY2F0ZVR5cGUiOiAiaHR0cHM6Ly9zbHNhLmRldi9wcm92ZW5hbmNlL3YxIiwgInByZWRpY2F0ZSI6IHt9fQ==", "signatures": [{"keyid": "a hint that lies", "sig": "MEYCIQDJ7q2jKQr2So/hUghtAvHztvRo9vHsO7Voqft8E3h2HQIhALTfM/6bGB5ggydf7sRIg6r/gv8109Gn9Q+rwa88WpAO"}]}
        """#
    static let slsaOfOtherType = #"""
        {"payloadType": "application/json", "payload": "eyJfdHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vU3RhdGVtZW50L3YxIiwgInN1YmplY3QiOiBbeyJuYW1lIjogInBheW1lbnRzIiwgImRpZ2VzdCI6IHsic2hhMjU2IjogImJkODViMTQ5ZTVlM2U2MmI0YzNlYWEyN2ExZmI5ZTkyMjliZDQ1YzdkYmFiMWZkMTYxNmQ3YjBhNGQ1MTdmYTIifX1dLCAicHJlZGljYXRlVHlwZSI6ICJodHRwczovL3Nsc2EuZGV2L3Byb3ZlbmFuY2UvdjEiLCAicHJlZGljYXRlIjoge319", "signatures": [{"keyid": "a hint that lies", "sig": "MEUCIQCgEaU1WpToP6692Fhk1zj5sufGZNZjDZH+d1FEUDwHugIgQgfD8346aeAb1latIsMUV3sPjkyzBLF7PLRvsqq+9Wo="}]}
        """#
    static let testsPassed = #"""
        {"payloadType": "application/vnd.in-toto+json", "payload": "eyJfdHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vU3RhdGVtZW50L3YxIiwgInN1YmplY3QiOiBbeyJuYW1lIjogInBheW1lbnRzIiwgImRpZ2VzdCI6IHsic2hhMjU2IjogImJkODViMTQ5ZTVlM2U2MmI0YzNlYWEyN2ExZmI5ZTkyMjliZDQ1YzdkYmFiMWZkMTYxNmQ3YjBhNGQ1MTdmYTIifX1dLCAicHJlZGljYXRlVHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vYXR0ZXN0YXRpb24vdGVzdC1yZXN1bHQvdjAuMSIsICJwcmVkaWNhdGUiOiB7InJlc3VsdCI6ICJQQVNTRUQiLCAicGFzc2VkVGVzdHMiOiBbImEiLCAiYiIsICJjIl0sICJmYWlsZWRUZXN0cyI6IFtdfX0=", "signatures": [{"keyid": "a hint that lies", "sig": "MEQCIHEkz0kFipVTZJyxx2jRt+X0eQRs5d86IVoUfNIqqp4fAiAuTGKrGgjaDYbITCvFztTMwz4nEheIqUYNacHarnHZ0A=="}]}
        """#
    static let testsFailed = #"""
        {"payloadType": "application/vnd.in-toto+json", "payload": "eyJfdHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vU3RhdGVtZW50L3YxIiwgInN1YmplY3QiOiBbeyJuYW1lIjogInBheW1lbnRzIiwgImRpZ2VzdCI6IHsic2hhMjU2IjogImJkODViMTQ5ZTVlM2U2MmI0YzNlYWEyN2ExZmI5ZTkyMjliZDQ1YzdkYmFiMWZkMTYxNmQ3YjBhNGQ1MTdmYTIifX1dLCAicHJlZGljYXRlVHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vYXR0ZXN0YXRpb24vdGVzdC1yZXN1bHQvdjAuMSIsICJwcmVkaWNhdGUiOiB7InJlc3VsdCI6ICJGQUlMRUQiLCAicGFzc2VkVGVzdHMiOiBbImEiXSwgImZhaWxlZFRlc3RzIjogWyJiIl19fQ==", "signatures": [{"keyid": "a hint that lies", "sig": "MEUCIQDU56CRkA0kMjkn8nbjbnBwPGqridNRUeUL+VJMy6cNUQIgNZZYD7ttXJK+TdsWtkQKQQ3+iEIjxw4ExdT+B3IqO+w="}]}
        """#
    static let bundleByRelease = #"""
        {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": {"publicKey": {"hint": "x"}}, "dsseEnvelope": {"payloadType": "application/vnd.in-toto+json", "payload": "eyJfdHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vU3RhdGVtZW50L3YxIiwgInN1YmplY3QiOiBbeyJuYW1lIjogInBheW1lbnRzIiwgImRpZ2VzdCI6IHsic2hhMjU2IjogImJkODViMTQ5ZTVlM2U2MmI0YzNlYWEyN2ExZmI5ZTkyMjliZDQ1YzdkYmFiMWZkMTYxNmQ3YjBhNGQ1MTdmYTIifX1dLCAicHJlZGljYXRlVHlwZSI6ICJodHRwczovL3NpZ3N0b3JlLmRldi9jb3NpZ24vc2lnbi92MSIsICJwcmVkaWNhdGUiOiB7fX0=", "signatures": [{"keyid": "a hint that lies", "sig": "MEQCIHECoi54XEUul7zj11G7gISWNcvUAxclZIjEKsNnTybEAiAdcY38CXVyHdNeV5Q+yD0S1KR8EIHkrhkREAK7S53fBA=="}]}}
        """#
    static let bundleKeyless = #"""
        {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": {"certificate": {"rawBytes": "MIIB"}}, "dsseEnvelope": {"payloadType": "application/vnd.in-toto+json", "payload": "eyJfdHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vU3RhdGVtZW50L3YxIiwgInN1YmplY3QiOiBbeyJuYW1lIjogInBheW1lbnRzIiwgImRpZ2VzdCI6IHsic2hhMjU2IjogImJkODViMTQ5ZTVlM2U2MmI0YzNlYWEyN2ExZmI5ZTkyMjliZDQ1YzdkYmFiMWZkMTYxNmQ3YjBhNGQ1MTdmYTIifX1dLCAicHJlZGljYXRlVHlwZSI6ICJodHRwczovL3NpZ3N0b3JlLmRldi9jb3NpZ24vc2lnbi92MSIsICJwcmVkaWNhdGUiOiB7fX0=", "signatures": [{"keyid": "a hint that lies", "sig": "MEUCIQDPyWZN1HkX4zQzfofOAHi2ZyRUpfBf5vl2kUQ+yH8kAQIgHj//MLLh7q1npsWNKGUYLTRJtjjeMLop5zefl7gVCAo="}]}}
        """#
    static let bundleOfMessage = #"""
        {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": {}, "messageSignature": {"signature": "AA=="}}
        """#
    static let bundleOfLater = #"""
        {"mediaType": "application/vnd.dev.sigstore.bundle.v9.9+json", "verificationMaterial": {"publicKey": {"hint": "x"}}, "dsseEnvelope": {"payloadType": "application/vnd.in-toto+json", "payload": "eyJfdHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vU3RhdGVtZW50L3YxIiwgInN1YmplY3QiOiBbeyJuYW1lIjogInBheW1lbnRzIiwgImRpZ2VzdCI6IHsic2hhMjU2IjogImJkODViMTQ5ZTVlM2U2MmI0YzNlYWEyN2ExZmI5ZTkyMjliZDQ1YzdkYmFiMWZkMTYxNmQ3YjBhNGQ1MTdmYTIifX1dLCAicHJlZGljYXRlVHlwZSI6ICJodHRwczovL3NpZ3N0b3JlLmRldi9jb3NpZ24vc2lnbi92MSIsICJwcmVkaWNhdGUiOiB7fX0=", "signatures": [{"keyid": "a hint that lies", "sig": "MEQCIHECoi54XEUul7zj11G7gISWNcvUAxclZIjEKsNnTybEAiAdcY38CXVyHdNeV5Q+yD0S1KR8EIHkrhkREAK7S53fBA=="}]}}
        """#
}

# SPDX-License-Identifier: GPL-2.0-or-later
"""Certificates for a test, made by openssl(1) in a folder of the test's own."""
import os
import shutil
import subprocess
import unittest


class Authority:
    """An authority that signs certificates for names and for addresses on loopback."""

    def __init__(self, folder, name="authority"):
        if shutil.which("openssl") is None:
            raise unittest.SkipTest("openssl is not installed")
        self.folder, self.name = folder, name
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                      "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout", self.path(name, "key"),
                      "-out", self.path(name, "pem"))
        self.file = self.path(name, "pem")

    def path(self, name, kind):
        return os.path.join(self.folder, f"{name}.{kind}")

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def sign(self, file, subject, address=None):
        """Make FILE.pem and FILE.key; returns their paths."""
        request, certificate, key = (self.path(file, kind) for kind in ("csr", "pem", "key"))
        extensions = self.path(file, "ext")
        with open(extensions, "w", encoding="utf-8") as out:
            out.write("basicConstraints=CA:FALSE\n")
            out.write("extendedKeyUsage=" + ("serverAuth" if address else "clientAuth") + "\n")
            if address:
                out.write(f"subjectAltName=IP:{address}\n")
        self._openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                      "-nodes", "-utf8", "-subj", subject, "-keyout", key, "-out", request)
        self._openssl("x509", "-req", "-in", request, "-CA", self.path(self.name, "pem"), "-CAkey",
                      self.path(self.name, "key"), "-CAcreateserial", "-days", "2", "-extfile",
                      extensions, "-out", certificate)
        return certificate, key

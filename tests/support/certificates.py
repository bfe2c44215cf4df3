"""Certificates for tests, made by openssl."""

import subprocess


def make_certificates(stack):
    """A CA, and a certificate for "stores.test" signed by it; also good for a client."""
    paths = {name: stack.path(name) for name in ("ca.pem", "ca.key", "peer.pem", "peer.key", "peer.csr")}
    extensions = stack.write("ext", "subjectAltName=DNS:stores.test\n")
    for command in (
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=ca",
             "-keyout", paths["ca.key"], "-out", paths["ca.pem"]],
            ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=peer",
             "-keyout", paths["peer.key"], "-out", paths["peer.csr"]],
            ["x509", "-req", "-in", paths["peer.csr"], "-CA", paths["ca.pem"], "-CAkey", paths["ca.key"], "-CAcreateserial",
             "-days", "2", "-extfile", extensions, "-out", paths["peer.pem"]]):
        subprocess.run(["openssl", *command], check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return paths

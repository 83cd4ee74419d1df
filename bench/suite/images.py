"""The two container images that are measured: the lab's PMM, and a service that has nothing to start."""

import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

TRIVIAL = "localhost/trivial"

NGINX = """daemon off;
worker_processes 1;
pid /run/pmm/nginx.pid;
error_log stderr warn;
events { worker_connections 512; }
http {
    access_log off;
    client_body_temp_path /tmp/nginx-body;
    proxy_temp_path /tmp/nginx-proxy;
    fastcgi_temp_path /tmp/nginx-fastcgi;
    uwsgi_temp_path /tmp/nginx-uwsgi;
    scgi_temp_path /tmp/nginx-scgi;
    server {
        listen 8443 ssl;
        ssl_certificate /usr/share/trivial/certificate.crt;
        ssl_certificate_key /usr/share/trivial/certificate.key;
        default_type application/json;
        location / { return 200 "{}"; }
    }
}
"""


def make_trivial(source, target, tag):
    """Writes to `target` a docker archive of localhost/trivial:tag: the nginx of the lab's PMM archive `source` alone.

    Its layers are the source's and one more with a configuration that answers everything at once, so what the two
    images differ in is what they start.
    """
    with tarfile.open(source) as old:
        manifest = json.load(old.extractfile("manifest.json"))[0]
        config = json.load(old.extractfile(manifest["Config"]))
        certificate, key = _certificate()
        place = "usr/share/trivial"
        layer = _layer({f"{place}/nginx.conf": NGINX.encode(), f"{place}/certificate.crt": certificate, f"{place}/certificate.key": key})
        digest = hashlib.sha256(layer).hexdigest()
        config["rootfs"]["diff_ids"].append(f"sha256:{digest}")
        config["history"] = config.get("history", []) + [{"created": "1970-01-01T00:00:00Z"}]
        for name in ("Cmd", "Healthcheck"):
            config["config"].pop(name, None)
        config["config"]["Entrypoint"] = ["/usr/sbin/nginx", "-c", "/usr/share/trivial/nginx.conf"]
        config["config"]["StopSignal"] = "SIGTERM"
        config["config"]["Labels"] = {"org.opencontainers.image.version": tag}
        encoded = json.dumps(config).encode()
        name = f"{hashlib.sha256(encoded).hexdigest()}.json"
        entry = {"Config": name, "RepoTags": [f"{TRIVIAL}:{tag}"], "Layers": manifest["Layers"] + [f"{digest}.tar"]}
        with tarfile.open(target, "w") as new:
            _add(new, "manifest.json", json.dumps([entry]).encode())
            _add(new, name, encoded)
            _add(new, f"{digest}.tar", layer)
            for member in manifest["Layers"]:
                new.addfile(old.getmember(member), old.extractfile(member))


def _certificate():
    """A self-signed one and its key, in PEM: made before, so that the service has nothing to start."""
    with tempfile.TemporaryDirectory() as place:
        key, certificate = Path(place, "key"), Path(place, "certificate")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650"]
            + ["-subj", "/CN=trivial", "-keyout", str(key), "-out", str(certificate)],
            check=True, capture_output=True,
        )
        return certificate.read_bytes(), key.read_bytes()


def _layer(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as layer:
        for path, data in files.items():
            _add(layer, path, data)
    return buffer.getvalue()


def _add(archive, path, data):
    member = tarfile.TarInfo(path)
    member.size, member.mode = len(data), 0o644
    archive.addfile(member, io.BytesIO(data))

"""The two container images that are measured: the lab's PMM, and a service that has nothing to start."""

import hashlib
import io
import json
import tarfile

TRIVIAL = "localhost/trivial"

NGINX = """daemon off;
worker_processes 1;
pid /run/nginx.pid;
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
        listen 443 ssl;
        ssl_certificate /usr/share/pmm-lab/certificate.crt;
        ssl_certificate_key /usr/share/pmm-lab/certificate.key;
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
        layer = _layer({"usr/share/trivial/nginx.conf": NGINX.encode()})
        digest = hashlib.sha256(layer).hexdigest()
        config["rootfs"]["diff_ids"].append(f"sha256:{digest}")
        config["history"] = config.get("history", []) + [{"created": "1970-01-01T00:00:00Z"}]
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

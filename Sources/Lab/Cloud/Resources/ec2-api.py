"""The EC2 API of a lab: moto (https://docs.getmoto.org), whose instances are the lab's nodes.

    ec2-api.py LAB_DIR

Runs in the lab's network. What it is about stands in LAB_DIR/lab.json; what may change while it runs, in LAB_DIR/cloud:
stop-seconds and start-seconds, how long each takes, and policy.json, what the instances' role may do.
It writes NODE.json, what the node's metadata service answers, and calls.log: `EPOCH ACTION CALLER STATUS` a line.

Moto 5.2 lacks what a failover hangs on. Below, what it is taught: a Multi-Attach volume has all its attachments, and
refuses what EC2 refuses; an address has one owner; stopping and starting take time, and end with the node's power off
or on; a policy's resources count, not only its actions.
"""

import copy
import fnmatch
import io
import json
import os
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse
from unittest import mock

import boto3
from moto import mock_aws, settings
from moto.core.exceptions import AuthFailureError, _RESTError
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends, elastic_block_store, instances
from moto.ec2.models.elastic_block_store import EBSBackend, Volume
from moto.ec2.models.elastic_network_interfaces import NetworkInterfaceBackend
from moto.ec2.models.instances import Instance
from moto.iam.access_control import IAMPolicyStatement, IAMRequest, IAMRequestBase
from moto.iam.models import iam_backends
from moto.moto_api._internal import mock_random
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.sts.models import sts_backends
from werkzeug.serving import WSGIRequestHandler, run_simple

LAB = sys.argv[1]
CLOUD = LAB + "/cloud"
RECORD = json.load(open(LAB + "/lab.json"))
KNOWN = RECORD["cloud"]
REGION, ZONE, ACCOUNT = KNOWN["region"], KNOWN["zone"], "123456789012"
NODES = {node["name"]: node for node in RECORD["nodes"] if node["name"] in KNOWN["instances"]}
NAMES = {instance: node for node, instance in KNOWN["instances"].items()}


def seconds(name, default):
    try:
        return float(open("%s/%s-seconds" % (CLOUD, name)).read())
    except FileNotFoundError:
        return default


def refuse(code, message):
    raise EC2ClientError(code, message)


# --- The power of an instance is its node's. A stop cuts it at its very end: the longest that a lost node may live. An
# instance that runs has yet to boot, which takes it ten seconds and a container one.

BOOT = 8


def press(instance, button):
    node = NAMES[instance.id]
    with open("%s/nodes/%s/power.log" % (LAB, node), "a") as log:
        log.write("%.3f ec2 %s\n" % (time.time(), button))
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "node-power.sh")
    subprocess.run(["sh", script, LAB, node, button], check=True)


def become(instance, code, name):
    instance._state.code, instance._state.name = code, name


def later(delay, *work):
    def run():
        time.sleep(delay)
        for function, *arguments in work:
            function(*arguments)

    threading.Thread(target=run, daemon=True).start()


def stop(self):
    before = copy.copy(self._state)
    if before.name == "pending":
        refuse("IncorrectInstanceState", "The instance '%s' is not in a state from which it can be stopped." % self.id)
    if before.name == "running":
        become(self, 64, "stopping")
        later(seconds("stop", 5), (press, self, "off"), (become, self, 80, "stopped"))
    return before


def start(self):
    before = copy.copy(self._state)
    if before.name == "stopping":
        refuse("IncorrectInstanceState", "The instance '%s' is not in a state from which it can be started." % self.id)
    if before.name == "stopped":
        become(self, 0, "pending")
        later(seconds("start", 2), (become, self, 16, "running"), (time.sleep, BOOT), (press, self, "on"))
    return before


Instance.stop, Instance.start = stop, start
Instance.reboot = lambda self: later(0, (press, self, "reset"))


def follow_power():
    """An instance that counts as stopped and whose node somebody switched on runs."""
    for instance in INSTANCES:
        if instance._state.name != "stopped":
            continue
        events = "%s/%s/cgroup.events" % (os.environ["LAB_CGROUP"], NAMES[instance.id])
        if os.path.exists(events) and "populated 1" in open(events).read():
            become(instance, 16, "running")


# --- Volumes.

Volume.attachments = property(lambda self: self.__dict__.setdefault("all", []))
Volume.attachment = property(
    lambda self: (self.attachments or [None])[-1],
    lambda self, value: self.attachments.append(value) if value else self.attachments.clear(),
)
attach_one, detach_one = EBSBackend.attach_volume, EBSBackend.detach_volume


def attach_volume(self, volume_id, instance_id, device_path, delete_on_termination=False):
    volume, instance = self.get_volume(volume_id), self.get_instance(instance_id)
    if volume.attachments and not volume.multi_attach_enabled:
        refuse("VolumeInUse", "%s is already attached to an instance" % volume_id)
    if instance._placement.zone != volume.zone.name:
        refuse("InvalidVolume.ZoneMismatch", "The volume '%s' is not in the same availability zone as instance '%s'" % (volume_id, instance_id))
    return attach_one(self, volume_id, instance_id, device_path, delete_on_termination)


def detach_volume(self, volume_id, instance_id, device_path):
    volume = self.get_volume(volume_id)
    others = [a for a in volume.attachments if instance_id and a.instance.id != instance_id]
    volume.attachments[:] = [a for a in volume.attachments if a not in others]
    try:
        return detach_one(self, volume_id, instance_id, device_path)
    finally:
        volume.attachments.extend(others)


EBSBackend.attach_volume, EBSBackend.detach_volume = attach_volume, detach_volume


# --- Addresses. The network delivers the virtual one to whom the API says, and to nobody else, whatever a node announces.

assign_more, unassign_some = NetworkInterfaceBackend.assign_private_ip_addresses, NetworkInterfaceBackend.unassign_private_ip_addresses


def deliver():
    owner = None
    for instance in INSTANCES:
        if any(a["PrivateIpAddress"] == RECORD["virtualIP"] for nic in instance.nics.values() for a in nic.private_ip_addresses):
            owner = NAMES[instance.id]
    with open(CLOUD + "/owner", "w") as file:
        file.write(owner or "")
    card = hardware_address(owner) if owner else "02:00:00:00:00:01"
    subprocess.run(["ip", "neigh", "replace", RECORD["virtualIP"], "lladdr", card, "dev", "ring0", "nud", "permanent"], check=True)


def hardware_address(node):
    return "06:00:%02x:%02x:%02x:%02x" % tuple(int(part) for part in NODES[node]["addresses"][0].split("."))


def assign(self, eni_id, private_ip_addresses=None, secondary_ips_count=None):
    for other in self.enis.values():
        if other.id != eni_id:
            unassign_some(self, other.id, private_ip_addresses or [])
    result = assign_more(self, eni_id, private_ip_addresses, secondary_ips_count)
    deliver()
    return result


def unassign(self, eni_id, private_ip_address=None):
    result = unassign_some(self, eni_id, private_ip_address)
    deliver()
    return result


# --- Rights. Moto asks for the resource '*' and never for the request's own, and has IAM's code where EC2 has its own.

asked_of = threading.local()
matches = IAMPolicyStatement._check_element_matches


def resources(data):
    """What a change is of: the first of these that the request names."""
    values = {key.split(".")[0]: [] for key in data}
    for key, value in data.items():
        values[key.split(".")[0]] += value if isinstance(value, list) else [value]
    for key, kind in [("RouteTableId", "route-table"), ("NetworkInterfaceId", "network-interface"), ("InstanceId", "instance")]:
        if key in values:
            return ["arn:aws:ec2:%s:%s:%s/%s" % (REGION, ACCOUNT, kind, id) for id in values[key]]
    return []


def check_element_matches(self, element, value):
    if element != "Resource" or not getattr(asked_of, "resources", None):
        return matches(self, element, value)
    listed = self._statement["Resource"]
    listed = [listed] if isinstance(listed, str) else listed
    return all(any(fnmatch.fnmatchcase(wanted, pattern) for pattern in listed) for wanted in asked_of.resources)


def check_action_permitted(self, resource):
    # AWS knows no resources for what only describes.
    changes = self._service == "ec2" and not self._action.startswith("ec2:Describe")
    asked_of.resources = resources(self._data) if changes else None
    try:
        permit(self, resource)
    finally:
        asked_of.resources = None


class Unauthorized(AuthFailureError):
    code = 403

    def __init__(self, action):
        _RESTError.__init__(self, "UnauthorizedOperation", "You are not authorized to perform this operation: %s" % action)


def denied(self):
    if self._service == "ec2":
        raise Unauthorized(self._action)
    refused(self)


permit, refused = IAMRequestBase.check_action_permitted, IAMRequest._raise_access_denied
IAMPolicyStatement._check_element_matches = check_element_matches
IAMRequestBase.check_action_permitted, IAMRequest._raise_access_denied = check_action_permitted, denied


# --- The account: what stands there when somebody has followed the guide.


def build():
    mock_random.seed(open(CLOUD + "/seed").read())
    mock_aws().start()
    ec2 = boto3.client("ec2", region_name=REGION)
    network = ec2.create_vpc(CidrBlock="198.51.100.0/24")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=network, CidrBlock="198.51.100.0/24", AvailabilityZone=ZONE)["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="pmm-ha", Description="pmm-ha", VpcId=network)["GroupId"]
    inside = {"UserIdGroupPairs": [{"GroupId": group}]}
    ports = [("tcp", 2224, 2224), ("tcp", 3121, 3121), ("udp", 5404, 5412), ("icmp", -1, -1)]
    rules = [dict(inside, IpProtocol=kind, FromPort=first, ToPort=last) for kind, first, last in ports]
    rules += [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "198.51.100.0/24"}]} for port in (22, 443)]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=rules)
    iam = boto3.client("iam", region_name=REGION)
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    iam.create_role(RoleName=KNOWN["role"], AssumeRolePolicyDocument=json.dumps(trust))
    iam.create_instance_profile(InstanceProfileName=KNOWN["role"])
    iam.add_role_to_instance_profile(InstanceProfileName=KNOWN["role"], RoleName=KNOWN["role"])
    for name, node in NODES.items():
        with mock.patch.object(instances, "random_instance_id", lambda: KNOWN["instances"][name]):
            ec2.run_instances(
                ImageId="ami-12c6146b", InstanceType="m6i.large", MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=[group],
                PrivateIpAddress=node["addresses"][0], IamInstanceProfile={"Name": KNOWN["role"]}, Placement={"AvailabilityZone": ZONE},
                MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled"},
            )  # fmt: skip
    with mock.patch.object(elastic_block_store, "random_volume_id", lambda: KNOWN["volume"]):
        ec2.create_volume(AvailabilityZone=ZONE, Size=4, VolumeType="io2", Iops=3000, MultiAttachEnabled=True, Encrypted=True)
    for instance in KNOWN["instances"].values():
        ec2.attach_volume(VolumeId=KNOWN["volume"], InstanceId=instance, Device="/dev/sdf")


def assume_role():
    """The role's credentials: the same for as long as the lab lives, as nodes keep theirs when this program starts anew."""
    arn = "arn:aws:iam::%s:role/%s" % (ACCOUNT, KNOWN["role"])
    session = sts_backends[ACCOUNT]["aws"].assume_role(REGION, "lab", arn, "", 43200, "")
    path, names = CLOUD + "/credentials.json", ["access_key_id", "secret_access_key", "session_token"]
    if os.path.exists(path):
        for name, value in json.load(open(path)).items():
            setattr(session, name, value)
        return session
    with open(path, "w") as file:
        json.dump({name: getattr(session, name) for name in names}, file)
    return session


def write_metadata(session):
    for instance in INSTANCES:
        node, nic = NAMES[instance.id], instance.nics[0]
        card = hardware_address(node)
        face = "meta-data/network/interfaces/macs/%s/" % card
        values = {
            "meta-data/instance-id": instance.id, "meta-data/instance-type": instance.instance_type, "meta-data/mac": card,
            "meta-data/local-ipv4": instance.private_ip, "meta-data/placement/availability-zone": ZONE, "meta-data/placement/region": REGION,
            "meta-data/security-groups": "pmm-ha", face + "interface-id": nic.id, face + "local-ipv4s": instance.private_ip,
            face + "subnet-id": nic.subnet.id, face + "vpc-id": nic.subnet.vpc_id,
            "meta-data/iam/security-credentials/" + KNOWN["role"]: {
                "Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": session.access_key_id,
                "SecretAccessKey": session.secret_access_key, "Token": session.session_token,
            },
            "dynamic/instance-identity/document": {
                "accountId": ACCOUNT, "instanceId": instance.id, "region": REGION, "availabilityZone": ZONE, "privateIp": instance.private_ip,
            },
        }  # fmt: skip
        with open("%s/%s.json" % (CLOUD, node), "w") as file:
            json.dump(values, file)


# --- The door.


class Door:
    """Sees to what may have changed, before every call, and notes the call."""

    def __init__(self, application):
        self.application, self.policy = application, None
        self.lock, self.log = threading.Lock(), open(CLOUD + "/calls.log", "a", buffering=1)

    def see_to_policy(self):
        try:
            policy = open(CLOUD + "/policy.json").read()
        except FileNotFoundError:
            return
        if policy != self.policy:
            iam_backends[ACCOUNT]["aws"].put_role_policy(KNOWN["role"], "pmm-ha", policy)
            self.policy = policy

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        with self.lock:
            self.see_to_policy()
            follow_power()
        action = urllib.parse.parse_qs(body.decode("utf-8", "replace")).get("Action", ["-"])[0]

        def noted(status, headers, *more):
            self.log.write("%.3f %s %s %s\n" % (time.time(), action, environ["REMOTE_ADDR"], status.split()[0]))
            return start_response(status, headers, *more)

        return self.application(environ, noted)


class Handler(WSGIRequestHandler):
    # A lost node's connection shall not keep a thread.
    timeout = 30


class LateHandshake(ssl.SSLContext):
    """The client's own thread shakes hands with it, so that one that is lost meanwhile keeps nobody else waiting."""

    def wrap_socket(self, sock, **options):
        return super().wrap_socket(sock, **dict(options, do_handshake_on_connect=False))


os.umask(0o077)
INSTANCES = []
build()
backend = ec2_backends[ACCOUNT][REGION]
INSTANCES += [backend.get_instance(instance) for instance in NAMES]
write_metadata(assume_role())
NetworkInterfaceBackend.assign_private_ip_addresses, NetworkInterfaceBackend.unassign_private_ip_addresses = assign, unassign
if os.path.exists(CLOUD + "/owner") and (owner := open(CLOUD + "/owner").read()):
    assign_more(backend, backend.get_instance(KNOWN["instances"][owner]).nics[0].id, [RECORD["virtualIP"]])
deliver()
settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
door = Door(DomainDispatcherApplication(create_backend_app))
door.see_to_policy()
context = LateHandshake(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CLOUD + "/server.pem", CLOUD + "/server.key")
run_simple(KNOWN["address"], 443, door, threaded=True, request_handler=Handler, ssl_context=context)

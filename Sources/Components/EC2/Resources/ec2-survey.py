# See ec2-survey.sh. Every question has its own limit and its own thread; what has not come 2.5 s after the last could be
# asked is named as unanswered. The answers stand in one JSON object, with only what the preflight looks at.
import email.utils
import json
import os
import sys
import threading
import time
import urllib.error
import urllib.request

BEGIN = time.monotonic()
LIMIT = float(os.environ.get("LIMIT", "2.5"))
METADATA = os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://169.254.169.254").rstrip("/")
OWN, OTHER, VOLUME = os.environ["OWN"], os.environ["OTHER"], os.environ["VOLUME"]
TABLES = os.environ.get("ROUTE_TABLES", "").split()
ADDRESS = os.environ.get("ADDRESS", "")
ZONE, RECORD = os.environ.get("ZONE", ""), os.environ.get("RECORD", "")
answers, errors, lock = {}, {}, threading.Lock()


def ask(url, method="GET", headers=None):
    # Never by a proxy: the metadata service is this machine's own.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(METADATA + "/latest/" + url, method=method, headers=headers or {})
    with opener.open(request, timeout=1) as response:
        return response.read().decode()


def metadata():
    token = ask("api/token", "PUT", {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    header = {"X-aws-ec2-metadata-token": token}
    result = {"instance": ask("meta-data/instance-id", headers=header)}
    result["zone"] = ask("meta-data/placement/availability-zone", headers=header)
    try:
        result["role"] = ask("meta-data/iam/security-credentials/", headers=header).split("\n")[0]
    except urllib.error.HTTPError:
        result["role"] = ""
    return result


def metadata_without_token():
    try:
        ask("meta-data/instance-id")
        return True
    except urllib.error.HTTPError:
        return False


def run(name, function):
    try:
        value = function()
        with lock:
            answers[name] = value
    except Exception as error:  # Whatever it is, it is an answer.
        response = getattr(error, "response", None)
        code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
        with lock:
            errors[name] = {"code": code or type(error).__name__, "message": str(error)[:300]}


def wait(threads):
    for name, thread in threads.items():
        thread.join(max(0.01, ASKED + LIMIT - time.monotonic()))
        with lock:
            if thread.is_alive() and name not in answers and name not in errors:
                errors[name] = {"code": "Unanswered", "message": "no answer within %g s" % LIMIT}


def start(questions):
    threads = {name: threading.Thread(target=run, args=(name, function), daemon=True) for name, function in questions.items()}
    for thread in threads.values():
        thread.start()
    return threads


threads = start({"metadata": metadata, "metadata_v1": metadata_without_token})
# Meanwhile: half a second of a slow machine's time.
import boto3
import botocore.config
import botocore.exceptions

configuration = botocore.config.Config(connect_timeout=1, read_timeout=2, retries={"max_attempts": 0})
session = boto3.Session()
client = session.client("ec2", region_name=os.environ["REGION"], config=configuration)
names = session.client("route53", region_name=os.environ["REGION"], config=configuration) if ZONE else None

# What Python itself takes on a busy machine is not the API's.
ASKED = time.monotonic()


def dry_run(function, **arguments):
    try:
        function(DryRun=True, **arguments)
        return "allowed"
    except botocore.exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "DryRunOperation":
            return "allowed"
        raise


def instances():
    begin = time.monotonic()
    answer = client.describe_instances(InstanceIds=[OWN, OTHER])
    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    result = []
    for entry in [i for r in answer["Reservations"] for i in r["Instances"]]:
        root = [m["Ebs"]["VolumeId"] for m in entry.get("BlockDeviceMappings", []) if m["DeviceName"] == entry.get("RootDeviceName") and "Ebs" in m]
        options = entry.get("MetadataOptions", {})
        faces = entry.get("NetworkInterfaces", [])
        result.append(
            {
                "id": entry["InstanceId"],
                "state": entry["State"]["Name"],
                "type": entry["InstanceType"],
                "zone": entry.get("Placement", {}).get("AvailabilityZone", ""),
                "subnet": entry.get("SubnetId", ""),
                "rootVolume": root[0] if root else "",
                "sourceDestCheck": entry.get("SourceDestCheck", True),
                "hopLimit": options.get("HttpPutResponseHopLimit"),
                "endpoint": options.get("HttpEndpoint"),
                "recovery": entry.get("MaintenanceOptions", {}).get("AutoRecovery"),
                "groups": [g["GroupId"] for g in entry.get("SecurityGroups", [])],
                "addresses": [a["PrivateIpAddress"] for f in faces for a in f.get("PrivateIpAddresses", [])],
                "interface": faces[0]["NetworkInterfaceId"] if faces else "",
                "vpc": entry.get("VpcId", ""),
            }
        )
    clock = time.time() - email.utils.parsedate_to_datetime(date).timestamp() if date else None
    return {"list": result, "seconds": round(time.monotonic() - begin, 3), "clock": round(clock, 1) if clock is not None else None}


def volume():
    entry = client.describe_volumes(VolumeIds=[VOLUME])["Volumes"][0]
    return {
        "type": entry["VolumeType"],
        "multiAttach": entry.get("MultiAttachEnabled", False),
        "zone": entry["AvailabilityZone"],
        "encrypted": entry.get("Encrypted", False),
        "key": entry.get("KmsKeyId", ""),
        "instances": sorted(a["InstanceId"] for a in entry.get("Attachments", []) if a.get("State") in ("attached", "busy")),
    }


def stop_protection(instance):
    return client.describe_instance_attribute(InstanceId=instance, Attribute="disableApiStop")["DisableApiStop"].get("Value", False)


def rules():
    groups = sorted({g for i in answers["instances"]["list"] for g in i["groups"]})
    found = client.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": groups}])["SecurityGroupRules"]
    return [
        {
            "group": r["GroupId"],
            "transport": r["IpProtocol"],
            "from": r.get("FromPort", -1),
            "to": r.get("ToPort", -1),
            "source": r.get("CidrIpv4") or r.get("CidrIpv6") or r.get("PrefixListId") or r.get("ReferencedGroupInfo", {}).get("GroupId", ""),
        }
        for r in found
        if not r["IsEgress"]
    ]


def routes():
    found = client.describe_route_tables(RouteTableIds=TABLES)["RouteTables"]
    return {t["RouteTableId"]: any(r.get("DestinationCidrBlock") == ADDRESS + "/32" for r in t["Routes"]) for t in found}


def zone():
    found = names.get_hosted_zone(Id=ZONE)
    return {
        "name": found["HostedZone"]["Name"],
        "isPrivate": found["HostedZone"].get("Config", {}).get("PrivateZone", False),
        "vpcs": [v["VPCId"] for v in found.get("VPCs", [])],
    }


def records():
    found = names.list_resource_record_sets(HostedZoneId=ZONE, StartRecordName=RECORD, MaxItems="10")["ResourceRecordSets"]
    return [
        {
            "type": r["Type"],
            "ttl": r.get("TTL"),
            "values": [v["Value"] for v in r.get("ResourceRecords", [])],
            "alias": "AliasTarget" in r,
            "set": r.get("SetIdentifier"),
        }
        for r in found
        if r["Name"] == RECORD + "."
    ]


def change():
    # Of a change that never was: who may not ask is told so, whoever may is told that there is none.
    try:
        names.get_change(Id="C00000000000000")
    except botocore.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchChange":
            raise
    return "allowed"


def key():
    keys = session.client("kms", region_name=os.environ["REGION"], config=configuration)
    found = keys.describe_key(KeyId=answers["volume"]["key"])["KeyMetadata"]
    return {"arn": found["Arn"], "state": found["KeyState"], "manager": found["KeyManager"]}


questions = {
    "instances": instances,
    "volume": volume,
    "stop_protection": lambda: stop_protection(OTHER),
    "stop": lambda: dry_run(client.stop_instances, InstanceIds=[OTHER], Force=True),
    "start": lambda: dry_run(client.start_instances, InstanceIds=[OTHER]),
}
if TABLES:
    questions["routes"] = routes
    questions["replace_route"] = lambda: dry_run(
        client.replace_route, RouteTableId=TABLES[0], DestinationCidrBlock=ADDRESS + "/32", InstanceId=OWN
    )
if ZONE:
    questions.update({"zone": zone, "records": records, "change": change})
asked = start(questions)
wait({name: asked[name] for name in ("instances", "volume")})
if "instances" in answers:
    asked.update(start({"rules": rules}))
if answers.get("volume", {}).get("key"):
    asked.update(start({"key": key}))
wait({**threads, **asked})
with lock:
    answers["errors"] = errors
    answers["seconds"] = round(time.monotonic() - BEGIN, 3)
    print(json.dumps(answers, sort_keys=True))
    sys.stdout.flush()
# Threads that still wait end with the process.
os._exit(0)

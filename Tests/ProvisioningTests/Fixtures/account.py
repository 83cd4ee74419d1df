"""Two instances, a volume with a key, and a zone with a name, at AWS_ENDPOINT_URL; prints what the survey wants of them."""

import boto3

ec2, kms, names = (boto3.client(service, region_name="eu-central-1") for service in ("ec2", "kms", "route53"))
key = kms.create_key()["KeyMetadata"]["Arn"]
image = ec2.describe_images()["Images"][0]["ImageId"]
own, other = (i["InstanceId"] for i in ec2.run_instances(ImageId=image, MinCount=2, MaxCount=2, InstanceType="m6i.xlarge")["Instances"])
vpc = ec2.describe_instances(InstanceIds=[own])["Reservations"][0]["Instances"][0]["VpcId"]
volume = ec2.create_volume(
    AvailabilityZone="eu-central-1a", Size=4, VolumeType="io2", Iops=100, MultiAttachEnabled=True, Encrypted=True, KmsKeyId=key
)["VolumeId"]
zone = names.create_hosted_zone(
    Name="example.internal", CallerReference="1", VPC={"VPCRegion": "eu-central-1", "VPCId": vpc}, HostedZoneConfig={"PrivateZone": True}
)["HostedZone"]["Id"].split("/")[-1]
names.change_resource_record_sets(
    HostedZoneId=zone,
    ChangeBatch={
        "Changes": [
            {
                "Action": "CREATE",
                "ResourceRecordSet": {"Name": "pmm.example.internal", "Type": "A", "TTL": 10, "ResourceRecords": [{"Value": "172.31.0.4"}]},
            }
        ]
    },
)
for name, value in {"REGION": "eu-central-1", "OWN": own, "OTHER": other, "VOLUME": volume, "ZONE": zone, "KEY": key, "VPC": vpc}.items():
    print("%s=%s" % (name, value))

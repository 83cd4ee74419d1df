"""AWS for the tests: moto on a free port of the loopback, which it prints. Ends with its standard input.

Moto 5.2.1 takes a change set and carries it out before it answers, has no outputs then, and knows of an instance and
a volume only a part of what the template says. What it is taught here: work goes on after the answer, with an event for
each resource; what fails is rolled back; an instance takes what its launch template says, a volume its type and who
may attach it; an empty stack is used by its next change set. An AMI with "bad" in its id cannot be started.
"""

import os
import sys
import threading
import warnings

from moto.cloudformation import models, parsing
from moto.cloudformation.models import CloudFormationBackend, Event, Stack
from moto.core.common_models import CloudFormationModel
from moto.ec2.models import ec2_backends
from moto.ec2.models.elastic_block_store import Volume, VolumeAttachment
from moto.ec2.models.instances import Instance
from moto.ec2.models.route_tables import RouteTable
from moto.server import ThreadedMotoServer

warnings.simplefilter("ignore")

# --- Resources


def instance(cls, resource_name, cloudformation_json, account_id, region_name, **more):
    said = cloudformation_json["Properties"]
    backend = ec2_backends[account_id][region_name]
    template = backend.get_launch_template(said["LaunchTemplate"]["LaunchTemplateId"]) if "LaunchTemplate" in said else None
    all_said = {**(template.latest_version().data if template else {}), **said}
    if "bad" in all_said["ImageId"]:
        raise ValueError("The image id '[%s]' does not exist (Service: Ec2, Status Code: 400)" % all_said["ImageId"])
    made = backend.run_instances(
        image_id=all_said["ImageId"],
        count=1,
        user_data=None,
        security_group_names=[],
        security_group_ids=all_said.get("SecurityGroupIds", []),
        instance_type=all_said["InstanceType"],
        is_instance_type_default=False,
        subnet_id=all_said.get("SubnetId"),
        key_name=all_said.get("KeyName"),
        private_ip=all_said.get("PrivateIpAddress"),
        block_device_mappings={},
    ).instances[0]
    for tag in all_said.get("Tags", []):
        made.add_tag(tag["Key"], tag["Value"])
    return made


def end_instance(self, account_id, region_name):
    ec2_backends[account_id][region_name].terminate_instances([self.id])


def volume(cls, resource_name, cloudformation_json, account_id, region_name, **more):
    said = cloudformation_json["Properties"]
    return ec2_backends[account_id][region_name].create_volume(
        size=int(said["Size"]),
        zone_name=said["AvailabilityZone"],
        volume_type=said["VolumeType"],
        iops=int(said["Iops"]),
        encrypted=said["Encrypted"],
        multi_attach_enabled=said["MultiAttachEnabled"],
    )


def end_volume(self, account_id, region_name):
    self.attachment = None
    self.ec2_backend.delete_volume(self.id)


def detach(self, account_id, region_name):
    self.instance.block_device_mapping.pop(self.device, None)


def end_route_table(self, account_id, region_name):
    self._associations.clear()
    self.ec2_backend.delete_route_table(self.id)


RouteTable.delete = end_route_table
Instance.create_from_cloudformation_json = classmethod(instance)
Instance.delete = end_instance
Volume.create_from_cloudformation_json = classmethod(volume)
Volume.delete = end_volume
VolumeAttachment.delete = detach
VolumeAttachment.physical_resource_id = property(lambda self: "%s:%s" % (self.volume.id, self.instance.id))

# --- Stacks

make_change_set = CloudFormationBackend.create_change_set


def create_change_set(self, stack_name, change_set_name, template, parameters, description, change_set_type, **more):
    for identity, stack in list(self.stacks.items()):
        if change_set_type == "CREATE" and stack.name == stack_name and stack.status == "REVIEW_IN_PROGRESS":
            del self.stacks[identity]
    return make_change_set(self, stack_name, change_set_name, template, parameters, description, change_set_type, **more)


def tell(stack, name, thing, kind, status, reason=None):
    stack.events.append(Event(stack.stack_id, stack.name, name, getattr(thing, "physical_resource_id", None), kind, status, reason, None))


def end(stack, status, reason=None):
    stack.status = status
    stack._add_stack_event(status, reason)


def unmake(stack, names=None):
    resources = stack.resource_map
    left = [name for name in reversed(names or list(resources._resource_json_map)) if resources._parsed_resources.get(name) is not None]
    # Whatever depends on another goes in a later round.
    for _ in range(8):
        for name in list(left):
            thing, wanted = resources._parsed_resources[name], resources._resource_json_map[name]
            if wanted.get("DeletionPolicy") in ("Retain", "RetainExceptOnCreate"):
                tell(stack, name, thing, wanted["Type"], "DELETE_SKIPPED")
            else:
                try:
                    resources._delete_resource(thing, wanted)
                except Exception as error:
                    reason = str(error)
                    continue
                tell(stack, name, thing, wanted["Type"], "DELETE_COMPLETE")
            left.remove(name)
    for name in left:
        tell(stack, name, resources._parsed_resources[name], resources._resource_json_map[name]["Type"], "DELETE_FAILED", reason)
    return not left


make = parsing.parse_and_create_resource


def made(logical_id, resource_json, resources_map, account_id, region_name):
    """One resource, and before it those that it refers to."""
    stack = models.cloudformation_backends[account_id][region_name].stacks[resources_map.stack_id]
    tell(stack, logical_id, None, resource_json["Type"], "CREATE_IN_PROGRESS")
    try:
        thing = make(logical_id, resource_json, resources_map, account_id, region_name)
    except Exception as error:
        if not getattr(error, "told", False):
            tell(stack, logical_id, None, resource_json["Type"], "CREATE_FAILED", str(error))
        error.told = True
        raise
    tell(stack, logical_id, thing, resource_json["Type"], "CREATE_COMPLETE")
    return thing


parsing.parse_and_create_resource = made


def create(stack, change_set):
    resources = stack.resource_map
    stack.template = change_set.template
    resources._template = change_set.template_dict
    resources.input_parameters = change_set.parameters
    resources.load_mapping()
    resources.load_parameters()
    resources.load_conditions()
    resources._resource_json_map = change_set.template_dict["Resources"]
    for name in list(resources._resource_json_map):
        try:
            resources[name]
        except Exception:
            end(stack, "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [%s]." % name)
            unmake(stack)
            resources._resource_json_map = {}
            return end(stack, "ROLLBACK_COMPLETE")
    finish(stack, change_set, "CREATE_COMPLETE")


def finish(stack, change_set, status):
    stack.template, stack.template_dict, stack.parameters = change_set.template, change_set.template_dict, change_set.parameters
    stack.output_map = stack._create_output_map()
    # With the defaults, so that the next change is told from what is there.
    stack.resource_map.input_parameters = dict(stack.resource_map.resolved_parameters)
    change_set.execution_status = "EXECUTE_COMPLETE"
    end(stack, status)


def update(stack, change_set):
    """Whatever is changed is made anew."""
    resources = stack.resource_map
    changed = [change.logical_resource_id for change in change_set.changes]
    resources._template, resources.input_parameters = change_set.template_dict, change_set.parameters
    resources.load_mapping()
    resources.load_parameters()
    resources.load_conditions()
    try:
        for name in changed:
            resources._parsed_resources.pop(name, None)
        resources._resource_json_map = change_set.template_dict["Resources"]
        for name in resources._resource_json_map:
            resources[name]
    except Exception as error:
        return end(stack, "UPDATE_ROLLBACK_COMPLETE", str(error))
    finish(stack, change_set, "UPDATE_COMPLETE")


def execute_change_set(self, change_set_name, stack_name=None):
    change_set = self.describe_change_set(change_set_name)
    stack = self.stacks[change_set.stack_id]
    work = create if change_set.change_set_type == "CREATE" else update
    end(stack, change_set.change_set_type + "_IN_PROGRESS", "User Initiated")
    threading.Thread(target=work, args=(stack, change_set)).start()


def delete(self):
    resources = list(self.resource_map._resource_json_map)
    end(self, "DELETE_IN_PROGRESS", "User Initiated")

    def work():
        end(self, "DELETE_COMPLETE" if unmake(self, resources) else "DELETE_FAILED")

    threading.Thread(target=work).start()


CloudFormationBackend.create_change_set = create_change_set
CloudFormationBackend.execute_change_set = execute_change_set
Stack.delete = delete
# What a change set says of a changed parameter.
models.ChangeSet.diff = lambda self: [
    models.Change(action, name, (self.template_dict["Resources"].get(name) or self.stack.resource_map._resource_json_map[name])["Type"])
    for action, names in self.stack.resource_map.build_resource_diff(self.template_dict, self.parameters).items()
    for name in names
]

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print("%s:%d" % server.get_host_and_port(), flush=True)
sys.stdin.read()
os._exit(0)

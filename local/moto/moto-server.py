"""Serves moto on a free port until its standard input ends, and mends what moto 5.2 does otherwise than AWS."""

import json
import os
import sys
import threading
import time

from moto.codebuild import responses as codebuild
from moto.codecommit import models as codecommit
from moto.codecommit.responses import CodeCommitResponse
from moto.codepipeline import models as codepipeline
from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models import EC2Backend
from moto.ec2.responses.route_tables import RouteTables
from moto.ec2.responses.transit_gateway_attachments import TransitGatewayAttachment
from moto.iam.access_control import IAMPolicyStatement, PermissionResult
from moto.server import main

delete_attachment = EC2Backend.delete_transit_gateway_vpc_attachment
create_transit_route = EC2Backend.create_transit_gateway_route
modify_endpoint = EC2Backend.modify_vpc_endpoint
is_permitted = IAMPolicyStatement.is_action_permitted
check_source = codebuild._validate_required_params_source
check_artifacts = codebuild._validate_required_params_artifacts


def replace_route(self):
    """moto gives a route no other VPC endpoint. AWS replaces the target of a route, whatever the old and the new one are."""
    self.ec2_backend.delete_route(self._get_param("RouteTableId"), self._get_param("DestinationCidrBlock"))
    self.create_route()
    return EmptyResult()


def modify_vpc_endpoint(self, vpc_id, add_route_tables, remove_route_tables, **changes):
    """moto gives a further route table no route to the endpoint, whose deletion then fails."""
    modify_endpoint(
        self, vpc_id, add_route_tables=add_route_tables, remove_route_tables=remove_route_tables, **changes
    )
    prefixes = self.vpc_end_points[vpc_id].destination_prefix_list_id
    for table in add_route_tables or []:
        self.create_route(table, None, gateway_id=vpc_id, destination_prefix_list_id=prefixes)
    for table in remove_route_tables or []:
        self.delete_route(table, prefixes)


def create_transit_gateway_vpc_attachment(self):
    """moto makes an attachment without its tags, and without the gateway's default route table."""
    gateway = self._get_param("TransitGatewayId")
    attachment = self.ec2_backend.create_transit_gateway_vpc_attachment(
        transit_gateway_id=gateway,
        vpc_id=self._get_param("VpcId"),
        subnet_ids=self._get_param("SubnetIds", []),
        options=self._get_param("Options", {}),
        tags=self._parse_tag_specification().get("transit-gateway-attachment", {}),
    )
    table = self.ec2_backend.transit_gateways[gateway].default_route_table.id
    self.ec2_backend.associate_transit_gateway_route_table(attachment.id, table)
    self.ec2_backend.enable_transit_gateway_route_table_propagation(attachment.id, table)
    return ActionResult({"TransitGatewayVpcAttachment": attachment})


def delete_transit_gateway_vpc_attachment(self, transit_gateway_attachment_id):
    """moto forgets a deleted attachment at once. AWS shows it for a while, as deleted."""
    deleted = delete_attachment(self, transit_gateway_attachment_id)
    self.transit_gateway_attachments[transit_gateway_attachment_id] = deleted
    return deleted


def create_transit_gateway_route(self, *args, **options):
    """moto answers with one attachment in the place of a list."""
    route = create_transit_route(self, *args, **options)
    route["transitGatewayAttachments"] = [route["transitGatewayAttachments"]]
    return route


def list_tags_of_repository(self):
    """moto keeps no tags of a repository."""
    return json.dumps({"tags": {}})


def is_action_permitted(self, *args, **options):
    """moto knows few conditions, and takes a Deny whose condition it does not know, such as one on TLS, for a denial of all."""
    if self._statement["Effect"] == "Deny" and "Condition" in self._statement:
        return PermissionResult.NEUTRAL
    return is_permitted(self, *args, **options)


def without_location(check, types):
    """moto wants a location of every source and artifact. A pipeline gives a build both, and a build may have none."""
    return lambda part: None if part["type"] in types and "location" not in part else check(part)


# moto gives the dates of repositories and pipelines as text.
codecommit.iso_8601_datetime_with_milliseconds = time.time
codepipeline.iso_8601_datetime_with_milliseconds = lambda date: date.timestamp()
CodeCommitResponse.list_tags_for_resource = list_tags_of_repository
codebuild._validate_required_params_source = without_location(check_source, ["CODEPIPELINE", "NO_SOURCE"])
codebuild._validate_required_params_artifacts = without_location(check_artifacts, ["CODEPIPELINE"])
IAMPolicyStatement.is_action_permitted = is_action_permitted
RouteTables.replace_route = replace_route
EC2Backend.modify_vpc_endpoint = modify_vpc_endpoint
TransitGatewayAttachment.create_transit_gateway_vpc_attachment = create_transit_gateway_vpc_attachment
EC2Backend.delete_transit_gateway_vpc_attachment = delete_transit_gateway_vpc_attachment
EC2Backend.create_transit_gateway_route = create_transit_gateway_route

# Without this thread, a test run that is killed would leave the server behind.
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
main(["-H", "127.0.0.1", "-p", "0"])

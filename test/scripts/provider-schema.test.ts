import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "palisade schema-"));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (files: Record<string, string>) => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
};

/** As the bindings are generated, without what the script does not read. */
const CODE = `
function flowLogDestinationOptionsToTerraform(struct) {}
class FlowLogDestinationOptionsOutputReference extends cdktn.ComplexObject {
    // file_format - computed: false, optional: false, required: true
    _fileFormat;
    get fileFormat() {
        return this.getStringAttribute('file_format');
    }
}
exports.FlowLogDestinationOptionsOutputReference = FlowLogDestinationOptionsOutputReference;
class FlowLogRouteOutputReference extends cdktn.ComplexObject {
    // tags - computed: true, optional: true, required: false
    _tags;
    get tags() {
        return this.getStringMapAttribute('tags');
    }
}
class FlowLogStatusOutputReference extends cdktn.ComplexObject {
    // name - computed: true, optional: false, required: false
    get name() {
        return this.getStringAttribute('name');
    }
}
class FlowLog extends cdktn.TerraformResource {
    static tfResourceType = "aws_flow_log";
    // vpc_id - computed: false, optional: false, required: true
    _vpcId;
    get vpcId() {
        return this.getStringAttribute('vpc_id');
    }
    // arn - computed: true, optional: false, required: false
    get arn() {
        return this.getStringAttribute('arn');
    }
    // subnet_ids - computed: true, optional: true, required: false
    _subnetIds;
    get subnetIds() {
        return cdktn.Fn.tolist(this.getListAttribute('subnet_ids'));
    }
    // labels - computed: true, optional: false, required: false
    _labels = new cdktn.StringMap(this, "labels");
    get labels() {
        return this._labels;
    }
    // destination_options - computed: false, optional: true, required: false
    _destinationOptions = new FlowLogDestinationOptionsOutputReference(this, "destination_options");
    get destinationOptions() {
        return this._destinationOptions;
    }
    // route - computed: true, optional: true, required: false
    _route = new structs_1.FlowLogRouteList(this, "route", true);
    get route() {
        return this._route;
    }
    // status - computed: true, optional: false, required: false
    _status = new FlowLogStatusList(this, "status", false);
    get status() {
        return this._status;
    }
}
`;
const DECLARATIONS = `
export interface FlowLogConfig extends cdktn.TerraformMetaArguments {
    readonly vpcId: string;
    /**
    * destination_options block
    *
    * Docs at Terraform Registry: {@link …}
    */
    readonly destinationOptions?: FlowLogDestinationOptions;
}
export interface FlowLogDestinationOptions {
    readonly fileFormat: string;
}
`;

it("The schema of provider 6 has each type that the Terraform files use, out of the bindings for CDK Terrain.", () => {
  write({
    "terraform/egress/main.tf": 'resource "aws_flow_log" "a" {}\n',
    "terraform/egress/samples/main.tf": 'data "aws_vpc" "a" {}\nresource "terraform_data" "a" {}\n',
    "test/terraform/egress/fixtures/main.tf": 'resource "aws_only_in_tests" "a" {}\n',
    "package/package.json": '{ "version": "25.7.0" }',
    "package/README.md": "# CDKTN prebuilt bindings for hashicorp/aws provider version 6.66.0\n",
    "package/lib/flow-log/index.js": CODE,
    "package/lib/flow-log/index.d.ts": DECLARATIONS,
    "package/lib/data-aws-vpc/index.js":
      'class DataAwsVpc extends cdktn.T {\n    static tfResourceType = "aws_vpc";\n}\n',
    "package/lib/vpc/index.js": "No file uses it.",
  });
  execFileSync("git", ["init", "--quiet"], { cwd: folder });
  execFileSync("tar", ["-czf", "package.tgz", "package"], { cwd: folder });
  execFileSync(process.execPath, [resolve("scripts/provider-schema.ts"), "package.tgz"], { cwd: folder });
  expect(JSON.parse(readFileSync(join(folder, "test/terraform/schema-v6.json"), "utf8"))).toEqual({
    from: "hashicorp/aws 6.66.0, by way of @cdktn/provider-aws 25.7.0",
    resource: {
      aws_flow_log: {
        arn: "computed",
        destination_options: { is: "optional block", members: { file_format: "required" } },
        labels: "computed map",
        route: { is: "optional object", members: { tags: "optional map" } },
        status: { is: "computed object", members: { name: "computed" } },
        subnet_ids: "optional",
        vpc_id: "required",
      },
    },
    data: { aws_vpc: {} },
  });
});

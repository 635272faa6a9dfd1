provider "aws" {
  region = var.region

  default_tags {
    tags = merge({ Project = "palisade", Root = "workload" }, var.tags)
  }
}

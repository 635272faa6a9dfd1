provider "aws" {
  region = var.region

  default_tags {
    tags = { Project = "palisade", Root = "bootstrap" }
  }
}

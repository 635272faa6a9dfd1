variable "bucket" {
  description = "Name of the bucket. The root makes it, since it decides whether Terraform may destroy it."
  type        = string
}

variable "kms_key_arn" {
  description = "Key of all objects. The bucket takes no other one."
  type        = string
}

variable "version_deletion_role_arn" {
  description = "ARN of the only IAM role that may delete versions of objects. null: nobody may."
  type        = string
  default     = null
}

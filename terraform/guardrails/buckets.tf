# Artifacts: what builds run and read, their results and caches, which expire soon. Reports: the pages, which stay.

resource "aws_s3_bucket" "artifacts" {
  # checkov:skip=CKV_AWS_18: CloudTrail's event history has each read and write of an artifact, as a call to the KMS key. Access logs would need a second bucket.
  # checkov:skip=CKV_AWS_21: The module bucket keeps its versions.
  # checkov:skip=CKV_AWS_145: The module bucket encrypts it.
  # checkov:skip=CKV2_AWS_6: The module bucket keeps it private.
  # checkov:skip=CKV_AWS_144: An artifact is of use only to its pipeline.
  # checkov:skip=CKV2_AWS_62: Nothing has to happen when an artifact comes.
  bucket = "${var.name}-guardrail-artifacts-${local.account}-${var.region}"
}

module "artifacts_bucket" {
  source = "../modules/bucket"

  bucket                    = aws_s3_bucket.artifacts.bucket
  kms_key_arn               = module.key.arn
  version_deletion_role_arn = var.version_deletion_role_arn
}

resource "aws_s3_bucket_lifecycle_configuration" "artifacts" {
  bucket = aws_s3_bucket.artifacts.id

  dynamic "rule" {
    # CodePipeline keeps artifacts in a folder with the first characters of the pipeline's name.
    for_each = { results = "results/", caches = "cache/", artifacts = "${substr(local.pipeline, 0, 20)}/" }

    content {
      id     = rule.key
      status = "Enabled"

      filter {
        prefix = rule.value
      }

      expiration {
        days = var.artifact_days
      }
    }
  }

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.artifact_days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [module.artifacts_bucket]
}

resource "aws_s3_bucket" "reports" {
  # checkov:skip=CKV_AWS_18: CloudTrail's event history has each read and write of a page, as a call to the KMS key. Access logs would need a second bucket.
  # checkov:skip=CKV_AWS_21: The module bucket keeps its versions.
  # checkov:skip=CKV_AWS_145: The module bucket encrypts it.
  # checkov:skip=CKV2_AWS_6: The module bucket keeps it private.
  # checkov:skip=CKV_AWS_144: The next check makes a new page.
  # checkov:skip=CKV2_AWS_62: Nothing has to happen when a page comes.
  bucket = "${var.name}-guardrail-reports-${local.account}-${var.region}"
}

module "reports_bucket" {
  source = "../modules/bucket"

  bucket                    = aws_s3_bucket.reports.bucket
  kms_key_arn               = module.key.arn
  version_deletion_role_arn = var.version_deletion_role_arn
}

resource "aws_s3_bucket_lifecycle_configuration" "reports" {
  bucket = aws_s3_bucket.reports.id

  rule {
    id     = "pages"
    status = "Enabled"

    filter {}

    expiration {
      days = var.report_days
    }

    noncurrent_version_expiration {
      noncurrent_days = var.report_days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [module.reports_bucket]
}

# Who may read the pages.
resource "aws_iam_policy" "read_reports" {
  name        = "${var.name}-read-guardrail-reports"
  description = "Reads the pages of guardrail checks."
  policy      = data.aws_iam_policy_document.read_reports.json
}

data "aws_iam_policy_document" "read_reports" {
  statement {
    sid       = "ReadReports"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.reports.arn}/*"]
  }

  statement {
    sid       = "ListReports"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.reports.arn]
  }

  # Of all that the key encrypts, the pages alone.
  statement {
    sid       = "DecryptReports"
    actions   = ["kms:Decrypt"]
    resources = [module.key.arn]

    condition {
      test     = "StringLike"
      variable = "kms:EncryptionContext:aws:s3:arn"
      values   = ["${aws_s3_bucket.reports.arn}/*"]
    }
  }
}

# The role that Daypass itself runs as, as in deploy/cloudformation/broker.yaml. The policies are those of deploy/policies.
# Not run on a real account. docs/aws-setup.md says in which order.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  with_identity_center = var.identity_center_instance_arn != ""

  names = {
    partition                   = data.aws_partition.current.partition
    broker_account              = data.aws_caller_identity.current.account_id
    organization_id             = var.organization_id
    oidc_provider               = var.oidc_provider
    service_account             = var.service_account
    target_role_pattern         = var.target_role_pattern
    deny_writer_role_name       = var.deny_writer_role_name
    inspector_role_name         = var.inspector_role_name
    identity_center_instance_id = local.with_identity_center ? split("/", var.identity_center_instance_arn)[1] : ""
    identity_store_id           = var.identity_store_id
  }
}

resource "aws_iam_role" "broker" {
  name               = var.broker_role_name
  description        = "Daypass itself. It lends roles; it cannot change any."
  assume_role_policy = templatefile("${path.module}/../../policies/broker-trust-${var.runs_on}.json", local.names)

  lifecycle {
    precondition {
      condition     = var.runs_on != "irsa" || (var.oidc_provider != "" && var.service_account != "")
      error_message = "runs_on irsa needs oidc_provider and service_account."
    }
    precondition {
      condition     = !local.with_identity_center || var.identity_store_id != ""
      error_message = "identity_center_instance_arn needs identity_store_id."
    }
  }
}

resource "aws_iam_role_policy" "lend_roles" {
  name   = "lend-roles"
  role   = aws_iam_role.broker.name
  policy = templatefile("${path.module}/../../policies/broker-roles.json", local.names)
}

resource "aws_iam_role_policy" "assign_permission_sets" {
  count  = local.with_identity_center ? 1 : 0
  name   = "assign-permission-sets"
  role   = aws_iam_role.broker.name
  policy = templatefile("${path.module}/../../policies/broker-identity-center.json", local.names)
}

resource "aws_iam_instance_profile" "broker" {
  count = var.runs_on == "ec2" ? 1 : 0
  name  = var.broker_role_name
  role  = aws_iam_role.broker.name
}

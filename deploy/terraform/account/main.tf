# What every target account needs, as in deploy/cloudformation/account.yaml. The policies are those of deploy/policies.
# Not run on a real account. docs/aws-setup.md says in which order.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  names = {
    partition             = data.aws_partition.current.partition
    account               = data.aws_caller_identity.current.account_id
    broker_role_arn       = var.broker_role_arn
    boundary_policy_name  = var.boundary_policy_name
    deny_writer_role_name = var.deny_writer_role_name
    inspector_role_name   = var.inspector_role_name
    target_role_pattern   = var.target_role_pattern
  }

  attachments = merge([
    for name, role in var.target_roles : {
      for arn in role.managed_policy_arns : "${name} ${arn}" => { role = name, arn = arn }
    }
  ]...)
}

# Daypass adds versions to this policy. Terraform makes it and leaves its text alone from then on: a write of its own would
# put a version without the denies in force. A new description would delete the policy and make another.
resource "aws_iam_policy" "boundary" {
  name        = var.boundary_policy_name
  description = "Permissions boundary of the roles that Daypass lends. Daypass writes its versions: do not edit."
  policy      = file("${path.module}/../../policies/boundary.json")

  lifecycle {
    ignore_changes = [policy, description]
  }
}

resource "aws_iam_role" "deny_writer" {
  name               = var.deny_writer_role_name
  description        = "Daypass denies in the boundary policy what it issued. It can write nothing else."
  assume_role_policy = templatefile("${path.module}/../../policies/broker-only-trust.json", local.names)
}

resource "aws_iam_role_policy" "deny_writer" {
  name   = "write-boundary"
  role   = aws_iam_role.deny_writer.name
  policy = templatefile("${path.module}/../../policies/deny-writer.json", local.names)
}

resource "aws_iam_role" "inspector" {
  name               = var.inspector_role_name
  description        = "Daypass checks roles and boundary before it lends. It only reads."
  assume_role_policy = templatefile("${path.module}/../../policies/broker-only-trust.json", local.names)
}

resource "aws_iam_role_policy" "inspector" {
  name   = "inspect"
  role   = aws_iam_role.inspector.name
  policy = templatefile("${path.module}/../../policies/inspector.json", local.names)
}

resource "aws_iam_role" "target" {
  for_each             = var.target_roles
  name                 = each.key
  path                 = each.value.path
  description          = "Lent by Daypass"
  max_session_duration = each.value.max_session_seconds
  permissions_boundary = aws_iam_policy.boundary.arn
  assume_role_policy = templatefile(
    "${path.module}/../../policies/${each.value.external_id == null ? "target-trust" : "target-trust-external-id"}.json",
    merge(local.names, { external_id = each.value.external_id == null ? "" : each.value.external_id }),
  )
}

resource "aws_iam_role_policy_attachment" "target" {
  for_each   = local.attachments
  role       = aws_iam_role.target[each.value.role].name
  policy_arn = each.value.arn
}

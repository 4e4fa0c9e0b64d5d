# The service control policy, as in deploy/cloudformation/guardrail-scp.json. In the organisation's management account, or
# the delegated administrator for policies. Not run on a real account. docs/aws-setup.md says in which order.

data "aws_partition" "current" {}

locals {
  names = {
    partition               = data.aws_partition.current.partition
    deployment_role_pattern = var.deployment_role_pattern
    broker_role_name        = var.broker_role_name
    target_role_pattern     = var.target_role_pattern
    deny_writer_role_name   = var.deny_writer_role_name
    inspector_role_name     = var.inspector_role_name
    boundary_policy_name    = var.boundary_policy_name
  }
}

resource "aws_organizations_policy" "guardrail" {
  name        = "daypass-guardrail"
  description = "No lasting credentials; Daypass's roles and boundary are changed by their deployment alone."
  type        = "SERVICE_CONTROL_POLICY"
  content     = templatefile("${path.module}/../../policies/guardrail-scp.json", local.names)
}

resource "aws_organizations_policy_attachment" "guardrail" {
  for_each  = var.target_ids
  policy_id = aws_organizations_policy.guardrail.id
  target_id = each.value
}

output "policy_id" {
  value = aws_organizations_policy.guardrail.id
}

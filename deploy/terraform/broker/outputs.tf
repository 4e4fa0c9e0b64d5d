output "broker_role_arn" {
  description = "broker_role_arn of the account module, and --broker-role of daypass catalog render."
  value       = aws_iam_role.broker.arn
}

output "boundary_policy_arn" {
  description = "The permissions boundary of every role that Daypass lends."
  value       = aws_iam_policy.boundary.arn
}

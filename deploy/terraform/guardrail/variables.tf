variable "target_ids" {
  description = "Organizational units or accounts that the policy is attached to. It does not bind the management account."
  type        = set(string)
}

variable "deployment_role_pattern" {
  description = "The role that deploys Daypass's roles, by name; * stands for any characters. Nobody else may change them."
  type        = string
  default     = "stacksets-exec-*"

  validation {
    condition     = can(regex("[^*/]", var.deployment_role_pattern))
    error_message = "The pattern must not be a wildcard alone."
  }
}

variable "broker_role_name" {
  type    = string
  default = "daypass-broker"
}

variable "target_role_pattern" {
  type    = string
  default = "daypass-*"
}

variable "deny_writer_role_name" {
  type    = string
  default = "daypass-deny-writer"
}

variable "inspector_role_name" {
  type    = string
  default = "daypass-inspector"
}

variable "boundary_policy_name" {
  type    = string
  default = "daypass-boundary"
}

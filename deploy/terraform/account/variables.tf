variable "broker_role_arn" {
  description = "The role that Daypass runs as: the output of the broker module."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", var.broker_role_arn))
    error_message = "This is no ARN of a role."
  }
}

variable "boundary_policy_name" {
  type    = string
  default = "daypass-boundary"
}

variable "deny_writer_role_name" {
  type    = string
  default = "daypass-deny-writer"
}

variable "inspector_role_name" {
  type    = string
  default = "daypass-inspector"
}

variable "target_role_pattern" {
  description = "Which roles the inspector may read: those that the catalog lends."
  type        = string
  default     = "daypass-*"

  validation {
    condition     = can(regex("[^*/]", var.target_role_pattern))
    error_message = "The pattern must not be a wildcard alone."
  }
}

variable "target_roles" {
  description = "Roles to lend, by name: what each may do, how long its sessions may last, and the external id that the catalog names."
  type = map(object({
    managed_policy_arns = list(string)
    max_session_seconds = optional(number, 3600)
    external_id         = optional(string)
    path                = optional(string, "/")
  }))
  default = {}
}

variable "organization_id" {
  description = "Id of the AWS Organization: the broker assumes roles of its accounts only."
  type        = string

  validation {
    condition     = can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "This is no organization id, such as o-a1b2c3d4e5."
  }
}

variable "runs_on" {
  description = "What Daypass runs on: ecs (a task), ec2 (an instance) or irsa (a Kubernetes service account)."
  type        = string
  default     = "ecs"

  validation {
    condition     = contains(["ecs", "ec2", "irsa"], var.runs_on)
    error_message = "runs_on is ecs, ec2 or irsa."
  }
}

variable "oidc_provider" {
  description = "irsa only: issuer of the cluster without https://, as its IAM OIDC provider is named."
  type        = string
  default     = ""
}

variable "service_account" {
  description = "irsa only: the one service account, as namespace:name."
  type        = string
  default     = ""
}

variable "broker_role_name" {
  type    = string
  default = "daypass-broker"
}

variable "target_role_pattern" {
  description = "Which roles may be lent, by name (with path, if they have one); * stands for any characters."
  type        = string
  default     = "daypass-*"

  validation {
    condition     = can(regex("[^*/]", var.target_role_pattern))
    error_message = "The pattern must not be a wildcard alone."
  }
}

variable "deny_writer_role_name" {
  type    = string
  default = "daypass-deny-writer"
}

variable "inspector_role_name" {
  type    = string
  default = "daypass-inspector"
}

variable "identity_center_instance_arn" {
  description = "Empty: Daypass gets no rights in IAM Identity Center."
  type        = string
  default     = ""
}

variable "identity_store_id" {
  description = "Identity store of that instance."
  type        = string
  default     = ""
}

# Read by the action Lint, for both roots. The ruleset of AWS is a plugin: add it where the image of the builds has it.

config {
  call_module_type = "none"
}

plugin "terraform" {
  enabled = true
  preset  = "recommended"
}

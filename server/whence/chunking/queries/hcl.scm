; HCL: Terraform, Packer, Nomad. A block is called by its type and labels: `resource.aws_s3_bucket.logs`.

(comment) @comment

(config_file (body (block . (identifier) @scope . (string_lit (template_literal) @scope)
  . (string_lit (template_literal) @name) . (block_start) @body) @definition.key))
(config_file (body (block . (identifier) @scope . (string_lit (template_literal) @name) . (block_start) @body) @definition.key))
(config_file (body (block . (identifier) @name . (block_start) @body) @definition.key))
(config_file (body (attribute (identifier) @name) @definition.key))

((block . (identifier) @_locals (body (attribute (identifier) @name) @definition.key))
  (#eq? @_locals "locals"))

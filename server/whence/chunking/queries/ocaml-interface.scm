; OCaml interfaces.

(module_definition (module_binding (module_name) @name module_type: (signature) @body)) @definition.module
(module_definition (module_binding (module_name) @name)) @definition.module
(method_specification (method_name) @name) @definition.method

; What OCaml's implementations and interfaces have in common.

(comment) @comment

(type_definition "type" @definition.struct
  . (type_binding name: (_) @name body: (record_declaration) @body) @definition.struct . (item_attribute)? @definition.struct)
(type_definition "type" @definition.enum
  . (type_binding name: (_) @name body: (variant_declaration) @body) @definition.enum . (item_attribute)? @definition.enum)
(type_definition "type" @definition.type
  . (type_binding name: (_) @name) @definition.type . (item_attribute)? @definition.type)
(type_definition "and" @definition.struct
  . (type_binding name: (_) @name body: (record_declaration) @body) @definition.struct . (item_attribute)? @definition.struct)
(type_definition "and" @definition.enum
  . (type_binding name: (_) @name body: (variant_declaration) @body) @definition.enum . (item_attribute)? @definition.enum)
(type_definition "and" @definition.type
  . (type_binding name: (_) @name) @definition.type . (item_attribute)? @definition.type)
(type_binding name: (_) @name) @definition.type

(exception_definition (constructor_declaration (constructor_name) @name)) @definition.type
(module_type_definition (module_type_name) @name body: (_) @body) @definition.interface
(module_type_definition (module_type_name) @name) @definition.interface
(class_definition (class_binding (class_name) @name body: (_) @body)) @definition.class
(class_definition (class_binding (class_name) @name)) @definition.class
(class_type_definition (class_type_binding (class_type_name) @name)) @definition.interface
(value_specification (value_name) @name type: (function_type)) @definition.function
(value_specification (parenthesized_operator) @name) @definition.function
(value_specification (value_name) @name) @definition.constant
(external (value_name) @name) @definition.function

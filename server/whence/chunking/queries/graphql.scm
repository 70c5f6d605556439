; GraphQL: schemas and operations. A description stands inside what it describes, so it is left out of the signature.

(comment) @comment
(description) @attribute
(description) @doc

(object_type_definition (name) @name (fields_definition) @body) @definition.type
(object_type_extension (name) @name (fields_definition) @body) @definition.type
(interface_type_definition (name) @name (fields_definition) @body) @definition.interface
(interface_type_extension (name) @name (fields_definition) @body) @definition.interface
(input_object_type_definition (name) @name (input_fields_definition) @body) @definition.struct
(input_object_type_extension (name) @name (input_fields_definition) @body) @definition.struct
(enum_type_definition (name) @name (enum_values_definition) @body) @definition.enum
(enum_type_extension (name) @name (enum_values_definition) @body) @definition.enum
(union_type_definition (name) @name) @definition.type
(scalar_type_definition (name) @name) @definition.type
(directive_definition (name) @name) @definition.macro
(schema_definition "schema" @name "{" @body) @definition.type

(operation_definition (name) @name (selection_set) @body) @definition.query
(fragment_definition (fragment_name) @name (selection_set) @body) @definition.query

(field_definition (name) @name) @definition.field

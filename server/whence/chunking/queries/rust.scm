; Rust.

(line_comment) @comment
(block_comment) @comment
(attribute_item) @attribute

((attribute_item (attribute [(identifier) @_test (scoped_identifier name: (identifier) @_test)]))
  . (attribute_item)* . (function_item name: (identifier) @name body: (block) @body) @definition.test
  (#any-of? @_test "test" "rstest" "bench" "test_case" "quickcheck"))
(function_item name: (identifier) @name body: (block) @body) @definition.function
(function_signature_item name: (identifier) @name) @definition.function

(struct_item name: (type_identifier) @name body: (field_declaration_list) @body) @definition.struct
(struct_item name: (type_identifier) @name) @definition.struct
(union_item name: (type_identifier) @name body: (_) @body) @definition.struct
(enum_item name: (type_identifier) @name body: (enum_variant_list) @body) @definition.enum
(trait_item name: (type_identifier) @name body: (declaration_list) @body) @definition.trait
(impl_item type: [
    (type_identifier) @name
    (generic_type type: [(type_identifier) (scoped_type_identifier)] @name)
    (scoped_type_identifier) @name
    (reference_type type: (_) @name)
    (primitive_type) @name]
  body: (declaration_list) @body) @definition.class
(mod_item name: (identifier) @name body: (declaration_list) @body) @definition.module
(macro_definition name: (identifier) @name . (_) @body) @definition.macro
(type_item name: (type_identifier) @name) @definition.type
(associated_type name: (type_identifier) @name) @definition.type
(const_item name: (identifier) @name) @definition.constant
(static_item name: (identifier) @name) @definition.variable

; Haskell, HSpec, tasty. The type signature and the equations of a function join by their name.

(comment) @comment
(haddock) @comment
(pragma) @comment

(class name: (_) @name declarations: (_) @body) @definition.interface
(class name: (_) @name) @definition.interface
(instance name: (_) @name declarations: (_) @body) @definition.class
(instance name: (_) @name) @definition.class
(data_type name: (_) @name constructors: (_) @body) @definition.type
(data_type name: (_) @name) @definition.type
(newtype name: (_) @name constructor: (_) @body) @definition.type
(type_synomym name: (_) @name) @definition.type
(type_family name: (_) @name) @definition.type
(data_family name: (_) @name) @definition.type
(foreign_import signature: (signature name: (_) @name)) @definition.function

(declarations (signature name: (variable) @name) @definition.function)
(declarations (signature names: (binding_list . name: (_) @name)) @definition.function)
(declarations (signature name: (prefix_id (_) @name)) @definition.function)
(declarations (function name: (variable) @name match: (match) @body) @definition.function)
(declarations (function name: (prefix_id (_) @name) match: (match) @body) @definition.function)
(declarations (function (infix operator: (operator) @name) match: (match) @body) @definition.function)
(declarations (function (infix operator: (infix_id (_) @name)) match: (match) @body) @definition.function)
(declarations (bind name: (variable) @name match: (match) @body) @definition.variable)
(declarations (bind name: (prefix_id (_) @name) match: (match) @body) @definition.function)

(class_declarations (signature name: (variable) @name) @definition.function)
(class_declarations (function name: (variable) @name match: (match) @body) @definition.function)
(class_declarations (bind name: (variable) @name match: (match) @body) @definition.function)
(instance_declarations (signature name: (variable) @name) @definition.function)
(instance_declarations (function name: (variable) @name match: (match) @body) @definition.function)
(instance_declarations (function (infix operator: (operator) @name) match: (match) @body) @definition.function)
(instance_declarations (bind name: (variable) @name match: (match) @body) @definition.function)
(instance_declarations (bind name: (prefix_id (_) @name) match: (match) @body) @definition.function)

; pattern synonyms
(pattern_synonym (signature synonym: (_) @name)) @definition.function
(pattern_synonym (equation synonym: [
  (constructor) @name
  (apply function: (constructor) @name)
  (infix operator: (_) @name)] pattern: (_) @body)) @definition.function

; it "…" $ do …, testGroup "…" […]
((infix left_operand: (apply function: (variable) @_call argument: (literal (string) @name)) right_operand: (_) @body) @definition.test
  (#any-of? @_call "it" "describe" "context" "specify" "prop" "testCase" "testProperty" "testGroup" "test"))
((apply function: (apply function: (variable) @_call argument: (literal (string) @name)) argument: (_) @body) @definition.test
  (#any-of? @_call "it" "describe" "context" "specify" "prop" "testCase" "testProperty" "testGroup" "test"))

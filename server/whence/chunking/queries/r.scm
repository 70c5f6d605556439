; R, R6, S4, testthat.

(comment) @comment

((call function: (identifier) @_call
  arguments: (arguments . (argument value: (string content: (_) @name)) (argument value: (braced_expression) @body))) @definition.test
  (#any-of? @_call "test_that" "describe" "it"))

(binary_operator lhs: (_) @name operator: ["<-" "=" "<<-"] rhs: (function_definition body: (_) @body)) @definition.function
((argument name: (identifier) @name value: (function_definition body: (_) @body)) @definition.constructor
  (#eq? @name "initialize"))
; methods stand in a list of R6Class or setRefClass, other arguments that are functions have no name of their own
(call function: (identifier) @_list
  arguments: (arguments (argument name: (identifier) @name value: (function_definition body: (_) @body)) @definition.method)
  (#eq? @_list "list"))
((binary_operator lhs: (identifier) @name operator: ["<-" "="]
  rhs: (call function: (_) @_class arguments: (_) @body)) @definition.class
  (#any-of? @_class "R6Class" "R6::R6Class" "setRefClass" "setClass" "methods::setClass" "new_class" "ggproto"))
(program ((call function: (identifier) @_call arguments: (arguments . (argument value: (string content: (_) @name)))) @definition.class
  (#any-of? @_call "setClass" "setRefClass" "setClassUnion")))
; an S4 method is called by its generic and its (first) class: Money.show
((call function: (identifier) @_call
  arguments: (arguments . (argument value: (string content: (_) @name))
    . (comma) . (argument value: [(string content: (_) @scope)
      (call arguments: (arguments . (argument value: (string content: (_) @scope))))])
    (argument value: (function_definition body: (_) @body)))) @definition.method
  (#any-of? @_call "setMethod" "setReplaceMethod"))
((call function: (identifier) @_call
  arguments: (arguments . (argument value: (string content: (_) @name))
    (argument value: (function_definition body: (_) @body)))) @definition.method
  (#any-of? @_call "setMethod" "setGeneric" "setValidity" "setReplaceMethod"))

((program (binary_operator lhs: (identifier) @name operator: ["<-" "="]) @definition.constant)
  (#match? @name "^[.]?[A-Z][A-Z0-9_.]+$"))
(program (binary_operator lhs: (identifier) @name operator: ["<-" "="]) @definition.variable)

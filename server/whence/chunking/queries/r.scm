; R, R6, S4, testthat.

(comment) @comment

((call function: (identifier) @_call
  arguments: (arguments . (argument value: (string content: (_) @name)) (argument value: (braced_expression) @body))) @definition.test
  (#any-of? @_call "test_that" "describe" "it"))

(binary_operator lhs: (_) @name operator: ["<-" "=" "<<-"] rhs: (function_definition body: (_) @body)) @definition.function
(argument name: (identifier) @name value: (function_definition body: (_) @body)) @definition.method
((binary_operator lhs: (identifier) @name operator: ["<-" "="]
  rhs: (call function: (_) @_class arguments: (_) @body)) @definition.class
  (#any-of? @_class "R6Class" "R6::R6Class" "setRefClass" "setClass" "methods::setClass" "new_class" "ggproto"))
((call function: (identifier) @_call arguments: (arguments . (argument value: (string content: (_) @name)))) @definition.class
  (#any-of? @_call "setClass" "setRefClass"))
((call function: (identifier) @_call
  arguments: (arguments . (argument value: (string content: (_) @name))
    (argument value: (function_definition body: (_) @body)))) @definition.method
  (#any-of? @_call "setMethod" "setGeneric" "setValidity" "setReplaceMethod"))

(program (binary_operator lhs: (identifier) @name operator: ["<-" "="]) @definition.variable)

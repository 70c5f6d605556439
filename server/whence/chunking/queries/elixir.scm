; Elixir, ExUnit, Ecto. Clauses of a function join by its name; an attribute (@doc, @spec) begins a new one.

(comment) @comment

((unary_operator operator: "@"
  operand: (call target: (identifier) @_name (arguments [(string) @doc (sigil (quoted_content) @doc)]))) @attribute
  (#any-of? @_name "doc" "typedoc"))
((unary_operator operator: "@" operand: (call target: (identifier) @_name)) @attribute
  (#any-of? @_name "doc" "typedoc" "spec" "impl" "deprecated" "since" "tag" "describetag" "dialyzer" "decorate"))
((unary_operator operator: "@"
  operand: (call target: (identifier) @_name (arguments [(string) @doc (sigil (quoted_content) @doc)])))
  (#any-of? @_name "moduledoc" "shortdoc"))

((call target: (identifier) @_def (arguments . (alias) @name) (do_block) @body) @definition.module
  (#eq? @_def "defmodule"))
((call target: (identifier) @_def (arguments . (alias) @name) (do_block) @body) @definition.interface
  (#eq? @_def "defprotocol"))
((call target: (identifier) @_def (arguments . (alias) @name) (do_block) @body) @definition.class
  (#eq? @_def "defimpl"))

; def f(x) do … end, def f(x) when … do … end, def f do … end
((call target: (identifier) @_def
  (arguments . [
    (call target: (identifier) @name)
    (identifier) @name
    (binary_operator left: (call target: (identifier) @name) operator: "when")
    (binary_operator left: (identifier) @name operator: "when")])
  (do_block) @body) @definition.function
  (#any-of? @_def "def" "defp" "defn" "defnp"))
((call target: (identifier) @_def
  (arguments . [
    (call target: (identifier) @name)
    (identifier) @name
    (binary_operator left: (call target: (identifier) @name) operator: "when")
    (binary_operator left: (identifier) @name operator: "when")]
    (keywords) @body)) @definition.function
  (#any-of? @_def "def" "defp" "defn" "defnp"))
((call target: (identifier) @_def
  (arguments . [(call target: (identifier) @name) (binary_operator left: (call target: (identifier) @name) operator: "when")])) @definition.function
  (#any-of? @_def "def" "defp" "defdelegate"))
((call target: (identifier) @_def (arguments . (binary_operator operator: _ @name)) (do_block)? @body) @definition.function
  (#any-of? @_def "def" "defp" "defmacro"))

((call target: (identifier) @_def
  (arguments . [
    (call target: (identifier) @name)
    (identifier) @name
    (binary_operator left: (call target: (identifier) @name) operator: "when")])
  (do_block)? @body) @definition.macro
  (#any-of? @_def "defmacro" "defmacrop" "defguard" "defguardp"))

((call target: (identifier) @_def (arguments . (string) @name) (do_block) @body) @definition.test
  (#any-of? @_def "test" "describe" "property" "feature"))

; Ecto: schema "accounts" do … end
((call target: (identifier) @_def (arguments . (string) @name) (do_block) @body) @definition.struct
  (#eq? @_def "schema"))

((unary_operator operator: "@" operand: (call target: (identifier) @_kind
  (arguments . (binary_operator left: [(call target: (identifier) @name) (identifier) @name] operator: "::")))) @definition.type
  (#any-of? @_kind "type" "typep" "opaque"))
((unary_operator operator: "@" operand: (call target: (identifier) @_kind
  (arguments . (binary_operator left: (call target: (identifier) @name) operator: "::")))) @definition.method
  (#any-of? @_kind "callback" "macrocallback"))
((unary_operator operator: "@" operand: (call target: (identifier) @name (arguments))) @definition.constant
  (#not-match? @name
    "^(doc|(module|type|short)doc|spec|impl|typep?|opaque|(macro)?callback|(module|describe)?tag|behaviour|derive|dialyzer|deprecated|since|compile|enforce_keys|optional_callbacks|external_resource|(before|after)_compile|on_load|decorate)$"))

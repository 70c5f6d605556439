"""Writes a BERT encoder as an ONNX graph, in float or with int8 products, straight from its weights by name.

The graph is built node by node instead of traced, for three reasons: it is small and always the same; it asks for
`input_ids` and `attention_mask` only; and its int8 form scales the activations of every token by itself,
where the usual dynamic quantisation takes one scale for the whole batch. So a passage has the same vector whatever
passages of its length it shares a batch with.

A head makes one vector of a text out of two: the mean of the encoder's last state and the text as a bag of tokens
(token_bag.py), each of length 1, side by side in their shares and turned onto common axes. It then stands in the place
of every token's, so that whatever pools them gives it back.

Operators are ONNX opset 17 and, under com.microsoft, ones that onnxruntime's CPU provider has had since 1.16 on x64 and
arm64 alike. int8 weights keep to 7 bits (-63..63): AVX2 processors without VNNI add two 8-bit products in 16 bits, and
255 * 63 * 2 = 32,130 fits where 255 * 127 * 2 = 64,770 would saturate. So the integers are exact on every processor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from token_bag import TINY, Bag, Codes

Array = npt.NDArray[Any]
Weights = Mapping[str, npt.NDArray[np.float32]]

MICROSOFT = "com.microsoft"
OPSET = 17
IR_VERSION = 8  # the oldest that knows opset 17: onnxruntime refuses graphs newer than itself
WEIGHT_LIMIT = 63  # 7 bits: see the module's docstring
GELU_SHIFT = 0.17  # GELU is never below -0.16998 (Hendrycks & Gimpel 2016, by minimising x * Phi(x))
DITHER_SEED = 7
LEAST_HALF = 6e-8  # the least float16 above 0


@dataclass(frozen=True)
class BertShape:
    """The numbers a BERT encoder is described by."""

    n_layers: int
    n_heads: int
    dim: int
    max_positions: int
    layer_norm_eps: float

    @classmethod
    def of(cls, config: Mapping[str, Any], max_positions: int) -> BertShape:
        """From the config.json of a published model."""
        return cls(
            n_layers=config["num_hidden_layers"],
            n_heads=config["num_attention_heads"],
            dim=config["hidden_size"],
            max_positions=max_positions,
            layer_norm_eps=config["layer_norm_eps"],
        )


@dataclass(frozen=True)
class Head:
    """What makes a text's one vector."""

    bag: Bag
    codes: Codes
    """The bag's table, made small for an int8 graph."""
    share: float
    """Of the bag in the cosine of two texts; the encoder has the rest."""
    axes: Array
    """Float32 [dim + the bag's dim, dim], columns orthogonal: what both sides are multiplied by."""


def float_graph(weights: Weights, shape: BertShape, head: Head | None = None) -> onnx.ModelProto:
    """The encoder in float32, from int64 `input_ids`, `attention_mask` to float32 `last_hidden_state`.

    Args:
        weights: by name, as PyTorch has them.
        shape: of these weights.
        head: None for the encoder's own last state.
    """
    return _Bert(weights, shape, _FloatProducts(), head).graph()


def int8_graph(weights: Weights, shape: BertShape, head: Head | None = None) -> onnx.ModelProto:
    """The same with int8 tables and products; sums, norms, attention and GELU stay float32."""
    return _Bert(weights, shape, _Int8Products(), head).graph()


def weights_of(graph: onnx.ModelProto, shape: BertShape) -> dict[str, npt.NDArray[np.float32]]:
    """The weights that `int8_graph` wrote, in float32 and by their PyTorch names: training can go on from what ships.

    Positions hold what tokens of type 0 add, as the graph does; the table of token types is therefore zero. The head is
    left out: it is no part of the encoder.

    Weights of products come back up to half a step beside their levels (dither; Schuchman, 1964). Left on them,
    training that moves most weights by less than half a step would be undone when they are rounded again: a run of 40
    minutes moved them by 1.2 %, and 1.2 % is what rounding then took back.
    """
    chance = np.random.default_rng(DITHER_SEED)

    def product(name: str) -> npt.NDArray[np.float32]:
        levels = stored[name]
        beside = levels + chance.uniform(-0.5, 0.5, levels.shape).astype(np.float32)
        return np.asarray(beside * stored[f"{name}.scale"], np.float32)

    stored = {one.name: numpy_helper.to_array(one).astype(np.float32) for one in graph.graph.initializer}
    prefix = "embeddings"
    found = {
        f"{prefix}.word_embeddings.weight": stored["words"] * stored["words.scale"],
        f"{prefix}.position_embeddings.weight": stored["positions"],
        f"{prefix}.token_type_embeddings.weight": np.zeros((2, shape.dim), np.float32),
    }
    for layer_idx in range(shape.n_layers):
        layer = f"encoder.layer.{layer_idx}"
        qkv = f"{layer}.attention.qkv"
        weights = np.split(product(qkv), 3, axis=1)
        biases = np.split(stored[f"{qkv}.bias"], 3)
        for part, weight, bias in zip(("query", "key", "value"), weights, biases, strict=True):
            found[f"{layer}.attention.self.{part}.weight"] = np.ascontiguousarray(weight.T)
            found[f"{layer}.attention.self.{part}.bias"] = bias
        for part in ("attention.output", "intermediate", "output"):
            name = f"{layer}.{part}.dense"
            # The graph's bias behind GELU takes its shift back: see _Int8Products.product.
            shift = GELU_SHIFT * (stored[name] * stored[f"{name}.scale"]).sum(axis=0) if part == "output" else 0
            found[f"{name}.weight"] = np.ascontiguousarray(product(name).T)
            found[f"{name}.bias"] = stored[f"{name}.bias"] + shift
    return {**{name: value for name, value in stored.items() if ".LayerNorm." in name}, **found}


@dataclass
class _Nodes:
    """A graph in the making."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: dict[str, onnx.TensorProto] = field(default_factory=dict)

    def const(self, name: str, value: Array) -> str:
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def op(self, op_type: str, inputs: Sequence[str], *, domain: str = "", output: str = "", **attributes: Any) -> str:
        return self.ops(op_type, inputs, [output or f"v{len(self.nodes)}"], domain=domain, **attributes)[0]

    def ops(
        self, op_type: str, inputs: Sequence[str], outputs: list[str], *, domain: str = "", **attributes: Any
    ) -> list[str]:
        name = f"{op_type}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op_type, inputs, outputs, name=name, domain=domain, **attributes))
        return outputs


def _shape_of(graph: _Nodes, size: str, dim: int) -> str:
    """Of an array with `dim` numbers for each token."""
    return graph.op("Concat", [size, graph.const(f"dim_{dim}", np.array([dim], np.int64))], axis=0)


class _FloatProducts:
    """Embedding rows and matrix products in float32."""

    def rows(self, graph: _Nodes, name: str, table: Array, ids: str) -> str:
        return graph.op("Gather", [graph.const(name, table), ids])

    def table(self, graph: _Nodes, name: str, table: Array) -> str:
        return graph.const(name, table)

    def product(
        self, graph: _Nodes, name: str, x: str, weight: Array, bias: Array | None = None, is_gelu: bool = False
    ) -> str:
        if bias is not None:
            graph.const(f"{name}.bias", bias)
        if is_gelu:
            x = graph.op("Gelu", [x], domain=MICROSOFT)
        return graph.op("MatMul", [x, graph.const(name, weight)])

    def matrix(self, graph: _Nodes, name: str, weight: Array) -> str:
        return graph.const(name, weight)

    def bag_rows(self, graph: _Nodes, head: Head, size: str) -> str:  # noqa: ARG002 - the other kind needs it
        """Each token's vector in the bag, [batch, sequence, the bag's dim]; `size` is [batch, sequence]."""
        return graph.op("Gather", [graph.const("bag", head.bag.table), "input_ids"])


class _Int8Products:
    """Embedding rows and matrix products from int8 weights; activations become uint8, each token by its own scale."""

    def rows(self, graph: _Nodes, name: str, table: Array, ids: str) -> str:
        scale = np.maximum(np.abs(table).max(axis=1, keepdims=True) / 127, LEAST_HALF).astype(np.float16)
        graph.const(name, np.round(table / scale.astype(np.float32)).clip(-127, 127).astype(np.int8))
        graph.const(f"{name}.scale", scale)
        whole = graph.op("Cast", [graph.op("Gather", [name, ids])], to=TensorProto.FLOAT)
        return graph.op("Mul", [whole, self._whole(graph, graph.op("Gather", [f"{name}.scale", ids]))])

    def table(self, graph: _Nodes, name: str, table: Array) -> str:
        """A small table of which int8 would lose too much."""
        return self._whole(graph, graph.const(name, table.astype(np.float16)))

    def matrix(self, graph: _Nodes, name: str, weight: Array) -> str:
        """A float32 matrix kept as int8 columns: of a product that is made once a text, not once a token."""
        scale = np.maximum(np.abs(weight).max(axis=0, keepdims=True) / 127, TINY).astype(np.float32)
        graph.const(name, np.round(weight / scale).astype(np.int8))
        whole = graph.op("Cast", [name], to=TensorProto.FLOAT)
        return graph.op("Mul", [whole, graph.const(f"{name}.scale", scale)])

    def bag_rows(self, graph: _Nodes, head: Head, size: str) -> str:
        """The same from their codes: each byte names a vector of its own book."""
        n_parts, n_book, width = head.codes.books.shape
        place = graph.op("Gather", [graph.const("bag.places", head.codes.places), "input_ids"])
        code = graph.op("Gather", [graph.const("bag.codes", head.codes.codes), self._index(graph, place)])
        starts = graph.const("bag.starts", np.arange(0, n_parts * n_book, n_book, dtype=np.int64))
        books = self.table(graph, "bag.books", head.codes.books.reshape(n_parts * n_book, width))
        parts = graph.op("Gather", [books, graph.op("Add", [self._index(graph, code), starts])])
        return graph.op("Reshape", [parts, _shape_of(graph, size, n_parts * width)])

    @staticmethod
    def _index(graph: _Nodes, x: str) -> str:
        return graph.op("Cast", [x], to=TensorProto.INT64)

    @staticmethod
    def _whole(graph: _Nodes, x: str) -> str:
        return graph.op("Cast", [x], to=TensorProto.FLOAT)

    def product(
        self, graph: _Nodes, name: str, x: str, weight: Array, bias: Array | None = None, is_gelu: bool = False
    ) -> str:
        scale = np.maximum(np.abs(weight).max(axis=0) / WEIGHT_LIMIT, TINY).astype(np.float32)
        quantised = np.clip(np.round(weight / scale), -WEIGHT_LIMIT, WEIGHT_LIMIT).astype(np.int8)
        graph.const(name, quantised)
        graph.const(f"{name}.scale", scale)
        if is_gelu:
            # GELU's values lie in [-0.17, max]. Shifted up they use all of 0..255; the bias takes the shift back.
            x = graph.op("Gelu", [x], domain=MICROSOFT)
            x = graph.op("Add", [x, graph.const("gelu_shift", np.float32(GELU_SHIFT))])
            assert bias is not None, "GELU's shift needs a bias that takes it back"
            bias = bias - GELU_SHIFT * (quantised.astype(np.float32) * scale).sum(axis=0)
            largest, zero, steps = x, 0, 255
        else:
            largest, zero, steps = graph.op("Abs", [x]), 128, 127
        if bias is not None:
            graph.const(f"{name}.bias", bias.astype(np.float32))
        row_scale = graph.op("ReduceMax", [largest], axes=[1], keepdims=0)
        row_scale = graph.op("Mul", [row_scale, graph.const(f"per_{steps}", np.float32(1 / steps))])
        row_scale = graph.op("Max", [row_scale, graph.const("tiny", np.array([TINY], np.float32))])
        zeros = graph.op(
            "Expand", [graph.const(f"row_{zero}", np.array([zero], np.uint8)), graph.op("Shape", [row_scale])]
        )
        product = graph.op(
            "MatMulIntegerToFloat",
            [
                graph.op("QuantizeLinear", [x, row_scale, zeros], axis=0),
                name,
                graph.const("one", np.float32(1)),
                f"{name}.scale",
                graph.const(f"zero_{zero}", np.uint8(zero)),
                graph.const("zero_weight", np.int8(0)),
            ],
            domain=MICROSOFT,
        )
        column = graph.op("Unsqueeze", [row_scale, graph.const("axis_1", np.array([1], np.int64))])
        return graph.op("Mul", [product, column])


@dataclass(frozen=True)
class _Mask:
    """Which tokens count: int32 [batch, sequence], and whether all of them do."""

    tokens: str
    is_full: str


class _Bert:
    """One encoder; tokens of all texts are rows of one matrix but in attention."""

    def __init__(
        self, weights: Weights, shape: BertShape, products: _FloatProducts | _Int8Products, head: Head | None
    ) -> None:
        self._weights = weights
        self._shape = shape
        self._head = head
        self._products = products
        self._graph = _Nodes()

    def graph(self) -> onnx.ModelProto:
        graph, dim = self._graph, self._shape.dim
        size = graph.op("Shape", ["input_ids"])
        text_shape, triple_shape = _shape_of(graph, size, dim), _shape_of(graph, size, 3 * dim)
        least = graph.op("ReduceMin", ["attention_mask"], keepdims=0)
        mask = _Mask(
            graph.op("Cast", ["attention_mask"], to=TensorProto.INT32), graph.op("Cast", [least], to=TensorProto.BOOL)
        )
        x = self._rows_of(self._embed(size))
        for layer_idx in range(self._shape.n_layers):
            x = self._layer(x, f"encoder.layer.{layer_idx}", mask, triple_shape)
        if self._head is None:
            graph.op("Reshape", [x, text_shape], output="last_hidden_state")
        else:
            one = self._one_vector(graph.op("Reshape", [x, text_shape]), self._head, size)
            graph.op("Expand", [one, text_shape], output="last_hidden_state")
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])
            for name in ("input_ids", "attention_mask")
        ]
        output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "sequence", dim])
        whole = helper.make_graph(graph.nodes, "bert", inputs, [output], list(graph.constants.values()))
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(whole, opset_imports=opsets, ir_version=IR_VERSION, producer_name="whence")

    def _one_vector(self, hidden: str, head: Head, size: str) -> str:
        """The vector of each text, [batch, 1, dim]."""
        graph = self._graph
        axis_1, axis_2 = (graph.const(f"axis_{axis}", np.array([axis], np.int64)) for axis in (1, 2))
        counts = graph.op("Unsqueeze", [graph.op("Cast", ["attention_mask"], to=TensorProto.FLOAT), axis_1])
        read = self._unit(graph.op("MatMul", [counts, hidden]))
        # Padding adds nothing here: its token has no vector.
        same = graph.op("Equal", [graph.op("Unsqueeze", ["input_ids", axis]) for axis in (axis_1, axis_2)])
        repeats = graph.op("ReduceSum", [graph.op("Cast", [same], to=TensorProto.FLOAT), axis_2], keepdims=0)
        often = graph.op("Pow", [repeats, graph.const("bag.power", np.float32(-head.bag.power))])
        rows = self._products.bag_rows(graph, head, size)
        heard = self._unit(graph.op("MatMul", [graph.op("Unsqueeze", [often, axis_1]), rows]))
        both = graph.op("Concat", [read, heard], axis=-1)
        dim = self._shape.dim
        shares = np.repeat([1 - head.share, head.share], [dim, len(head.axes) - dim])
        axes = np.asarray(np.sqrt(shares)[:, None] * head.axes, np.float32)
        return graph.op("MatMul", [both, self._products.matrix(graph, "axes", axes)])

    def _unit(self, x: str) -> str:
        """Rows of length 1; zeros stay zeros."""
        graph = self._graph
        length = graph.op("ReduceL2", [x], axes=[-1], keepdims=1)
        return graph.op("Div", [x, graph.op("Max", [length, graph.const("least", np.array([TINY], np.float32))])])

    def _embed(self, size: str) -> str:
        graph, prefix = self._graph, "embeddings"
        words = self._products.rows(graph, "words", self._weights[f"{prefix}.word_embeddings.weight"], "input_ids")
        # Every token is of type 0 here, so that type's vector is part of the position's.
        positions = self._weights[f"{prefix}.position_embeddings.weight"][: self._shape.max_positions]
        positions = positions + self._weights[f"{prefix}.token_type_embeddings.weight"][0]
        table = self._products.table(graph, "positions", positions)
        one, two, zero = (graph.const(f"at_{at}", np.array([at], np.int64)) for at in (1, 2, 0))
        n_tokens = graph.op("Slice", [size, one, two])
        x = graph.op("Add", [words, graph.op("Slice", [table, zero, n_tokens, zero])])
        gain, shift = self._norm(f"{prefix}.LayerNorm")
        return graph.op("LayerNormalization", [x, gain, shift], axis=-1, epsilon=self._shape.layer_norm_eps)

    def _layer(self, x: str, prefix: str, mask: _Mask, triple_shape: str) -> str:
        graph = self._graph
        parts = [f"{prefix}.attention.self.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([self._weights[f"{part}.weight"].T for part in parts], axis=1)
        bias = np.concatenate([self._weights[f"{part}.bias"] for part in parts])
        name = f"{prefix}.attention.qkv"
        y = graph.op("Add", [self._products.product(graph, name, x, weight, bias), f"{name}.bias"])
        heads = graph.ops("Split", [graph.op("Reshape", [y, triple_shape])], parts, axis=-1)
        y = self._attention(heads, mask)
        x = self._add_norm(self._dense(self._rows_of(y), f"{prefix}.attention.output"), x, f"{prefix}.attention.output")
        y = self._dense(x, f"{prefix}.intermediate")
        y = graph.op("Add", [y, f"{prefix}.intermediate.dense.bias"])
        return self._add_norm(self._dense(y, f"{prefix}.output", is_gelu=True), x, f"{prefix}.output")

    def _dense(self, x: str, prefix: str, is_gelu: bool = False) -> str:
        """Product without its bias, which the operator that comes next adds; of GELU(x) where `is_gelu`."""
        weight, bias = self._weights[f"{prefix}.dense.weight"].T, self._weights[f"{prefix}.dense.bias"]
        return self._products.product(self._graph, f"{prefix}.dense", x, weight, bias, is_gelu)

    def _attention(self, heads: Sequence[str], mask: _Mask) -> str:
        """Where every token counts, onnxruntime attends block by block (Dao et al., 2022), but not with a mask.

        The two differ by rounding, which int8 then enlarges: texts that share a batch should have one length.
        """
        return self._graph.op(
            "If",
            [mask.is_full],
            then_branch=self._attention_branch(heads, "whole"),
            else_branch=self._attention_branch([*heads, "", mask.tokens], "masked"),
        )

    def _attention_branch(self, inputs: Sequence[str], name: str) -> onnx.GraphProto:
        branch = _Nodes()
        branch.op("MultiHeadAttention", inputs, domain=MICROSOFT, output=name, num_heads=self._shape.n_heads)
        shape = ["batch", "sequence", self._shape.dim]
        return helper.make_graph(
            branch.nodes, name, [], [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)]
        )

    def _add_norm(self, y: str, x: str, prefix: str) -> str:
        # onnxruntime would make one SkipLayerNormalization of two Adds, whose sums it takes a number at a time.
        x = self._graph.op("Sum", [y, x, f"{prefix}.dense.bias"])
        epsilon = self._shape.layer_norm_eps
        return self._graph.op("LayerNormalization", [x, *self._norm(f"{prefix}.LayerNorm")], axis=-1, epsilon=epsilon)

    def _norm(self, prefix: str) -> list[str]:
        return [self._graph.const(f"{prefix}.{part}", self._weights[f"{prefix}.{part}"]) for part in ("weight", "bias")]

    def _rows_of(self, x: str) -> str:
        """Tokens of all texts as the rows of one matrix."""
        return self._graph.op("Reshape", [x, self._graph.const("flat", np.array([-1, self._shape.dim], np.int64))])

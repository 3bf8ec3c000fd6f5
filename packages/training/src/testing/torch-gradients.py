"""Loss and gradients of models by PyTorch, in float64. Takes a list of cases as JSON, gives one result for each."""

import json
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

ACTIVATIONS = {
    "linear": lambda x: x,
    "relu": torch.relu,
    "leaky_relu": lambda x: F.leaky_relu(x, 0.2),
    "elu": F.elu,
    "silu": F.silu,
    "gelu": F.gelu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softmax": lambda x: torch.softmax(x, -1),
}


def same_padding(x, kernel, strides):
    """What TensorFlow's "same" adds to [batch, channels, height, width]."""
    amounts = []
    for length, size, step in zip(x.shape[2:], kernel, strides):
        total = max(0, (-(-length // step) - 1) * step + size - length)
        amounts.append((total // 2, total - total // 2))
    (top, bottom), (left, right) = amounts
    return F.pad(x, (left, right, top, bottom))


def convolution(c, w, x):
    x = x.permute(0, 3, 1, 2)
    if c["padding"] == "same":
        x = same_padding(x, c["kernel_size"], c["strides"])
    y = F.conv2d(x, w["kernel"].permute(3, 2, 0, 1), w.get("bias"), stride=c["strides"])
    return ACTIVATIONS[c["activation"]](y.permute(0, 2, 3, 1))


def batch_norm(c, w, x):
    rows = x.reshape(-1, x.shape[-1])
    mean, variance = torch.zeros(rows.shape[1]), torch.ones(rows.shape[1])
    y = F.batch_norm(rows, mean, variance, w.get("gamma"), w.get("beta"), True, 1 - c["momentum"], c["epsilon"])
    return y.reshape(x.shape)


def attention(c, w, x):
    batch, steps, width = x.shape

    def part(name):
        y = torch.einsum("btd,dhk->bhtk", x, w[name + "/kernel"])
        bias = w.get(name + "/bias")
        return y if bias is None else y + bias[None, :, None, :]

    mixed = F.scaled_dot_product_attention(part("query"), part("key"), part("value"), is_causal=c["use_causal_mask"])
    y = torch.einsum("bhtv,hvd->btd", mixed, w["attention_output/kernel"])
    bias = w.get("attention_output/bias")
    return y if bias is None else y + bias


def recurrent(kind, c, w, x):
    """torch.nn's own layer, with our weights in its order; GRU there has the gates reset, update, candidate."""
    units = c["units"]
    module = getattr(torch.nn, kind)(x.shape[-1], units, bias=c["use_bias"], batch_first=True)

    def order(matrix):
        parts = matrix.split(units, -1)
        return torch.cat([parts[1], parts[0], parts[2]], -1) if kind == "GRU" else matrix

    given = {"weight_ih_l0": order(w["kernel"]).T, "weight_hh_l0": order(w["recurrent_kernel"]).T}
    if c["use_bias"]:
        bias = order(w["bias"])
        given["bias_ih_l0"] = bias[0] if kind == "GRU" else bias
        given["bias_hh_l0"] = bias[1] if kind == "GRU" else torch.zeros_like(bias)
    outputs, _ = torch.func.functional_call(module, given, (x,))
    return outputs if c["return_sequences"] else outputs[:, -1]


def apply(layer, weights, masks, x):
    kind, c = layer["class_name"], layer["config"]
    prefix = c["name"] + "/"
    w = {name[len(prefix) :]: value for name, value in weights.items() if name.startswith(prefix)}
    if kind == "InputLayer":
        return x
    if kind == "Rescaling":
        return x * c["scale"] + c["offset"]
    if kind == "Dense":
        return ACTIVATIONS[c["activation"]](F.linear(x, w["kernel"].T, w.get("bias")))
    if kind == "Conv2D":
        return convolution(c, w, x)
    if kind == "MaxPooling2D":
        return F.max_pool2d(x.permute(0, 3, 1, 2), c["pool_size"]).permute(0, 2, 3, 1)
    if kind == "GlobalAveragePooling1D":
        return x.mean(1)
    if kind == "GlobalAveragePooling2D":
        return x.mean((1, 2))
    if kind == "Flatten":
        return x.flatten(1)
    if kind == "Dropout":
        return x * masks.pop(0).reshape(x.shape)
    if kind == "Activation":
        return ACTIVATIONS[c["activation"]](x)
    if kind == "ReLU":
        return torch.relu(x)
    if kind == "LeakyReLU":
        return F.leaky_relu(x, c["negative_slope"])
    if kind == "ELU":
        return F.elu(x, c["alpha"])
    if kind == "Softmax":
        return torch.softmax(x, -1)
    if kind == "BatchNormalization":
        return batch_norm(c, w, x)
    if kind == "LayerNormalization":
        return F.layer_norm(x, x.shape[-1:], w.get("gamma"), w.get("beta"), c["epsilon"])
    if kind == "Embedding":
        return F.embedding(x.long(), w["embeddings"])
    if kind == "PositionEmbedding":
        return x + w["embeddings"]
    if kind == "MultiHeadAttention":
        return attention(c, w, x)
    if kind in ("LSTM", "GRU"):
        return recurrent(kind, c, w, x)
    if kind == "Residual":
        y = x
        for inner in c["layers"]:
            y = apply(inner, weights, masks, y)
        return x + y
    raise ValueError(kind)


def solve(case):
    layers = case["layers"]
    logits = case["loss"] != "mean_squared_error"
    # The loss takes logits; a last softmax is its own business.
    if logits and layers[-1]["config"].get("activation") == "softmax":
        layers[-1]["config"]["activation"] = "linear"
    weights = {
        name: torch.tensor(w["data"]).reshape(w["shape"]).requires_grad_() for name, w in case["weights"].items()
    }
    x = torch.tensor(case["features"]).reshape([-1, *case["input"]])
    masks = [torch.tensor(mask) for mask in case["masks"]]
    for layer in layers:
        x = apply(layer, weights, masks, x)
    targets = torch.tensor(case["targets"]).reshape(x.shape)
    if logits:
        rows = -(torch.log_softmax(x, -1) * targets).sum(-1)
    else:
        rows = (x - targets) ** 2
    loss = rows.mean()
    loss.backward()
    gradients = {name: w.grad.flatten().tolist() for name, w in weights.items() if w.grad is not None}
    return {"loss": loss.item(), "gradients": gradients}


json.dump([solve(case) for case in json.load(sys.stdin)], sys.stdout)

"""The training steps of train.ts in PyTorch, on one CPU thread. Prints the median milliseconds of each as JSON."""

import json
import statistics
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
WARM_UP, STEPS = int(sys.argv[1]), int(sys.argv[2])


def median_step_ms(model: nn.Module, batch_size: int) -> float:
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    loss_function = nn.CrossEntropyLoss()
    images = torch.randint(0, 256, (batch_size, 1, 28, 28), dtype=torch.uint8)
    labels = torch.arange(batch_size) % 10
    times = []
    for _ in range(WARM_UP + STEPS):
        start = time.perf_counter()
        optimizer.zero_grad()
        loss = loss_function(model(images.float() / 255), labels)
        loss.backward()
        optimizer.step()
        loss.item()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[WARM_UP:])


mlp = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
cnn = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(7 * 7 * 32, 10),
)
print(json.dumps({"train.mlp_step": median_step_ms(mlp, 128), "train.cnn_step": median_step_ms(cnn, 64)}))

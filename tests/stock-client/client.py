"""A stock gRPC engine: knows the published protocol and nothing else of ours.

It completes one paid job against running servers: quote, escrow (its wallet is the `cyxwiz wallet escrow`
command), confirmation, training with a pause, download, payment; and stops a second one in the middle. Prints one JSON
object; exits with 1 on any surprise.

Usage: client.py STUBS_DIR CONFIG_JSON
CONFIG_JSON: {"central": "host:port", "central_certificate": PEM path, "wallet": address,
              "dataset": CSV path, "escrow_command": [argv that reads EscrowTerms as JSON and prints a signature]}
"""

import gzip
import hashlib
import json
import queue
import subprocess
import sys
import time

import grpc
from google.protobuf.json_format import MessageToJson

sys.path.insert(0, sys.argv[1])
from cyxwiz.protocol import common_pb2, execution_pb2, execution_pb2_grpc, job_pb2, job_pb2_grpc  # noqa: E402

DEADLINE_SECONDS = 60
EPOCHS = 30


def channel(address, pem):
    # The certificate is self-signed for the names its server was told; the address may be another.
    options = [("grpc.ssl_target_name_override", "localhost"), ("grpc.max_receive_message_length", 64 << 20)]
    return grpc.secure_channel(address, grpc.ssl_channel_credentials(pem), options)


def confirm(jobs, job_id, signature):
    """Retries while the escrow is on its way to `confirmed`, as any engine has to on a real cluster."""
    until = time.monotonic() + DEADLINE_SECONDS
    while True:
        try:
            request = job_pb2.ConfirmEscrowRequest(job_id=job_id, escrow_tx_signature=signature)
            return jobs.ConfirmEscrow(request, timeout=DEADLINE_SECONDS)
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.FAILED_PRECONDITION or time.monotonic() > until:
                raise
            time.sleep(0.2)


def wait_for_status(jobs, job_id, status):
    until = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < until:
        answer = jobs.GetJobStatus(job_pb2.GetJobStatusRequest(job_id=job_id), timeout=DEADLINE_SECONDS)
        if answer.status.status == status:
            return answer
        time.sleep(0.2)
    raise TimeoutError(f"job {job_id} did not get there in {DEADLINE_SECONDS} s: {answer}")


def start(jobs, setup, epochs):
    """A job from the quote to the node's acceptance."""
    with open(setup["dataset"], "rb") as file:
        dataset = file.read()
    config = job_pb2.JobConfig(
        job_type=job_pb2.JOB_TYPE_TRAINING,
        priority=job_pb2.PRIORITY_NORMAL,
        model_definition=json.dumps({"architecture": "MLP", "layers": [8, 16, 3]}),
        hyperparameters={"learning_rate": "0.01", "optimizer": "adam"},
        batch_size=32,
        epochs=epochs,
        required_device=common_pb2.DEVICE_CPU,
        estimated_duration=60,
        payment_address=setup["wallet"],
    )
    quote = jobs.SubmitJob(job_pb2.SubmitJobRequest(config=config), timeout=DEADLINE_SECONDS)
    assert quote.node_assignment.auth_token == "", "a token before the escrow"
    assert quote.estimated_cost_cyxwiz > 0, quote
    assert 0 < quote.escrow_deadline_seconds <= 300, quote

    escrow = subprocess.run(
        setup["escrow_command"], input=MessageToJson(quote.escrow_terms), capture_output=True, text=True, check=True
    )
    signature = json.loads(escrow.stdout.strip().splitlines()[-1])["signature"]
    confirmed = confirm(jobs, quote.job_id, signature)
    assert confirmed.auth_token, confirmed

    node = execution_pb2_grpc.JobExecutionServiceStub(
        channel(confirmed.node_endpoint, confirmed.certificate_pem.encode())
    )
    connected = node.ConnectToNode(
        execution_pb2.ConnectRequest(auth_token=confirmed.auth_token, job_id=quote.job_id, engine_version="stock"),
        timeout=DEADLINE_SECONDS,
    )
    assert connected.status == common_pb2.STATUS_SUCCESS, connected
    sent = node.SendJob(
        execution_pb2.SendJobRequest(job_id=quote.job_id, config=config, initial_dataset=dataset),
        timeout=DEADLINE_SECONDS,
    )
    assert sent.accepted, sent
    return quote, node


class Commands:
    """Commands for a stream, sent as they are given."""

    def __init__(self, *commands):
        self.waiting = queue.SimpleQueue()
        for command in commands:
            self.give(**command)

    def give(self, **command):
        self.waiting.put(execution_pb2.TrainingCommand(**command))

    def __iter__(self):
        return iter(self.waiting.get, None)

    def end(self):
        self.waiting.put(None)


def train_with_a_pause(jobs, setup):
    quote, node = start(jobs, setup, EPOCHS)
    # Before its first step or later: it stands still, is looked at, and goes on.
    commands = Commands({"pause": True})
    updates, complete, checkpoint = {}, None, None
    for update in node.StreamTrainingMetrics(iter(commands), timeout=DEADLINE_SECONDS):
        kind = update.WhichOneof("update")
        updates[kind] = updates.get(kind, 0) + 1
        if kind == "error":
            raise RuntimeError(update.error)
        if kind == "log" and "paused" in update.log.message:
            again = node.PauseTraining(execution_pb2.PauseTrainingRequest(job_id=quote.job_id), timeout=DEADLINE_SECONDS)
            assert again.success, again
            commands.give(request_checkpoint=True)
        if kind == "checkpoint" and update.checkpoint.weights_data:
            checkpoint = update.checkpoint
            assert checkpoint.compression_type == "gzip", checkpoint.compression_type
            assert len(gzip.decompress(checkpoint.weights_data)) == checkpoint.weights_size
            commands.give(pause=False)
        if kind == "complete":
            complete = update.complete
            commands.end()
    assert complete is not None and complete.success, updates
    assert checkpoint is not None and checkpoint.epoch < EPOCHS, checkpoint

    weights = b""
    for chunk in node.DownloadWeights(execution_pb2.DownloadRequest(job_id=quote.job_id), timeout=DEADLINE_SECONDS):
        assert chunk.offset == len(weights), (chunk.offset, len(weights))
        assert hashlib.sha256(chunk.data).hexdigest() == chunk.checksum, "checksum of a chunk"
        weights += chunk.data
    assert hashlib.sha256(weights).hexdigest() == complete.result_hash, "result hash"

    paid = wait_for_status(jobs, quote.job_id, common_pb2.STATUS_COMPLETED)
    return {
        "jobId": quote.job_id,
        "amount": str(quote.estimated_cost_cyxwiz),
        "updates": updates,
        "resultHash": complete.result_hash,
        "weightsBytes": len(weights),
        "paymentSignature": paid.settlement.payment_tx_signature,
        "paidToNode": str(paid.settlement.paid_to_node),
        "paidToPlatform": str(paid.settlement.paid_to_platform),
    }


def stop_in_the_middle(jobs, setup):
    quote, node = start(jobs, setup, 50_000)
    commands, error = Commands(), None
    for update in node.StreamTrainingMetrics(iter(commands), timeout=DEADLINE_SECONDS):
        kind = update.WhichOneof("update")
        if kind == "checkpoint" and update.checkpoint.epoch == 1:
            commands.give(stop=True)
        if kind == "error":
            error = update.error
            commands.end()
    assert error is not None and not error.recoverable, error
    refunded = wait_for_status(jobs, quote.job_id, common_pb2.STATUS_REFUNDED)
    return {
        "error": error.error_code,
        "amount": str(quote.estimated_cost_cyxwiz),
        "refunded": str(refunded.settlement.refunded),
    }


def main():
    with open(sys.argv[2]) as file:
        setup = json.load(file)
    with open(setup["central_certificate"], "rb") as file:
        jobs = job_pb2_grpc.JobServiceStub(channel(setup["central"], file.read()))
    report = train_with_a_pause(jobs, setup)
    report["stopped"] = stop_in_the_middle(jobs, setup)
    print(json.dumps(report))


main()

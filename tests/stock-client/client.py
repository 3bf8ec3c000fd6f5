"""A stock gRPC engine: knows the published protocol and nothing else of ours.

It completes one paid job against running servers: quote, escrow (its wallet is the `cyxwiz wallet escrow`
command), confirmation, training, download, payment. Prints one JSON object; exits with 1 on any surprise.

Usage: client.py STUBS_DIR CONFIG_JSON
CONFIG_JSON: {"central": "host:port", "central_certificate": PEM path, "wallet": address,
              "dataset": CSV path, "escrow_command": [argv that reads EscrowTerms as JSON and prints a signature]}
"""

import hashlib
import json
import subprocess
import sys
import time

import grpc
from google.protobuf.json_format import MessageToJson

sys.path.insert(0, sys.argv[1])
from cyxwiz.protocol import common_pb2, execution_pb2, execution_pb2_grpc, job_pb2, job_pb2_grpc  # noqa: E402

DEADLINE_SECONDS = 60


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


def wait_until_paid(jobs, job_id):
    until = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < until:
        answer = jobs.GetJobStatus(job_pb2.GetJobStatusRequest(job_id=job_id), timeout=DEADLINE_SECONDS)
        if answer.status.status == common_pb2.STATUS_COMPLETED:
            return answer
        time.sleep(0.2)
    raise TimeoutError(f"job {job_id} was not paid in {DEADLINE_SECONDS} s: {answer}")


def main():
    with open(sys.argv[2]) as file:
        setup = json.load(file)
    with open(setup["dataset"], "rb") as file:
        dataset = file.read()
    with open(setup["central_certificate"], "rb") as file:
        jobs = job_pb2_grpc.JobServiceStub(channel(setup["central"], file.read()))

    config = job_pb2.JobConfig(
        job_type=job_pb2.JOB_TYPE_TRAINING,
        priority=job_pb2.PRIORITY_NORMAL,
        model_definition=json.dumps({"architecture": "MLP", "layers": [8, 16, 3]}),
        hyperparameters={"learning_rate": "0.01", "optimizer": "adam"},
        batch_size=32,
        epochs=3,
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

    updates, complete = {}, None
    for update in node.StreamTrainingMetrics(iter([]), timeout=DEADLINE_SECONDS):
        kind = update.WhichOneof("update")
        updates[kind] = updates.get(kind, 0) + 1
        if kind == "error":
            raise RuntimeError(update.error)
        if kind == "complete":
            complete = update.complete
    assert complete is not None and complete.success, updates

    weights = b""
    for chunk in node.DownloadWeights(execution_pb2.DownloadRequest(job_id=quote.job_id), timeout=DEADLINE_SECONDS):
        assert chunk.offset == len(weights), (chunk.offset, len(weights))
        assert hashlib.sha256(chunk.data).hexdigest() == chunk.checksum, "checksum of a chunk"
        weights += chunk.data
    assert hashlib.sha256(weights).hexdigest() == complete.result_hash, "result hash"

    paid = wait_until_paid(jobs, quote.job_id)
    print(
        json.dumps(
            {
                "jobId": quote.job_id,
                "amount": str(quote.estimated_cost_cyxwiz),
                "updates": updates,
                "resultHash": complete.result_hash,
                "weightsBytes": len(weights),
                "paymentSignature": paid.settlement.payment_tx_signature,
                "paidToNode": str(paid.settlement.paid_to_node),
                "paidToPlatform": str(paid.settlement.paid_to_platform),
            }
        )
    )


main()

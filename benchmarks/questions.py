"""Questions to time, written for the large corpus: plain words, symbols, code, mixtures. Not a test of quality."""

PLAIN = """\
where are consumer group rebalances decided
how is the offset of a message committed
what happens when a broker fails
where is the log segment rolled
how are records compressed before sending
which code checks that a producer is idempotent
where does the controller elect a leader
how are old segments deleted
where are metrics registered
how does the client back off between retries
where is the SASL handshake done
how are transactions aborted after a timeout
what limits the size of a request
where are configuration values validated
how is a topic created
where does a stream task restore its state
how is a window of events closed
which thread reads from the network
where are records serialized
how does a follower catch up with the leader
where is the quota of a client enforced
how is an expired session removed
where does the mirror maker copy topics
how is the schema of a connect record converted
where are snapshots of metadata written
how does the coordinator detect a dead member
what decides the partition of a key
where are access control lists checked
how are late records dropped in a join
where is a connector restarted after a failure""".splitlines()

SYMBOLS = """\
KafkaProducer.send
ConsumerCoordinator
LogSegment.roll
parseConfig
ReplicaManager appendRecords
onPartitionsRevoked
RecordAccumulator
doSend
NetworkClient.poll
StateStore restore
org.apache.kafka.common.utils.Time
AbstractFetch
SnapshotWriter
commitSync
SaslChannelBuilder""".splitlines()

CODE = """\
for (TopicPartition tp : partitions) { offsets.put(tp, position(tp)); }
if (retries > 0) { Thread.sleep(backoffMs); }
synchronized (lock) { while (!closed) lock.wait(); }
new ThreadPoolExecutor(
throw new IllegalStateException("already closed")""".splitlines()

ALL = [*PLAIN, *SYMBOLS, *CODE]

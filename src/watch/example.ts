/** What `decrypto watch --example` prints: valid as it is, watches nothing, and shows every key. */
export const EXAMPLE_CONFIGURATION = `# Configuration of decrypto watch. Every key has a default: an empty file is valid, too, and watches nothing.
# Check a change with     decrypto watch --check FILE
# apply it with           decrypto ctl reload     (or SIGHUP)
# docs/configuration.md describes every key; docs/decrypto.schema.json completes them in an editor.

# Where traffic or flows come from. All inputs run at the same time.
inputs: []
#  - live: eth0                                # packets of an interface, through tcpdump
#    bpf: not port 22
#  - listen: "ipfix+udp://0.0.0.0:4739"        # also ipfix+tcp, ipfix+tls, netflow+udp, sflow+udp
#    exporters: [192.0.2.0/24]                 # who may send
#  - follow: /var/spool/captures               # a directory that captures are written to
#  - nemea: u:flow_data_source                 # a NEMEA interface
#  - bus: "nats://bus-1,bus-2/flows"           # what sensors publish (decrypto sense)
#  - eve: "eve+unix:///run/decrypto/eve.sock"  # a socket that Suricata writes its events to
#  - redis: "redis://127.0.0.1/suricata"       # a list that Suricata pushes its events to
#    password: { file: /etc/decrypto/redis.password }

# Threads for all inputs. Default: one per processor.
# threads: 4

networks:
  ours: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, "fc00::/7"]
  names: {}                                    # { 10.3.0.0/16: HPC cluster, 10.20.4.0/24: teaching lab }

metering:                                      # packets to flows
  active_timeout: 5m
  inactive_timeout: 30s
  payload_bytes: 512
  decapsulate: false

detection:
  model: default
  pools: []                                    # [builtin, /etc/decrypto/pools.csv]; decrypto pools verify writes such lists
  pools_decide: false
  # shape_threshold: 0.9                       # default: the model's own
  # name_threshold: 0.5
  conversations: false
  block_times: []                              # [network, /var/lib/decrypto/blocks.csv, "node:http://127.0.0.1:18081"]

incidents:
  close_after: 1h
  reopen_within: 24h
  remind_every: 24h
  lateness: 5m
  most_open: 100000

# Asking suspected servers, as a miner would, whether they are pools (docs/block-times.md). Nothing is sent unless permitted.
probes:
  mode: never                                  # ask: when an operator asks; automatic: for probable incidents, too
  # contact: soc@campus.example                # told to every server that is asked
  deny: []                                     # hosts, addresses and networks that are never asked
  private: false                               # private and reserved addresses, too

# Where mining is permitted: recorded and shown, but nobody is notified.
allowlist: []
#  - reason: blockchain course, room B204
#    owner: j.doe@campus.example
#    until: 2027-02-01                         # default: 90 days
#    hosts: [10.20.4.0/24]
allowlist_files: []

store:
  # path: /var/lib/decrypto/incidents.db       # default: in the state directory
  keep: 90d
  size: 2GiB

# Who is notified of incidents (docs/notifications.md).
receivers: []
#  - { name: soc, syslog: "tls://siem.example:6514", format: cef, when: { confidence: probable } }
#  - { name: helpdesk, mail: { to: abuse@campus.example, server: "smtp://mail.example", every: 15m } }
#  - { name: pager, http: "https://alerts.example/api/v2/alerts", format: alertmanager, when: { confidence: confirmed } }
#  - { name: archive, file: /var/log/decrypto/incidents.ndjson, rotate: { size: 100MiB, keep: 10 } }

web: { listen: "127.0.0.1:8470" }              # web UI and API; off: none
metrics: { listen: "127.0.0.1:9470" }          # /metrics, /healthz, /readyz; off: none
# control: { socket: /run/decrypto/control.sock }
log: { level: info, format: text }
shutdown: { drain: 10s }
`;

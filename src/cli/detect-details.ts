/** What stands below the options in `decrypto detect --help`: the decision, with its formula, and what goes in and out. */
export const DETECT_DETAILS = `
How a flow is judged (docs/detection.md says more):
  payload            a mining protocol in the first bytes of either direction decides alone
  server name        telling words and known pools: m(miner) = s, m(unknown) = 1 - s
  shape              the model's probability p, discounted by its reliability r (1 where it states none):
                     m(miner) = r p, m(other) = r (1 - p), m(unknown) = 1 - r
  What says nothing, or cannot judge, is m(unknown) = 1 and changes nothing. Dempster's rule combines the masses,
    m(miner) = (m1(miner) m2(miner) + m1(miner) m2(unknown) + m1(unknown) m2(miner)) / (1 - K)
    m(other)   likewise,   K = m1(miner) m2(other) + m1(other) m2(miner)
  and the score is the pignistic probability m(miner) + m(unknown) / 2. With a telling server name a flow is a miner
  if its score is above -d, without one if p is above -t.
  Dempster 1967; Shafer 1976; Smets and Kennes 1994; Plny, Hynek and Cejka, DeCrypto, NordSec 2022.

Inputs, told by their content (gzip and zstd are unpacked):
  FILE               a capture (pcap, pcapng) or a flow file (trapcap, IPFIX, nfdump, logger CSV,
                     CESNET-MINER22, Parquet), or a log (Zeek, Suricata EVE, cloud flow logs; docs/inputs.md)
  DIRECTORY          all of its files that can be read, in the order of rotation
  -                  standard input: tcpdump -w - | decrypto detect -
  live:DEVICE        an interface, through tcpdump or dumpcap
  netflow+udp://HOST NetFlow v5 and v9, IPFIX, sFlow; also sflow+udp
  ipfix+udp://HOST   what IPFIX exporters send there; also ipfix+tcp and ipfix+tls
  follow:PATH        a directory's files as they come and grow, or a log over its rotations, without an end
  eve+unix://PATH    a socket that Suricata writes to; redis://HOST/KEY: a list in Redis
  u:NAME, t:PORT     a NEMEA interface (docs/nemea.md); T:, f: too
Inputs without an end are served at the same time, files one after the other beside them.

Outputs (--output), besides files in one of the formats:
  u:NAME, t:PORT     a NEMEA interface, or a .trapcap file: the original's records
  ipfix+tcp://HOST   an IPFIX collector, or an .ipfix file: the reported flows
  b:                 nowhere

Threads (--threads): several files at the same time, captures of 2 GiB and more in parts; the output keeps the order of the
  inputs. -v and --all decide on one thread; -b and --compat, and -c or --conversations with several inputs, use one for all.

Exit status: 0 done, 1 something failed, 2 wrong usage, 3 a miner was found (with --fail-on-miner).`;
